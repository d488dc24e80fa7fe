"""Removes secrets from answers: those of an account, and what a request sent that may be secret.

An API may repeat what it was sent, as it was or encoded. Everything that shows an answer (forms,
actions, commands, errors, entities) redacts it here first.
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

# Many answers contain shorter texts by chance: `true`, a page number.
_MIN_SECRET_CHARACTERS: Final = 6
_HTML: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
# Sessions and challenges of the API: secret, or of no use to the reader of the answer.
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
    """Replaces secrets in what is shown, in every encoding that `_spellings` knows."""

    __slots__ = ("_shortest", "_spellings")

    def __init__(self, secrets: Iterable[str], *, sent: Iterable[str] = ()) -> None:
        spellings = {text for text in sent if len(text) >= _MIN_SECRET_CHARACTERS}
        for secret in set(secrets):
            if len(secret) >= _MIN_SECRET_CHARACTERS:
                spellings.update(_spellings(secret))
        # Longest first, since a spelling may be part of another one.
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
        """Return whether a text contains a secret."""
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
    """Return the access, refresh and id tokens of token sets."""
    for token_set in token_sets:
        for secret in (
            token_set.access_token,
            token_set.refresh_token,
            token_set.id_token,
        ):
            if secret is not None:
                yield secret


def sent_texts(request: ApiRequest, url: URL) -> list[str]:
    """Return the values that a request sends, which a message of the API must not show.

    `url` is the absolute URL of the request, without `request.query`.
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
    """Return a response's headers by lower-case name, without those that are never shown."""
    return {
        name.lower(): value
        for name, value in response.headers.items()
        if name.lower() not in _WITHHELD_HEADERS
    }


def _spellings(secret: str) -> Iterator[str]:
    """Return a secret as it is, percent-encoded, escaped in HTML and JSON, and in base64."""
    yield secret
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield secret.translate(_HTML)
    # Some JSON encoders escape these. It matters where the answer is read as text.
    yield secret.replace("/", "\\/")
    yield secret.replace("+", "\\u002B")
    for shift in range(3):
        core = _base64_core(secret.encode(), shift)
        if len(core) >= _MIN_SECRET_CHARACTERS:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def _base64_core(content: bytes, shift: int) -> str:
    """Return the base64 of content that begins `shift` bytes into a group of three.

    Without the characters at both ends, which depend on the bytes before and after the content.
    """
    encoded = b64encode(bytes(shift) + content).decode()
    begins = (shift * 8 + 5) // 6
    ends = (shift + len(content)) * 8 // 6
    return encoded[begins:ends]
