"""From an API's answer to what is wanted of it."""

from collections.abc import Callable, Sequence
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .account import Account
from .answers import Answer
from .api_refusal import is_refusal, refusal
from .api_request import ApiRequest
from .document import DocumentFormat, parse_document
from .oauth2 import Request, Response, sent_values
from .paging import Pages, join

# Bytes from which on parsing would be felt by everything else in the event loop.
_LARGE: Final = 64 * 1024


async def async_read_answer[Wanted](
    hass: HomeAssistant,
    responses: Sequence[Response],
    read: Callable[[object], Wanted],
    *,
    format: DocumentFormat = "auto",
    pages: Pages | None = None,
) -> Wanted:
    """Return what `read` makes of the document of an answer, of all its pages joined.

    A large one is parsed and read off the event loop, and is gone when that is done. A 204 (no
    content) is the document None.

    Raises UnreadableDocument.
    """

    def parse_and_read() -> Wanted:
        documents = [_document(response, format) for response in responses]
        return read(documents[0] if pages is None else join(pages, documents))

    size = sum(len(response.body) for response in responses)
    return await async_run_sized(hass, size, parse_and_read)


async def async_run_sized[Made](
    hass: HomeAssistant, size: int, job: Callable[[], Made]
) -> Made:
    """Return what a job makes of so many bytes, off the event loop where it would be felt there."""
    return job() if size < _LARGE else await hass.async_add_executor_job(job)


def check_answer(account: Account, request: ApiRequest, answer: Answer) -> None:
    """Raise ApiRefused for an answer that is not a success, with the API's own words."""
    response = answer.responses[-1]
    if is_refusal(response):
        now = dt_util.utcnow().timestamp()
        raise refusal(response, now=now, sent=sent_texts(account, request))


def sent_texts(account: Account, request: ApiRequest) -> list[str]:
    """Return what was sent that nobody is to read in a message."""
    sent = Request(
        method=request.method,
        url=request.url,
        headers=dict(request.headers),
        body=None if request.body is None else request.body.encode(),
    )
    query = [*account.resolve_url(request.url).query.values()]
    query += [value for _, value in request.query]
    return [account.token_set.access_token, *query, *sent_values(sent)]


def _document(response: Response, format: DocumentFormat) -> object:
    if response.status == 204:
        return None
    return parse_document(response.body, response.header("Content-Type"), format=format)
