"""What must not be shown: an account's secrets, and what a person sent that may be one.

An API may repeat what it was sent, as it was or encoded. Everything that shows an answer (forms,
actions, commands, errors, entities) takes the secrets out here first.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote, quote_plus

from multidict import CIMultiDict
from yarl import URL

from ..oauth2 import Request, Response, TokenSet, sent_values
from .request import ApiRequest

REDACTED: Final = "**redacted**"

# Shorter texts stand in many an answer by chance: `true`, a page number.
_SHORTEST_SECRET: Final = 6
_HTML: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
# Sessions and challenges of the API: secrets, or of no use to whoever reads the answer.
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
    """Takes secrets out of what is shown, however an answer spells them."""

    __slots__ = ("_shortest", "_spellings")

    def __init__(self, secrets: Iterable[str], *, sent: Iterable[str] = ()) -> None:
        spellings = {text for text in sent if len(text) >= _SHORTEST_SECRET}
        for secret in set(secrets):
            if len(secret) >= _SHORTEST_SECRET:
                spellings.update(_spellings(secret))
        # A spelling may be part of another one.
        self._spellings = sorted(spellings, key=len, reverse=True)
        self._shortest = min(map(len, spellings), default=0)

    def redact[Shown](self, shown: Shown) -> Shown:
        """Return a text, bytes or a document without the secrets; anything else as it is."""
        redacted: Any = shown
        match shown:
            case str():
                redacted = self._text(shown)
            case bytes():
                redacted = self._bytes(shown)
            case list():
                redacted = [self.redact(item) for item in shown]
            case dict():
                redacted = {
                    self.redact(key): self.redact(item) for key, item in shown.items()
                }
        return redacted  # type: ignore[no-any-return]  # of the type that came in, as each case shows

    def repeats(self, text: object) -> bool:
        """Tell whether a text holds a secret."""
        if not isinstance(text, str) or len(text) < self._shortest:
            return False
        return any(spelling in text for spelling in self._spellings)

    def _text(self, text: str) -> str:
        if self.repeats(text):
            for spelling in self._spellings:
                text = text.replace(spelling, REDACTED)
        return text

    def _bytes(self, content: bytes) -> bytes:
        for spelling in self._spellings:
            content = content.replace(spelling.encode(), REDACTED.encode())
        return content


def token_secrets(token_sets: Iterable[TokenSet]) -> Iterator[str]:
    """Return everything secret in token sets."""
    for token_set in token_sets:
        for secret in (
            token_set.access_token,
            token_set.refresh_token,
            token_set.id_token,
        ):
            if secret is not None:
                yield secret


def sent_texts(request: ApiRequest, url: URL) -> list[str]:
    """Return what a request sends that its answer must not repeat in a message.

    `url` is that of the request, absolute and without `query`.
    """
    headers = dict(request.headers)
    content_type = CIMultiDict(headers).get("Content-Type", "")
    sent = Request(
        method=request.method,
        url=request.url,
        headers=headers,
        # Files are no texts, and may be large.
        body=None if content_type.startswith("multipart/") else request.body,
    )
    query = [*url.query.values(), *(value for _, value in request.query)]
    return [*query, *sent_values(sent)]


def shown_headers(response: Response) -> dict[str, str]:
    """Return a response's headers by lower-case name, less those that are never shown."""
    return {
        name.lower(): value
        for name, value in response.headers.items()
        if name.lower() not in _WITHHELD_HEADERS
    }


def _spellings(secret: str) -> Iterator[str]:
    """Return the ways in which an answer may spell a secret."""
    yield secret
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield secret.translate(_HTML)
    # Some encoders of JSON escape these, also where the answer is read as text.
    yield secret.replace("/", "\\/")
    yield secret.replace("+", "\\u002B")
    for shift in range(3):
        core = _base64_core(secret.encode(), shift)
        if len(core) >= _SHORTEST_SECRET:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def _base64_core(content: bytes, shift: int) -> str:
    """Return what base64 makes of content that begins `shift` bytes after a group of three.

    Less the characters at both ends, which depend on what stands beside the content.
    """
    encoded = b64encode(bytes(shift) + content).decode()
    begins = (shift * 8 + 5) // 6
    ends = (shift + len(content)) * 8 // 6
    return encoded[begins:ends]
