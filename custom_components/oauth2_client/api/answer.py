"""Parses an API's answer, off the event loop if it is large, and recognizes refusals."""

from collections.abc import Callable, Sequence
import re
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant

from ..document.parsing import DocumentFormat, parse_document
from ..document.parsing.formats import check_elements
from ..oauth2 import Response

if TYPE_CHECKING:
    from .paging import Pages

# An answer that is longer, or has more elements, would block the event loop for too long.
_LARGE_BYTES: Final = 64 * 1024
_MANY_ELEMENTS: Final = 2_000
# Each element of JSON, XML, CSV or lines comes with one of these: their number estimates how many
# elements an answer has.
_SEPARATORS: Final = (b",", b"[", b"{", b"<", b"\n", b";", b"\t")
_GZIP_MAGIC: Final = b"\x1f\x8b"
# Statuses that refuse the token whatever the body says: RFC 9110, 15.5.2, and those of IIS and Esri.
_UNAUTHORIZED: Final = frozenset({401, 440, 498})
# Statuses with which APIs also refuse a token, where the response says so.
_TOKEN_REFUSALS: Final = frozenset({400, 403, 419})
_INVALID_TOKEN: Final = "invalid_token"
# No reason to refresh: a new token would have the same scopes.
_INSUFFICIENT_SCOPE: Final = "insufficient_scope"
# How APIs say the same in words, in lower case and without punctuation.
_DEAD_TOKEN: Final = (
    r"\b(?:token|jwt|session)(?: \w+){0,5} (?:expired|invalid|revoked|(?:not|longer) valid)\b"
    r"|\b(?:expired|invalid|revoked)(?: \w+){0,2} (?:token|jwt|session)\b"
)
# What makes such words mean something else: permissions, and tokens of pages and forms.
_OTHER_REASON: Final = (
    r"\b(?:scopes?|permissions?)\b"
    r"|\b(?:page|next|sync|cursor|continuation|csrf|xsrf|push) ?token\b"
)
# In a longer body, such words are content rather than an error.
_MAX_REFUSAL_BYTES: Final = 4096


class ApiRefused(Exception):
    """The API refused a request: by its status, or by an error in the body of a success.

    `retry_after` is in seconds, None where the API sent none. `message` is the API's text, cut and
    redacted. It is for the user who sent the request and must not be logged.

    `is_reported` marks an error in the body of a success. Its `status` is the one that fits the error,
    and its message may be logged, since nothing else explains the failure.
    """

    def __init__(
        self,
        status: int,
        *,
        retry_after: float | None = None,
        message: str = "",
        is_reported: bool = False,
    ) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after
        self.message = message
        self.is_reported = is_reported


def is_refusal(response: Response) -> bool:
    """Return whether a response is not a success."""
    return not 200 <= response.status < 300


def is_token_refused(response: Response) -> bool:
    """Return whether an API rejects the token: by its status, the code `invalid_token`, or in words.

    RFC 6750, 3.1 has this code with 401 only. Some APIs send it with another status, or in the body.
    """
    if response.status in _UNAUTHORIZED:
        return True
    if response.status not in _TOKEN_REFUSALS:
        return False
    text = response.header("WWW-Authenticate") or ""
    if len(response.body) <= _MAX_REFUSAL_BYTES:
        text = f"{text} {response.body.decode(errors='replace')}"
    if _INSUFFICIENT_SCOPE in text.lower():
        return False
    return _INVALID_TOKEN in text.lower() or _says_token_is_dead(text)


def _says_token_is_dead(text: str) -> bool:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    words = re.sub(r"[\W_]+", " ", split.lower())
    if re.search(_OTHER_REASON, words):
        return False
    return re.search(_DEAD_TOKEN, words) is not None


async def async_read_answer[Wanted](
    hass: HomeAssistant,
    responses: Sequence[Response],
    read: Callable[[object], Wanted],
    *,
    format: DocumentFormat = "auto",
    pages: Pages | None = None,
    refuse: Callable[[object], None] | None = None,
) -> Wanted:
    """Return the result of `read` for the document of an answer, all its pages joined.

    `refuse` is called for each further page without the list, and raises if that page reports an error.

    A large document is parsed, read and freed off the event loop. The document of a 204 (no
    content) is None.

    Raises UnreadableDocument.
    """

    def parse_and_read() -> Wanted:
        if len(responses) > 1:
            # Parsing bounds each page; this bounds all pages together.
            check_elements(b"".join(response.body for response in responses))
        documents = [_document(response, format) for response in responses]
        if pages is None:
            return read(documents[0])
        for document in documents[1:]:
            if refuse is not None and not pages.has_list(document):
                refuse(document)
        return read(pages.join(documents))

    if is_large(responses):
        return await hass.async_add_executor_job(parse_and_read)
    return parse_and_read()


async def async_run_sized[Made](
    hass: HomeAssistant, responses: Sequence[Response], job: Callable[[], Made]
) -> Made:
    """Run a job that reads responses, off the event loop if they are large; return its result."""
    if is_large(responses):
        return await hass.async_add_executor_job(job)
    return job()


def total_bytes(responses: Sequence[Response]) -> int:
    """Return the size of all bodies together."""
    return sum(len(response.body) for response in responses)


def is_large(responses: Sequence[Response]) -> bool:
    """Return whether responses together have many bytes or many elements."""
    size = total_bytes(responses)
    if any(response.body.startswith(_GZIP_MAGIC) for response in responses):
        # Compressed without a Content-Encoding: it may become large.
        return True
    # Each element takes at least one byte.
    if size < _MANY_ELEMENTS:
        return False
    if size >= _LARGE_BYTES:
        return True
    separators = sum(
        response.body.count(separator)
        for response in responses
        for separator in _SEPARATORS
    )
    return separators > _MANY_ELEMENTS


def _document(response: Response, format: DocumentFormat) -> object:
    if response.status == 204:
        return None
    return parse_document(response.body, response.header("Content-Type"), format=format)
