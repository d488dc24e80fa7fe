"""From an API's answer to what is wanted of it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant

from ..document.parsing import DocumentFormat, parse_document
from ..oauth2 import Response

if TYPE_CHECKING:
    from .paging import Pages

# Bytes from which on parsing would hold up everything else in the event loop.
LARGE_BYTES: Final = 64 * 1024


async def async_read_answer[Wanted](
    hass: HomeAssistant,
    responses: Sequence[Response],
    read: Callable[[object], Wanted],
    *,
    format: DocumentFormat = "auto",
    pages: Pages | None = None,
) -> Wanted:
    """Return what `read` makes of the document of an answer, of all its pages joined.

    A large one is parsed and read off the event loop, and freed there. A 204 (no content) is the
    document None.

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
    """Return what a job makes of so many bytes; of many, off the event loop."""
    return job() if size < LARGE_BYTES else await hass.async_add_executor_job(job)


def _document(response: Response, format: DocumentFormat) -> object:
    if response.status == 204:
        return None
    return parse_document(response.body, response.header("Content-Type"), format=format)
