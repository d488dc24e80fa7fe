"""Parses an API's answer and reads from it what the caller wants."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant

from ..document.parsing import DocumentFormat, parse_document
from ..oauth2 import Response

if TYPE_CHECKING:
    from .paging import Pages

# From this size on, parsing would block the event loop for too long.
LARGE_BYTES: Final = 64 * 1024


async def async_read_answer[Wanted](
    hass: HomeAssistant,
    responses: Sequence[Response],
    read: Callable[[object], Wanted],
    *,
    format: DocumentFormat = "auto",
    pages: Pages | None = None,
) -> Wanted:
    """Return the result of `read` for the document of an answer, all its pages joined.

    A large document is parsed, read and freed off the event loop. That of a 204 (no content) is
    None.

    Raises UnreadableDocument.
    """

    def parse_and_read() -> Wanted:
        documents = [_document(response, format) for response in responses]
        return read(documents[0] if pages is None else pages.join(documents))

    size = sum(len(response.body) for response in responses)
    return await async_run_sized(hass, size, parse_and_read)


async def async_run_sized[Made](
    hass: HomeAssistant, size: int, job: Callable[[], Made]
) -> Made:
    """Return the result of a job that reads `size` bytes; run it off the event loop if large."""
    return job() if size < LARGE_BYTES else await hass.async_add_executor_job(job)


def _document(response: Response, format: DocumentFormat) -> object:
    if response.status == 204:
        return None
    return parse_document(response.body, response.header("Content-Type"), format=format)
