"""The actions: requests as an account, from automations and scripts."""

from collections.abc import Mapping, Set as AbstractSet
from email.message import Message
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_HEADERS, CONF_METHOD, CONF_TIMEOUT, CONF_URL
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)

from .account import Account
from .api_refusal import provider_message, refusal_key
from .const import DOMAIN
from .document import UnreadableDocument, parse_document
from .errors import as_home_assistant_error
from .oauth2 import OAuth2Error, Response
from .redaction import without_secrets
from .request_headers import InvalidHeader, check_headers
from .runtime import OAuth2ClientConfigEntry
from .subentry_actions import async_register_subentry_actions
from .transport import DEFAULT_TIMEOUT

ACTION_REQUEST: Final = "request"

CONF_ACCOUNT: Final = "account"
CONF_EXPECTED: Final = "expected"
CONF_FAIL_ON_ERROR: Final = "fail_on_error"
CONF_JSON: Final = "json"
CONF_QUERY: Final = "query"
CONF_TEXT: Final = "text"

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_EXPECTED: Final = ("auto", "json", "text")
_MAX_TIMEOUT: Final = 300

# Sessions and challenges of the API: secrets, or of no use to an automation.
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

_TEXT: Final = vol.Any(
    str,
    # As APIs spell them, and not as Python does.
    vol.All(bool, lambda flag: "true" if flag else "false"),
    vol.All(vol.Any(int, float), vol.Coerce(str)),
)
_REQUEST_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_ACCOUNT): cv.string,
        vol.Optional(CONF_METHOD, default="GET"): vol.All(
            cv.string, vol.Upper, vol.In(_METHODS)
        ),
        vol.Required(CONF_URL): cv.string,
        vol.Optional(CONF_QUERY, default=dict): {cv.string: _TEXT},
        vol.Optional(CONF_HEADERS, default=dict): {cv.string: _TEXT},
        vol.Exclusive(CONF_JSON, "body"): cv.match_all,
        vol.Exclusive(CONF_TEXT, "body"): cv.string,
        vol.Optional(CONF_EXPECTED, default="auto"): vol.In(_EXPECTED),
        vol.Optional(CONF_TIMEOUT, default=DEFAULT_TIMEOUT): vol.All(
            vol.Coerce(float), vol.Range(min=1, max=_MAX_TIMEOUT)
        ),
        vol.Optional(CONF_FAIL_ON_ERROR, default=True): cv.boolean,
    }
)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions, once for all accounts."""
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_REQUEST,
        _async_request,
        schema=_REQUEST_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    async_register_subentry_actions(hass)


async def _async_request(call: ServiceCall) -> ServiceResponse:
    """Send a request as an account; answer with `status`, `headers` and `data`."""
    entry: OAuth2ClientConfigEntry = async_get_config_entry(
        call.hass, DOMAIN, call.data[CONF_ACCOUNT]
    )
    account = entry.runtime_data.account
    _check_headers(call.data[CONF_HEADERS])
    secrets = {account.token_set.access_token}
    response = await _async_send(account, call.data)
    if response.status >= 400 and call.data[CONF_FAIL_ON_ERROR]:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=refusal_key(response.status),
            translation_placeholders={
                "status": str(response.status),
                "message": provider_message(response, sent=secrets),
            },
        )
    if not call.return_response:
        return None
    # An API may echo what it was sent; what it was sent is the account's secret, be it the one of
    # before or one that was renewed meanwhile.
    secrets.add(account.token_set.access_token)
    return {
        "status": response.status,
        "headers": _shown_headers(response, secrets),
        "data": without_secrets(_answer(response, call.data[CONF_EXPECTED]), secrets),
    }


async def _async_send(account: Account, asked: Mapping[str, Any]) -> Response:
    try:
        return await account.request(
            asked[CONF_METHOD],
            asked[CONF_URL],
            query=asked[CONF_QUERY],
            headers=asked[CONF_HEADERS],
            json=asked.get(CONF_JSON),
            text=asked.get(CONF_TEXT),
            timeout=asked[CONF_TIMEOUT],
        )
    except OAuth2Error as err:
        raise as_home_assistant_error(err) from err


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


def _answer(response: Response, expected: str) -> Any:
    """Return the body: a document, or text where that is expected or nothing else is there.

    Raises HomeAssistantError where a document is expected and there is none.
    """
    if expected == "text":
        return _text(response)
    try:
        return parse_document(response.body, response.header("Content-Type"))
    except UnreadableDocument as err:
        if expected == "auto":
            return _text(response)
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key=f"answer_{err.reason}"
        ) from err


def _text(response: Response) -> str:
    """Return the body as text, in its own charset where Python knows it, else UTF-8."""
    header = Message()
    header["Content-Type"] = response.header("Content-Type") or "text/plain"
    charset = header.get_content_charset("utf-8")
    try:
        return response.body.decode(charset, errors="replace")
    except LookupError, ValueError:
        # ValueError: a codec that Python has, and that does not read text so.
        return response.body.decode(errors="replace")


def _shown_headers(response: Response, secrets: AbstractSet[str]) -> dict[str, Any]:
    """Return the response's headers by lower-case name, less those that are withheld."""
    return {
        name.lower(): without_secrets(value, secrets)
        for name, value in response.headers.items()
        if name.lower() not in _WITHHELD_HEADERS
    }
