"""One reader of refusals: where an error code and words stand in an answer, and what they mean.

RFC 6749, 5.2 knows one place and one list of codes. Servers have others; the tables name them.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
import re
from typing import Final, NamedTuple

from .error_codes import error_from_code, is_code
from .message import Response

# Keys in lower case and without separators, so that `errorCode` and `ERROR_CODE` are one. The most
# telling first.
_CODE_KEYS: Final = (
    "error",
    "errorcode",
    "errortype",
    "code",
    "type",
)
# What stands there is a code only where it has a meaning.
_MAYBE_CODE_KEYS: Final = ("status", "resource", "reason", "message", "msg")
_WORD_KEYS: Final = (
    "errordescription",
    "errormessage",
    "errormsg",
    "message",
    "msg",
    "detail",
    "details",
    "description",
    "reason",
    "title",
    "error",
    "errors",
)
# What may hold another object, or a list of them, with these keys.
_INNER_KEYS: Final = ("error", "errors", "data", "body", "fault", "details")
_MOST_OBJECTS: Final = 16
_MOST_ITEMS: Final = 4
_MOST_KEYS: Final = 64
_LONGEST_READ: Final = 2000

# What words mean, where no code is known. The first row with one of its words counts: a wrong secret
# is the client's also where the sentence names the grant.
_MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    (
        "temporarily_unavailable",
        r"rate|limit|ratelimit(?:ed)?|too many|simultaneous|unavailable|maintenance|throttl\w*|overload\w*|try again later",
    ),
    ("invalid_client", r"secret"),
    ("invalid_scope", r"scopes?"),
    ("invalid_grant", r"refresh|grant|revoked|authorization code"),
    ("invalid_client", r"client|application|app"),
    ("invalid_grant", r"tokens?|expired"),
)
# The same for a device that waits (RFC 8628, 3.5).
_DEVICE_MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    ("slow_down", r"slow|polling too (?:fast|often|frequently)"),
    ("authorization_pending", r"pending|not yet"),
    ("access_denied", r"denied|declined|rejected by the user"),
    ("expired_token", r"expired"),
)
# Codes that say nothing of the remedy at a refresh: the words beside them do.
_VAGUE: Final = frozenset({"invalid_request"})
_MISSING: Final = re.compile(r"\b(?:missing|required)\b")
_CHALLENGE: Final = re.compile(r'\b(error|error_description)="([^"]{1,300})"')


class Refusal(NamedTuple):
    """What a server said: its codes, the most telling first, and its words."""

    codes: tuple[str, ...] = ()
    words: str = ""

    @property
    def text(self) -> str:
        """All that it said, in lower case with spaces between the words."""
        return _words_of(" ".join((*self.codes, self.words)))


def read_refusal(
    document: object, response: Response, *, first: str | None = None
) -> Refusal:
    """Return what a refusal says in its body and in its `WWW-Authenticate` header.

    `first` is the code at the server's own place, which goes before the others.
    """
    codes = [first] if first and first != "unknown_error" else []
    words: list[str] = []
    objects = list(_objects(document))
    for fields in objects:
        codes += _codes(fields, response.status)
        words += _texts(fields)
    challenge = (response.header("WWW-Authenticate") or "")[:_LONGEST_READ]
    for name, value in _CHALLENGE.findall(challenge):
        (codes if name == "error" else words).append(value)
    return Refusal(tuple(dict.fromkeys(codes)), next(iter(words), ""))


def is_plain(refusal: Refusal) -> bool:
    """Tell whether a refusal holds a code of the table, so that its words need not be read."""
    return any(error_from_code(normalised(code)) for code in refusal.codes)


def known_code(refusal: Refusal, *, refreshing: bool = False) -> str | None:
    """Return the code of the RFCs that a refusal amounts to, None where nothing is plain."""
    vague = None
    for code in map(normalised, refusal.codes):
        if code in _VAGUE:
            vague = vague or code
        elif error_from_code(code) is not None:
            return code
    meaning = _meaning(refusal.text, _MEANINGS)
    if vague is None:
        return meaning
    dead = meaning == "invalid_grant" and not _MISSING.search(refusal.text)
    return meaning if refreshing and dead else vague


def device_code_of(refusal: Refusal) -> str | None:
    """Return the code of RFC 8628, 3.5 that a refusal amounts to, None for another refusal."""
    return _meaning(refusal.text, _DEVICE_MEANINGS)


def normalised(code: str) -> str:
    """Return a code as the RFCs write theirs: `INVALID-GRANT` and `InvalidGrant` are one."""
    return _words_of(code).replace(" ", "_")


def shown_words(text: str, secrets: Sequence[str], longest: int = 200) -> str | None:
    """Return a server's words on one line, cut, each secret taken out; None where none are left."""
    by_length = sorted(secrets, key=len, reverse=True)
    for _ in range(2):
        # Again afterwards: what stood inside a secret may have been a character that is not shown.
        for secret in by_length:
            text = text.replace(secret, "…")
        text = "".join(
            char if char.isprintable() else " " if char.isspace() else ""
            for char in text
        )
        text = " ".join(text.split())
    if len(text) > longest:
        return f"{text[:longest]}…"
    return text or None


def _objects(document: object) -> Iterator[Mapping[str, object]]:
    waiting: deque[object] = deque([document])
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, list):
            waiting.extend(node[:_MOST_ITEMS])
        elif isinstance(node, dict):
            fields = {
                re.sub(r"[_\-]", "", str(key)[:32]).lower(): value
                for key, value in list(node.items())[:_MOST_KEYS]
            }
            yield fields
            waiting.extend(fields[key] for key in _INNER_KEYS if key in fields)


def _codes(fields: Mapping[str, object], status: int) -> Iterator[str]:
    for key in _CODE_KEYS:
        value = fields.get(key)
        if isinstance(value, bool):
            continue
        if isinstance(value, int) and value != status and abs(value) < 10**9:
            yield str(value)
        elif isinstance(value, str) and is_code(value):
            yield value
    for key in _MAYBE_CODE_KEYS:
        value = fields.get(key)
        if isinstance(value, str) and is_code(value) and known_code(Refusal((value,))):
            yield value


def _texts(fields: Mapping[str, object]) -> Iterator[str]:
    for key in _WORD_KEYS:
        value = fields.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        # One word is a code, except in scripts that do not part words.
        described = key == "errordescription"
        if isinstance(value, str) and (
            described or len(value.split()) > 1 or not value.isascii()
        ):
            yield value


def _words_of(text: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text[:_LONGEST_READ])
    return " ".join(re.sub(r"[\W_]", " ", apart).lower().split())


def _meaning(text: str, table: Sequence[tuple[str, str]]) -> str | None:
    for code, words in table:
        if re.search(rf"\b(?:{words})\b", text):
            return code
    return None
