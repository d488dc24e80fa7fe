"""Reads values from an answer. An answer that has an error in their place is a refusal."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant

from ..api import ApiRequest
from ..api.answer import ApiRefused, async_read_answer
from ..document.parsing import DocumentFormat
from . import Account
from .answers import Answer

if TYPE_CHECKING:
    from ..api.paging import Pages
    from ..document.reported_error import ReportedError
    from ..oauth2 import TokenSet

_UNAUTHORIZED: Final = 401


class ErrorInAnswer(Exception):
    """An answer tells of an error, and has nothing of what was wanted."""

    def __init__(self, error: ReportedError, wait: float | None) -> None:
        super().__init__("error in an answer")
        self.error = error
        self.wait = wait


class Renewing:
    """Renews the token for one reader of answers, where an answer tells that it is dead.

    Where the next token is called dead as well, that one is not renewed again: some APIs say the same
    of what an account may not have.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._in_vain: TokenSet | None = None

    async def get[**Given, Got](
        self,
        get: Callable[Given, Awaitable[Got]],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Got:
        """Return what `get` does; once more with a new token where the answer says that it is dead.

        Raises what `get` and a refresh raise.
        """
        used = self._account.token_set
        try:
            got = await get(*args, **kwargs)
        except ApiRefused as err:
            if not _tells_of_dead_token(err) or used is self._in_vain:
                raise
            if not await self._account.renew(rejected=used):
                raise
        else:
            self._in_vain = None
            return got
        renewed = self._account.token_set
        try:
            return await get(*args, **kwargs)
        except ApiRefused as err:
            if _tells_of_dead_token(err):
                self._in_vain = renewed
            raise


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

    def refuse(document: object) -> None:
        refuse_error(document, now=account.clock.now())

    def read_or_refuse(document: object) -> Wanted:
        wanted = read(document)
        if not is_found(wanted):
            refuse(document)
        return wanted

    try:
        return await async_read_answer(
            hass,
            answer.responses,
            read_or_refuse,
            format=format,
            pages=pages,
            refuse=refuse,
        )
    except ErrorInAnswer as err:
        raise refused(account, request, err, pages=pages) from None


def refuse_error(document: object, *, now: float, is_certain: bool = False) -> None:
    """Raise ErrorInAnswer where a document tells of an error; `is_certain`: that is no data."""
    from ..document.reported_error import reported_error  # noqa: PLC0415 - few answers are errors
    from ..oauth2.retry import wait_in  # noqa: PLC0415 - as above

    error = reported_error(document)
    if error is not None and (error.is_certain or not is_certain):
        raise ErrorInAnswer(error, wait_in(document, now=now))


def refused(
    account: Account,
    request: ApiRequest,
    err: ErrorInAnswer,
    *,
    pages: Pages | None = None,
) -> ApiRefused:
    """Return the refusal that an answer told of, and let go of the answer.

    Its host is paused as the answer asked for.
    """
    from ..api.refusal import reported_refusal  # noqa: PLC0415 - few answers are errors

    account.answers.forget(request, pages)
    account.note_wait(request, err.error.status, err.wait)
    return reported_refusal(
        err.error, wait=err.wait, redaction=account.redaction(request)
    )


def _tells_of_dead_token(err: ApiRefused) -> bool:
    return err.is_reported and err.status == _UNAUTHORIZED
