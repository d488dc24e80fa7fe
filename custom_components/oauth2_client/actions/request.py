"""The action `request`: sends any request as an account, and returns the answer."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from homeassistant.const import CONF_HEADERS, CONF_METHOD, CONF_TIMEOUT, CONF_URL
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util import dt as dt_util

from ..account import Account
from ..account.preview import loggable_address
from ..account.reading import ErrorInAnswer, TokenRetry, refuse_error, refused
from ..api import ApiRequest
from ..api.answer import ApiRefused, async_read_answer, async_run_sized
from ..api.headers import InvalidHeader, check_headers
from ..api.paging import InvalidPages, Pages
from ..api.redaction import Redaction, shown_headers
from ..api.refusal import provider_message, refusal_error
from ..const import CONF_PAGES, CONF_QUERY, DOMAIN
from ..document.parsing import UnreadableDocument
from ..document.paths import MISSING, AnyPath, InvalidPath, compile_path
from ..errors import as_home_assistant_error, unreadable
from ..oauth2 import OAuth2Error, Response
from ..runtime import OAuth2ClientConfigEntry
from .body import async_body, async_check_paths, check_body, file_error
from .schema import (
    CONF_ACCOUNT,
    CONF_EXPECTED,
    CONF_FAIL_ON_ERROR,
    CONF_FILES,
    CONF_RESPONSE_PATH,
    CONF_SAVE_TO,
)
from .shown_answer import MAX_RETURNED_BYTES, is_too_large, shown_data

# A longer answer is taken for what was asked for, and not for an error.
_MAX_ERROR_BYTES: Final = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class _AnswerHandling:
    """What the action does with the answer. It is checked before anything is sent."""

    pages: Pages | None
    path: AnyPath | None
    save_to: Path | None


async def async_request(call: ServiceCall) -> ServiceResponse:
    """Send a request as an account; answer with `status`, `headers` and `data`.

    Raises HomeAssistantError, translated.
    """
    hass, call_data = call.hass, call.data
    entry: OAuth2ClientConfigEntry = async_get_config_entry(
        hass, DOMAIN, call_data[CONF_ACCOUNT]
    )
    account = entry.runtime_data.account
    handling = await _async_handling(hass, call_data)
    request = await _async_api_request(hass, call_data)
    try:
        answer = await TokenRetry(account).call(
            partial(_async_answer, call, account, request, handling)
        )
    except OAuth2Error as err:
        address = loggable_address(account, request)
        raise as_home_assistant_error(err, address) from err
    except ApiRefused as err:
        address = loggable_address(account, request)
        raise refusal_error(err.status, err.message, address) from None
    return answer if call.return_response else None


async def _async_answer(
    call: ServiceCall, account: Account, request: ApiRequest, handling: _AnswerHandling
) -> dict[str, Any]:
    """Send the request; return the action's answer.

    Raises OAuth2Error, HomeAssistantError, and ApiRefused where the action fails on an error.
    """
    hass, call_data = call.hass, call.data
    responses = await _async_send(account, request, call_data, handling.pages)
    response, redaction = responses[-1], account.redaction()
    if response.status >= 400 and call_data[CONF_FAIL_ON_ERROR]:
        message = provider_message(response, account.redaction(request))
        raise ApiRefused(response.status, message=message)
    answer: dict[str, Any] = {
        "status": response.status,
        "headers": redaction.redact(shown_headers(response)),
    }
    is_saved = handling.save_to is not None and response.status < 300
    try:
        if call_data[CONF_FAIL_ON_ERROR] and (is_saved or not call.return_response):
            await _async_refuse_error(hass, response)
        if handling.save_to is not None and is_saved:
            answer |= await _async_save(hass, response, redaction, handling.save_to)
        elif call.return_response:
            data = await _async_data(hass, responses, call_data, handling, redaction)
            answer["data"] = data
    except ErrorInAnswer as err:
        raise refused(account, request, err, pages=handling.pages) from None
    except UnreadableDocument as err:
        address = loggable_address(account, request)
        raise HomeAssistantError(**unreadable(err.reason, address)) from err
    return answer


async def _async_handling(
    hass: HomeAssistant, call_data: Mapping[str, Any]
) -> _AnswerHandling:
    """Return what to do with the answer. Raises ServiceValidationError for an invalid call."""
    _check_headers(call_data[CONF_HEADERS])
    check_body(call_data)
    if CONF_SAVE_TO not in call_data:
        return _AnswerHandling(
            pages=_pages(call_data), path=_path(call_data), save_to=None
        )
    if CONF_PAGES in call_data or CONF_RESPONSE_PATH in call_data:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="saved_as_it_is"
        )
    save_to = Path(call_data[CONF_SAVE_TO])
    await async_check_paths(hass, [save_to], "target_not_allowed")
    await hass.async_add_executor_job(_check_target, save_to)
    return _AnswerHandling(pages=None, path=None, save_to=save_to)


async def _async_api_request(
    hass: HomeAssistant, call_data: Mapping[str, Any]
) -> ApiRequest:
    """Return the request that the action's data describes. Raises ServiceValidationError."""
    body = await async_body(hass, call_data)
    request = ApiRequest(
        url=call_data[CONF_URL],
        method=call_data[CONF_METHOD],
        query=tuple(call_data[CONF_QUERY].items()),
        headers=tuple(call_data[CONF_HEADERS].items()),
        body=None if body is None else body.data,
    )
    return request if body is None else request.with_content_type(body.content_type)


