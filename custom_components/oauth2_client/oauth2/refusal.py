"""Reads refusals: finds the error code and the message in an answer, and what they mean.

RFC 6749, 5.2 has one place and one list of codes. The tables here cover what servers do instead.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
import re
from typing import Final, NamedTuple

from .error_codes import KNOWN_CODES, error_from_code, is_code
from .error_page import read_page
from .message import Response
from .refusal_keys import (
    CODE_KEYS,
    INNER_KEYS,
    MAYBE_CODE_KEYS,
    NO_CODES,
    PARAMETER_KEYS,
    WORD_KEYS,
)

_MOST_OBJECTS: Final = 16
_MOST_ITEMS: Final = 4
_MOST_KEYS: Final = 64
_LONGEST_READ: Final = 2000

# The code that the words of a refusal mean where its own code is unknown. The first row that matches
# counts: words about a wrong secret concern the client, even if they also name the grant.
_MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    (
        "temporarily_unavailable",
        (
            r"rate|limit|ratelimit(?:ed)?|quota|exhausted|too many|simultaneous|unavailable"
            r"|maintenance|throttl\w*|overload\w*|try again later"
        ),
    ),
    ("redirect_uri_mismatch", r"redirect(?:ion)? ur[il]s?|callback ur[il]s?"),
    ("invalid_client", r"secret|appsecret"),
    ("unsupported_grant_type", r"grant type"),
    ("invalid_scope", r"scopes?"),
    (
        "invalid_grant",
        r"refresh|grant|revoked|(?:authorization|auth|verification) code|code verifier",
    ),
    (
        "invalid_client",
        r"client|clientid|application|app|appid|appkey|consumer|credentials?|api key",
    ),
    ("invalid_grant", r"tokens?|expired"),
)
# The same for the polls of a device flow (RFC 8628, 3.5).
_DEVICE_MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    ("slow_down", r"slow|polling too (?:fast|often|frequently)"),
    (
        "authorization_pending",
        r"pending|not yet|waiting for (?:the )?(?:user|authorization)",
    ),
    (
        "access_denied",
        r"denied|declined|rejected by the user|user (?:has )?(?:rejected|refused|cancel\w*)",
    ),
    ("expired_token", r"expired"),
)
# Codes that do not tell the remedy of a failed refresh; the words beside them may.
_VAGUE: Final = frozenset({"invalid_request"})
_MISSING: Final = re.compile(r"\b(?:missing|required)\b")
_CHALLENGE: Final = re.compile(
    r'\b(error|error_description)\s{0,4}=\s{0,4}(?:"([^"]{1,300})"|([^\s",]{1,300})(?![^\s",]))'
)
# Between the words of `InvalidGrant`, and between Latin letters and Chinese, Japanese or Korean ones.
_CAMEL: Final = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
    r"|(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=[A-Za-z])"
)
_WORD: Final = re.compile(r"[A-Z]?[a-z]{2,24}[.!]?")
# An answer's code often has a prefix or suffix, such as `ERR_INVALID_CLIENT`.
_KNOWN: Final = re.compile(
    rf"(?:^|_)({'|'.join(sorted(KNOWN_CODES, key=len, reverse=True))})(?:_|$)"
)
_SQUEEZED: Final = {code.replace("_", ""): code for code in KNOWN_CODES}
# A web page often comes from a proxy, so only the codes of RFC 6749, 5.2 are read from one.
_PAGE_CODES: Final = re.compile(
    r"\b(?:invalid_(?:client|grant|scope|request)|unauthorized_client|unsupported_grant_type)\b"
)


class Refusal(NamedTuple):
    """The codes of a refusal, the most specific first, and its words for people.

    `is_page` is set for a web page, whose words may be a proxy's.
    """

    codes: tuple[str, ...] = ()
    words: str = ""
    is_page: bool = False

    @property
    def text(self) -> str:
        """Codes and words, in lower case with spaces between the words."""
        return words_of(" ".join((*self.codes, self.words)))


def read_refusal(
    document: object, response: Response, *, first: str | None = None
) -> Refusal:
    """Return the codes and words of a response's body and of its `WWW-Authenticate` header.

    `document` is the body where it is JSON or a form, else None: then markup or plain text is read.
    `first` is the code at the place where this server has it, which comes before the others.
    """
    is_page = False
    if document is None and response.status >= 400:
        document, is_page = read_page(response)
    codes = [first] if first and first != "unknown_error" else []
    words: list[str] = []
    objects = list(_objects(document))
    for fields in objects:
        codes += _codes(fields, response.status)
        words += _texts(fields)
    if is_page:
        codes = [found[0] for text in words if (found := _PAGE_CODES.search(text))]
    challenge = (response.header("WWW-Authenticate") or "")[:_LONGEST_READ]
    for name, quoted, bare in _CHALLENGE.findall(challenge):
        if name == "error_description":
            words.append(quoted or bare)
        elif is_code(quoted or bare):
            codes.append(quoted or bare)
    # In a success, keys such as `scope` and `refresh_token` hold no words.
    named = PARAMETER_KEYS if response.status >= 400 else {}
    words = words or [
        text for fields in objects for text in _other_texts(fields, named)
    ]
    return Refusal(tuple(dict.fromkeys(codes)), _joined(words), is_page)


def is_plain(refusal: Refusal) -> bool:
    """Tell whether a refusal has a known code, so that its words need not be read."""
    return any(error_from_code(normalised(code)) for code in refusal.codes)


def known_code(refusal: Refusal, *, refreshing: bool = False) -> str | None:
    """Return the RFCs' code that a refusal means, None where neither codes nor words tell."""
    vague = None
    for code in filter(None, map(code_within, refusal.codes)):
        if code not in _VAGUE:
            return code
        vague = vague or code
    meaning = None if refusal.is_page else _meaning(refusal.text, _MEANINGS)
    if vague is None:
        return meaning
    dead = meaning == "invalid_grant" and not _MISSING.search(refusal.text)
    return meaning if refreshing and dead else vague


