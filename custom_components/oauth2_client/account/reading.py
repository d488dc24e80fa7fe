"""Reads what is wanted of an answer; one that tells of an error in place of it is a refusal."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant

from ..api.answer import ApiRefused, async_read_answer
from ..api.request import ApiRequest
from ..document.parsing import DocumentFormat
from .account import Account
from .answers import Answer

if TYPE_CHECKING:
    from ..api.paging import Pages
    from ..document.told_error import ToldError

_UNAUTHORIZED: Final = 401


class ErrorInAnswer(Exception):
    """An answer tells of an error, and has nothing of what was wanted."""

    def __init__(self, told: ToldError, wait: float | None) -> None:
        super().__init__("error in an answer")
        self.told = told
        self.wait = wait


async def async_read[Wanted](
    hass: HomeAssistant,
    account: Account,
    request: ApiRequest,
    answer: Answer,
    read: Callable[[object], Wanted],
    *,
    is_found: Callable[[Wanted], bool],
    format: DocumentFormat = "auto",
    pages: Pages | None = None,
) -> Wanted:
    """Return the result of `read` for the document of an answer, all its pages joined.

    Where nothing of what was wanted `is_found` in it, the document may be an error.

    Raises ApiRefused, with the API's message, and UnreadableDocument.
    """
    account.check_answer(request, answer)
    now = account.clock.now()

    def read_or_refuse(document: object) -> Wanted:
        wanted = read(document)
        if not is_found(wanted):
            refuse_error(document, now=now)
        return wanted

    try:
        return await async_read_answer(
            hass,
            answer.responses,
            read_or_refuse,
            format=format,
            pages=pages,
            refuse=partial(refuse_error, now=now),
        )
    except ErrorInAnswer as err:
        account.answers.forget(request, pages)
        from ..api.refusal import told_refusal  # noqa: PLC0415 - few answers are errors

        raise told_refusal(
            err.told, wait=err.wait, redaction=account.redaction(request)
        ) from None


def refuse_error(document: object, *, now: float) -> None:
    """Raise ErrorInAnswer where a document tells of an error."""
    from ..document.told_error import told_error  # noqa: PLC0415 - few answers are errors
    from ..oauth2.retry import wait_in  # noqa: PLC0415 - as above

    if (told := told_error(document)) is not None:
        raise ErrorInAnswer(told, wait_in(document, now=now))


async def async_with_token[Got](
    account: Account, get: Callable[[], Awaitable[Got]]
) -> Got:
    """Return what `get` does; once more with a new token where an answer says that it is dead.

    Raises what `get` and a refresh raise.
    """
    used = account.token_set
    try:
        return await get()
    except ApiRefused as err:
        if not err.is_told or err.status != _UNAUTHORIZED:
            raise
        if not await account.renew(rejected=used):
            raise
    return await get()