async def _async_send(
    account: Account,
    request: ApiRequest,
    call_data: Mapping[str, Any],
    pages: Pages | None,
) -> tuple[Response, ...]:
    """Return the response, or those of all pages. Raises OAuth2Error."""
    timeout = call_data[CONF_TIMEOUT]
    if pages is None:
        return (await account.send(request, timeout=timeout),)
    return (
        await account.answers.fetch(request, pages=pages, timeout=timeout)
    ).responses


async def _async_data(
    hass: HomeAssistant,
    responses: tuple[Response, ...],
    call_data: Mapping[str, Any],
    handling: _AnswerHandling,
    redaction: Redaction,
) -> Any:
    """Return the `data` of the action's answer.

    Raises HomeAssistantError, UnreadableDocument and ErrorInAnswer.
    """
    response, expected = responses[-1], call_data[CONF_EXPECTED]
    # An answer that refuses the request has neither pages nor a value at the path.
    pages, path = (
        (handling.pages, handling.path) if response.status < 400 else (None, None)
    )

    is_large = sum(len(each.body) for each in responses) > MAX_RETURNED_BYTES
    refuse = partial(refuse_error, now=dt_util.utcnow().timestamp())

    def read(document: object) -> object:
        found = document if path is None else path.find(document)
        if call_data[CONF_FAIL_ON_ERROR] and (path is None or found is MISSING):
            # A value at the path is what was asked for, even if the rest of the answer tells of an error.
            refuse(document, is_certain=path is None)
        if is_large and is_too_large(found):
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="returned_too_large"
            )
        return redaction.redact(found)

    if pages is not None:
        found = await async_read_answer(
            hass, responses, read, pages=pages, refuse=refuse
        )
    else:
        found = await async_run_sized(
            hass,
            [response],
            lambda: read(shown_data(response, expected)),
        )
    if found is MISSING:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="path_not_found",
            translation_placeholders={"path": call_data[CONF_RESPONSE_PATH]},
        )
    return found


async def _async_refuse_error(hass: HomeAssistant, response: Response) -> None:
    """Raise ErrorInAnswer where an answer that is not returned tells of an error."""
    if len(response.body) > _MAX_ERROR_BYTES:
        return
    now = dt_util.utcnow().timestamp()
    refuse = partial(refuse_error, now=now, is_certain=True)
    # An answer that is not a document, such as a picture, tells of no error.
    with suppress(UnreadableDocument):
        await async_read_answer(hass, (response,), refuse)


def _check_target(path: Path) -> None:
    """Raise ServiceValidationError where no file can be written, before the request is sent."""
    # A folder, a device or a pipe is not replaced by a file.
    is_not_a_file = path.exists() and not path.is_file()
    if is_not_a_file or not path.parent.is_dir():
        raise file_error("file_not_written", path)


async def _async_save(
    hass: HomeAssistant, response: Response, redaction: Redaction, path: Path
) -> dict[str, Any]:
    """Write a body to a file, whole or not at all. Return its path, size in bytes and type."""

    def write() -> int:
        # Redacted, since other users may be able to read the file.
        content = redaction.redact(response.body)
        _write_whole(path, content)
        return len(content)

    try:
        size = await hass.async_add_executor_job(write)
    except OSError:
        raise file_error("file_not_written", path) from None
    return {
        "saved_to": str(path),
        "size": size,
        "content_type": redaction.redact(response.header("Content-Type")),
    }


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that all users may read, whole or not at all. Raises OSError.

    Home Assistant's own function for this logs a traceback where the disk is full.
    """
    with NamedTemporaryFile(dir=path.parent, delete_on_close=False) as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).replace(path)


def _pages(call_data: Mapping[str, Any]) -> Pages | None:
    if CONF_PAGES not in call_data:
        return None
    try:
        pages = Pages.from_dict(call_data[CONF_PAGES], CONF_PAGES)
    except InvalidPages as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=f"pages_{err.field}",
        ) from err
    if CONF_FILES in call_data:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="files_in_pages"
        )
    return pages


def _path(call_data: Mapping[str, Any]) -> AnyPath | None:
    if CONF_RESPONSE_PATH not in call_data:
        return None
    try:
        return compile_path(call_data[CONF_RESPONSE_PATH])
    except InvalidPath as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="invalid_path",
            translation_placeholders={
                "path": call_data[CONF_RESPONSE_PATH],
                "position": str(err.position),
            },
        ) from err


def _check_headers(headers: Mapping[str, str]) -> None:
    """Raise ServiceValidationError for a header that cannot be sent or must not be set here."""
    try:
        check_headers(headers)
    except InvalidHeader as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders={"header": err.header},
        ) from err