def shown_code(refusal: Refusal, sent: Sequence[str] | None) -> str | None:
    """Return the code to show: a known one as the RFCs write it, else the server's own.

    None without a code that can be shown: an unknown one must not repeat what was `sent`.
    """
    meaning = known_code(refusal)
    if meaning is not None and (is_plain(refusal) or not refusal.codes):
        return meaning
    code = next(iter(refusal.codes), None)
    if code is None or sent is None or any(value in code for value in sent):
        return meaning
    return code


def device_code_of(refusal: Refusal) -> str | None:
    """Return the code of RFC 8628, 3.5 that a refusal means, None for any other refusal."""
    return _meaning(refusal.text, _DEVICE_MEANINGS)


def code_within(text: str) -> str | None:
    """Return the known code that a code equals or contains: `oauth.InvalidClient`, `E_INVALID_CLIENT`."""
    code = normalised(text)
    if error_from_code(code) is not None:
        return code
    if found := _KNOWN.search(code):
        return found[1]
    return _SQUEEZED.get(code.replace("_", ""))


def normalised(code: str) -> str:
    """Return a code in the RFCs' spelling: `invalid_grant` for `INVALID-GRANT` and `InvalidGrant`."""
    return words_of(code).replace(" ", "_")


def shown_words(text: str, secrets: Sequence[str], longest: int = 200) -> str | None:
    """Return a server's words on one line, cut, without the secrets; None where no words are left."""
    by_length = sorted(secrets, key=len, reverse=True)
    for _ in range(2):
        # Twice: an unprintable character that is removed below may have split a secret.
        for secret in by_length:
            text = text.replace(secret, "…")
        if not text.isprintable():
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
                re.sub(r"[\W_]", "", str(key)[:32]).lower(): value
                for key, value in list(node.items())[:_MOST_KEYS]
            }
            yield fields
            waiting.extend(fields[key] for key in INNER_KEYS if key in fields)
            waiting.extend(
                value
                for key, value in fields.items()
                if key not in INNER_KEYS and isinstance(value, dict | list)
            )


def _codes(fields: Mapping[str, object], status: int) -> Iterator[str]:
    for key in CODE_KEYS:
        value = fields.get(key)
        for item in value[:_MOST_ITEMS] if isinstance(value, list) else [value]:
            if isinstance(item, str) and (code := _leading_code(item)):
                yield code
    for key, value in fields.items():
        if key in _SQUEEZED and isinstance(value, str):
            yield _SQUEEZED[key]
    for key in MAYBE_CODE_KEYS:
        value = fields.get(key)
        code = _leading_code(value) if isinstance(value, str) else None
        alone = Refusal((code,)) if code else None
        if code and alone and (known_code(alone) or device_code_of(alone)):
            yield code
    for key in CODE_KEYS:
        # Last, since a number tells a person nothing.
        value = fields.get(key)
        if (
            isinstance(value, int)
            and value not in (True, False, status)
            and abs(value) < 10**9
        ):
            yield str(value)


def _leading_code(text: str) -> str | None:
    """Return a text that is a code, or the known code at the beginning of a sentence."""
    head = text[:_LONGEST_READ].strip().partition(" ")[0].rstrip(":,;")
    if not is_code(head) or (" " in text.strip() and code_within(head) is None):
        return None
    if head.lower() in NO_CODES:
        return None
    return head


def _texts(fields: Mapping[str, object]) -> Iterator[str]:
    for key in WORD_KEYS:
        value = fields.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        # A single word is a code, except in scripts without spaces between words.
        described = key == "errordescription"
        if isinstance(value, str) and (
            described or len(value[:_LONGEST_READ].split()) > 1 or not value.isascii()
        ):
            yield value


def _other_texts(
    fields: Mapping[str, object], named: Mapping[str, str]
) -> Iterator[str]:
    """Yield sentences of any member, and single words of members that usually hold a message.

    Other single words may be opaque values. The text of a key in `named` is prefixed with its name.
    """
    for key, value in fields.items():
        usual = key in WORD_KEYS and key not in CODE_KEYS
        for text in value[:_MOST_ITEMS] if isinstance(value, list) else [value]:
            if not isinstance(text, str):
                continue
            is_sentence = " " in text[:_LONGEST_READ].strip() or not text.isascii()
            if key in named and (is_sentence or _WORD.fullmatch(text)):
                yield f"{named[key]}: {text}"
            elif is_sentence or (usual and _WORD.fullmatch(text)):
                yield text


def _joined(words: Sequence[str]) -> str:
    """Return the first text, and the next one that the first does not contain.

    They are not cut here: redaction would miss a secret that was cut.
    """
    first, *others = dict.fromkeys(words) or [""]
    second = next((text for text in others if text not in first), None)
    return first if second is None else f"{first} – {second}"


def words_of(text: str) -> str:
    """Return a text in lower case with spaces between its words; `InvalidGrant` has two words."""
    apart = _CAMEL.sub(" ", text[:_LONGEST_READ])
    return " ".join(re.sub(r"[\W_]", " ", apart).lower().split())


def _meaning(text: str, table: Sequence[tuple[str, str]]) -> str | None:
    for code, words in table:
        if re.search(rf"\b(?:{words})\b", text):
            return code
    return None
