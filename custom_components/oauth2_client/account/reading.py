"""Reads values from an answer. An answer with status 200 that contains an error instead is a refusal."""

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
    """The content of an answer is an error, in place of what was wanted."""

    def __init__(self, error: ReportedError, wait: float | None) -> None:
        super().__init__("error in an answer")
        self.error = error
        self.wait = wait


class TokenRetry:
    """Calls a function again with a new token if an answer says, in its content, that it is invalid.

    If the API says that of the new token too, the same caller does not renew it again: some APIs call a
    token invalid for what the account has no access to.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        # The token set of a renewal that did not help.
        self._refused: TokenSet | None = None

    async def call[**Arguments, Result](
        self,
        function: Callable[Arguments, Awaitable[Result]],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Return what `function` returns; call it again after a renewal.

        Raises what `function` and a refresh raise.
        """
        used = self._account.token_set
        try:
            result = await function(*args, **kwargs)
        except ApiRefused as err:
            if not _is_invalid_token(err) or used is self._refused:
                raise
            if not await self._account.renew(rejected=used):
                raise
        else:
            self._refused = None
            return result
        renewed = self._account.token_set
        try:
            return await function(*args, **kwargs)
        except ApiRefused as err:
            if _is_invalid_token(err):
                self._refused = renewed
            raise


async def async_read[Result](
    hass: HomeAssistant,
    account: Account,
    request: ApiRequest,
    answer: Answer,
    read: Callable[[object], Result],
    *,
    is_found: Callable[[Result], bool],
    format: DocumentFormat = "auto",
    pages: Pages | None = None,
) -> Result:
    """Return the result of `read` for the document of an answer, all its pages joined.

    The document may be an error if `is_found` is false for the result.

    Raises ApiRefused, with the API's message, and UnreadableDocument.
    """
    account.check_answer(request, answer)

    def refuse(document: object) -> None:
        refuse_error(document, now=account.clock.now())

    def read_or_refuse(document: object) -> Result:
        result = read(document)
        if not is_found(result):
            refuse(document)
        return result

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
    """Raise ErrorInAnswer if a document is an error; with `is_certain`, only if it cannot be data."""
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
    """Return the refusal for an error in an answer, which is not reused.

    The host is paused for the time that the error names.
    """
    from ..api.refusal import reported_refusal  # noqa: PLC0415 - few answers are errors

    account.answers.forget(request, pages)
    account.note_wait(request, err.error.status, err.wait)
    return reported_refusal(
        err.error, wait=err.wait, redaction=account.redaction(request)
    )


def _is_invalid_token(err: ApiRefused) -> bool:
    return err.is_reported and err.status == _UNAUTHORIZED
