"""Removes secrets from answers: those of an account, and what a request sent that may be secret.

An API may repeat what it was sent, as it is or encoded. Everything that shows an answer (forms,
actions, commands, errors, entities) redacts it here first.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from multidict import CIMultiDict
from yarl import URL

from ..oauth2 import Request, Response, sent_values
from . import ApiRequest

if TYPE_CHECKING:
    from .spellings import Spellings

REDACTED: Final = "**redacted**"

# Shorter texts are not searched. It is `MIN_SECRET_CHARACTERS` of `spellings`, which is imported only when
# a text is searched.
_MIN_CHARACTERS: Final = 6
# Texts are searched together, this many characters at a time.
_BATCH_CHARACTERS: Final = 64 * 1024
# Separates the texts of a batch: a character that no secret contains.
_SEPARATOR: Final = b"\x01"
# The elements of a list repeat their keys. At most this many keys are remembered, to be searched once.
_MAX_KEYS: Final = 10_000
# Sessions and challenges of the API: secret, or useless to whoever reads the answer.
_WITHHELD_HEADERS: Final = frozenset(
    {
        "authentication-info",
        "authorization",
        "proxy-authenticate",
        "set-cookie",
        "set-cookie2",
        "www-authenticate",
    }
)


class Redaction:
    """Replaces secrets in whatever encoding `Spellings` finds them.

    `sent` are values of a request, which are not searched for in base64 or hexadecimal.
    """

    __slots__ = ("_secrets", "_sent", "_spellings")

    def __init__(self, secrets: Iterable[str], *, sent: Iterable[str] = ()) -> None:
        self._secrets = tuple(secrets)
        self._sent = tuple(sent)
        self._spellings: Spellings | None = None

    def redact[Shown](self, shown: Shown) -> Shown:
        """Return a text, bytes or a document without the secrets; anything else as it is.

        What has no secret is returned itself, not as a copy.
        """
        redacted: Any = shown
        match shown:
            case str():
                redacted = self._text(shown)
            case bytes():
                redacted = self._bytes(shown)
            case list() | dict():
                if replacements := self._replacements(shown):
                    redacted = _with(shown, replacements)
        return redacted  # type: ignore[no-any-return]  # each case keeps the type of `shown`

    def _text(self, text: str) -> str:
        if len(text) < _MIN_CHARACTERS:
            return text
        content = _as_bytes(text)
        redacted = self._bytes(content)
        if redacted is content:
            return text
        return redacted.decode(errors="surrogatepass")

    def _bytes(self, content: bytes) -> bytes:
        if not (spans := self._searcher().find(content)):
            return content
        parts: list[bytes] = []
        shown_to = 0
        for first, end in spans:
            parts += (content[shown_to:first], REDACTED.encode())
            shown_to = end
        return b"".join((*parts, content[shown_to:]))

    def _replacements(self, document: object) -> dict[str, str]:
        """Return the texts of a document that contain a secret, and each without it."""
        replacements: dict[str, str] = {}
        batch: list[str] = []
        size = 0
        for text in _texts(document):
            batch.append(text)
            size += len(text)
            if size > _BATCH_CHARACTERS:
                replacements |= self._replacements_in(batch)
                batch, size = [], 0
        return replacements | self._replacements_in(batch)

    def _replacements_in(self, batch: list[str]) -> dict[str, str]:
        """Search all texts of a batch at once, then each in which a secret seems to be."""
        contents = [_as_bytes(text) for text in batch]
        begins = [*accumulate((len(content) + 1 for content in contents), initial=0)]
        spans = self._searcher().find(_SEPARATOR.join(contents))
        found = {batch[bisect_right(begins, first) - 1] for first, _ in spans}
        return {text: self._text(text) for text in found}

    def _searcher(self) -> Spellings:
        if self._spellings is None:
            from .spellings import Spellings  # noqa: PLC0415 - answers without texts do not need it

            self._spellings = Spellings(self._secrets, self._sent)
        return self._spellings


def sent_texts(request: ApiRequest, url: URL) -> list[str]:
    """Return the values that a request sends and that its answer must not show when it is shown.

    `url` is the absolute URL of the request, to which `request.query` is added.
    """
    headers = dict(request.headers)
    content_type = CIMultiDict(headers).get("Content-Type", "")
    sent = Request(
        method=request.method,
        url=request.url,
        headers=headers,
        # Uploaded files are not texts, and may be large.
        body=None if content_type.startswith("multipart/") else request.body,
    )
    query = [*url.query.values(), *(value for _, value in request.query)]
    return [*query, *sent_values(sent)]


def shown_headers(response: Response) -> dict[str, str]:
    """Return a response's headers by lower-case name, without those that are never shown."""
    return {
        name.lower(): value
        for name, value in response.headers.items()
        if name.lower() not in _WITHHELD_HEADERS
    }


def _texts(document: object) -> Iterator[str]:
    """Yield the texts and keys of a document that are long enough to contain a secret."""
    keys: set[str] = set()
    nodes = [document]
    while nodes:
        node = nodes.pop()
        if isinstance(node, str):
            if len(node) >= _MIN_CHARACTERS:
                yield node
        elif isinstance(node, list):
            nodes += node
        elif isinstance(node, dict):
            nodes += node.values()
            new = [key for key in node if key not in keys]
            nodes += new
            if new and len(keys) < _MAX_KEYS:
                keys.update(new)


def _with(node: object, replacements: Mapping[str, str]) -> object:
    """Return a document with texts replaced. The recursion is bounded, as parsing bounds the depth."""
    match node:
        case str():
            return replacements.get(node, node)
        case list():
            items = [_with(item, replacements) for item in node]
            return items if _differ(items, node) else node
        case dict():
            keys = [replacements.get(key, key) for key in node]
            items = [_with(item, replacements) for item in node.values()]
            if _differ(keys, node) or _differ(items, node.values()):
                return dict(zip(keys, items, strict=True))
    return node


def _differ(after: Iterable[object], before: Iterable[object]) -> bool:
    return any(new is not old for new, old in zip(after, before, strict=True))


def _as_bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
