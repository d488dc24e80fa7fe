"""The action `request`: sends any request as an account, and returns the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_HEADERS, CONF_METHOD, CONF_TIMEOUT, CONF_URL
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from .account import Account
from .api_answer import async_read_answer, async_run_sized, sent_texts
from .api_refusal import provider_message, refusal_error
from .api_request import ApiRequest
from .const import DOMAIN
from .document import MISSING, AnyPath, InvalidPath, UnreadableDocument, compile_path
from .errors import as_home_assistant_error
from .oauth2 import OAuth2Error, Response
from .paging import InvalidPages, Pages
from .request_body import (
    AS_TEXT,
    BODY_FIELDS,
    CONF_FILES,
    async_body,
    async_check_paths,
    check_body,
    file_error,
)
from .request_headers import InvalidHeader, check_headers
from .request_template import CONF_QUERY, METHODS
from .runtime import OAuth2ClientConfigEntry
from .shown_answer import (
    EXPECTED,
    bytes_without_secrets,
    shown_data,
    shown_headers,
    without_secrets,
)
from .transport import DEFAULT_TIMEOUT

CONF_ACCOUNT: Final = "account"
CONF_EXPECTED: Final = "expected"
CONF_FAIL_ON_ERROR: Final = "fail_on_error"
CONF_PAGES: Final = "pages"
CONF_RESPONSE_PATH: Final = "response_path"
CONF_SAVE_TO: Final = "save_to"

_MAX_TIMEOUT: Final = 300

REQUEST_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_ACCOUNT): cv.string,
        vol.Optional(CONF_METHOD, default="GET"): vol.All(
            cv.string, vol.Upper, vol.In(METHODS)
        ),
        vol.Required(CONF_URL): cv.string,
        vol.Optional(CONF_QUERY, default=dict): {cv.string: AS_TEXT},
        vol.Optional(CONF_HEADERS, default=dict): {cv.string: AS_TEXT},
        **BODY_FIELDS,
        vol.Optional(CONF_PAGES): dict,
        vol.Optional(CONF_EXPECTED, default="auto"): vol.In(EXPECTED),
        vol.Optional(CONF_RESPONSE_PATH): cv.string,
        vol.Optional(CONF_SAVE_TO): cv.string,
        vol.Optional(CONF_TIMEOUT, default=DEFAULT_TIMEOUT): vol.All(
            vol.Coerce(float), vol.Range(min=1, max=_MAX_TIMEOUT)
        ),
        vol.Optional(CONF_FAIL_ON_ERROR, default=True): cv.boolean,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """What is to become of an answer: checked before anything is sent."""

    pages: Pages | None
    path: AnyPath | None
    save_to: Path | None


async def async_request(call: ServiceCall) -> ServiceResponse:
    """Send a request as an account; answer with `status`, `headers` and `data`.

    Raises HomeAssistantError, translated.
    """
    hass, asked = call.hass, call.data
    entry: OAuth2ClientConfigEntry = async_get_config_entry(
        hass, DOMAIN, asked[CONF_ACCOUNT]
    )
    account = entry.runtime_data.account
    wanted = await _async_wanted(hass, asked)
    secrets = {account.token_set.access_token}
    try:
        responses = await _async_send(hass, account, asked, wanted.pages)
    except OAuth2Error as err:
        raise as_home_assistant_error(err) from err
    # An API may echo what it was sent; what it was sent is the account's secret, be it the one of
    # before or one that was renewed meanwhile.
    secrets.add(account.token_set.access_token)
    response = responses[-1]
    if response.status >= 400 and asked[CONF_FAIL_ON_ERROR]:
        sent = secrets.union(await _async_sent_texts(hass, account, asked))
        raise refusal_error(response.status, provider_message(response, sent=sent))
    answer: dict[str, Any] = {
        "status": response.status,
        "headers": shown_headers(response),
    }
    if wanted.save_to is not None and response.status < 300:
        content = bytes_without_secrets(response.body, secrets)
        answer |= await _async_saved(hass, response, content, wanted.save_to)
    elif call.return_response:
        answer["data"] = await _async_data(hass, responses, asked, wanted)
    if not call.return_response:
        return None
    shown: dict[str, Any] = without_secrets(answer, secrets)
    return shown


async def _async_wanted(hass: HomeAssistant, asked: Mapping[str, Any]) -> _Wanted:
    """Return what an automation wants. Raises ServiceValidationError."""
    _check_headers(asked[CONF_HEADERS])
    check_body(asked)
    if CONF_SAVE_TO not in asked:
        return _Wanted(pages=_pages(asked), path=_path(asked), save_to=None)
    if CONF_PAGES in asked or CONF_RESPONSE_PATH in asked:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="saved_as_it_is"
        )
    save_to = Path(asked[CONF_SAVE_TO])
    await async_check_paths(hass, [save_to])
    await hass.async_add_executor_job(_check_target, save_to)
    return _Wanted(pages=None, path=None, save_to=save_to)


async def _async_sent_texts(
    hass: HomeAssistant, account: Account, asked: Mapping[str, Any]
) -> list[str]:
    """Return what was sent that an error must not repeat; files are no texts."""
    body = None if CONF_FILES in asked else await async_body(hass, asked)
    request = ApiRequest(
        url=asked[CONF_URL],
        query=tuple(asked[CONF_QUERY].items()),
        headers=tuple(asked[CONF_HEADERS].items()),
        body=None if body is None else body.data.decode(),
    )
    return sent_texts(account, request)


async def _async_send(
    hass: HomeAssistant,
    account: Account,
    asked: Mapping[str, Any],
    pages: Pages | None,
) -> tuple[Response, ...]:
    """Return the response, or those of all pages. Raises OAuth2Error."""
    body = await async_body(hass, asked)
    headers = dict(asked[CONF_HEADERS])
    if body is not None and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = body.content_type
    if pages is not None:
        request = ApiRequest(
            url=asked[CONF_URL],
            method=asked[CONF_METHOD],
            query=tuple(asked[CONF_QUERY].items()),
            headers=tuple(headers.items()),
            body=None if body is None else body.data.decode(),
        )
        answer = await account.answers.fetch(
            request, pages=pages, timeout=asked[CONF_TIMEOUT]
        )
        return answer.responses
    response = await account.request(
        asked[CONF_METHOD],
        asked[CONF_URL],
        query=asked[CONF_QUERY],
        headers=headers,
        data=None if body is None else body.data,
        timeout=asked[CONF_TIMEOUT],
    )
    return (response,)


async def _async_data(
    hass: HomeAssistant,
    responses: tuple[Response, ...],
    asked: Mapping[str, Any],
    wanted: _Wanted,
) -> Any:
    """Return what is wanted of the answer. Raises HomeAssistantError."""

    response, expected = responses[-1], asked[CONF_EXPECTED]
    # What an API says of an error has neither pages nor what is picked.
    pages, path = (wanted.pages, wanted.path) if response.status < 400 else (None, None)

    def data(document: object) -> object:
        return document if path is None else path.find(document)

    try:
        if pages is not None:
            found = await async_read_answer(hass, responses, data, pages=pages)
        else:
            found = await async_run_sized(
                hass,
                len(response.body),
                lambda: data(shown_data(response, expected)),
            )
    except UnreadableDocument as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key=f"answer_{err.reason}"
        ) from err
    if found is MISSING:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="path_not_found",
            translation_placeholders={"path": asked[CONF_RESPONSE_PATH]},
        )
    return found


def _check_target(path: Path) -> None:
    """Raise ServiceValidationError where no file can be: a request is not sent for nothing."""
    if path.is_dir() or not path.parent.is_dir():
        raise file_error("file_not_written", path)


async def _async_saved(
    hass: HomeAssistant, response: Response, content: bytes, path: Path
) -> dict[str, Any]:
    """Write a body to a file, all of it or nothing; return what was written."""

    def write() -> None:
        write_utf8_file_atomic(str(path), content, mode="wb")

    try:
        await hass.async_add_executor_job(write)
    except WriteError:
        raise file_error("file_not_written", path) from None
    return {
        "saved_to": str(path),
        "size": len(content),
        "content_type": response.header("Content-Type"),
    }


def _pages(asked: Mapping[str, Any]) -> Pages | None:
    if CONF_PAGES not in asked:
        return None
    try:
        pages = Pages.from_dict(asked[CONF_PAGES], CONF_PAGES)
    except InvalidPages as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="pages_incomplete",
            translation_placeholders={"detail": err.field},
        ) from err
    if CONF_FILES in asked:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="files_in_pages"
        )
    return pages


def _path(asked: Mapping[str, Any]) -> AnyPath | None:
    if CONF_RESPONSE_PATH not in asked:
        return None
    try:
        return compile_path(asked[CONF_RESPONSE_PATH])
    except InvalidPath as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="invalid_path",
            translation_placeholders={
                "path": asked[CONF_RESPONSE_PATH],
                "position": str(err.position),
            },
        ) from err


def _check_headers(headers: Mapping[str, str]) -> None:
    """Raise ServiceValidationError for a header that cannot be sent, or is not the caller's."""
    try:
        check_headers(headers)
    except InvalidHeader as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders={"header": err.header},
        ) from err
