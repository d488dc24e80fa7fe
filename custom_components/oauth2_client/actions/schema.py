"""The schema of the action `request`, and the validation of calls, which actions do themselves."""

from functools import cache
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import (
    CONF_HEADERS,
    CONF_METHOD,
    CONF_NAME,
    CONF_PATH,
    CONF_TIMEOUT,
    CONF_URL,
)
from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolSchemaType

from ..const import CONF_PAGES, CONF_QUERY, METHODS
from ..wire import DEFAULT_TIMEOUT_SECONDS

CONF_ACCOUNT: Final = "account"
CONF_CONTENT_TYPE: Final = "content_type"
CONF_EXPECTED: Final = "expected"
CONF_FAIL_ON_ERROR: Final = "fail_on_error"
CONF_FILENAME: Final = "filename"
CONF_FILES: Final = "files"
CONF_FORM: Final = "form"
CONF_JSON: Final = "json"
CONF_RESPONSE_PATH: Final = "response_path"
CONF_SAVE_TO: Final = "save_to"
CONF_TEXT: Final = "text"

EXPECTED: Final = ("auto", "json", "text")
_MAX_TIMEOUT_SECONDS: Final = 300


def valid_call(call: ServiceCall, schema: VolSchemaType) -> ServiceCall:
    """Return a call with its data validated by a schema. Raises voluptuous.Invalid."""
    data: dict[str, Any] = schema(dict(call.data))
    return ServiceCall(
        call.hass, call.domain, call.service, data, call.context, call.return_response
    )


@cache
def request_schema() -> vol.Schema:
    """Return the schema of the action. It is built at the first call, to keep the start fast."""
    as_text = vol.Any(
        str,
        # APIs write `true`; Python would write `True`.
        vol.All(bool, lambda flag: "true" if flag else "false"),
        vol.All(vol.Any(int, float), vol.Coerce(str)),
    )
    return vol.Schema(
        {
            vol.Required(CONF_ACCOUNT): cv.string,
            vol.Optional(CONF_METHOD, default="GET"): vol.All(
                cv.string, vol.Upper, vol.In(METHODS)
            ),
            vol.Required(CONF_URL): cv.string,
            vol.Optional(CONF_QUERY, default=dict): {cv.string: as_text},
            vol.Optional(CONF_HEADERS, default=dict): {cv.string: as_text},
            **_body_fields(as_text),
            vol.Optional(CONF_PAGES): dict,
            vol.Optional(CONF_EXPECTED, default="auto"): vol.In(EXPECTED),
            vol.Optional(CONF_RESPONSE_PATH): cv.string,
            vol.Optional(CONF_SAVE_TO): cv.string,
            vol.Optional(CONF_TIMEOUT, default=DEFAULT_TIMEOUT_SECONDS): vol.All(
                vol.Coerce(float), vol.Range(min=1, max=_MAX_TIMEOUT_SECONDS)
            ),
            vol.Optional(CONF_FAIL_ON_ERROR, default=True): cv.boolean,
        }
    )


def _body_fields(as_text: object) -> dict[Any, Any]:
    text = vol.All(cv.string, vol.Length(min=1))
    file = {
        vol.Required(CONF_NAME): text,
        vol.Required(CONF_PATH): cv.string,
        vol.Optional(CONF_CONTENT_TYPE): text,
        vol.Optional(CONF_FILENAME): text,
    }
    return {
        vol.Optional(CONF_JSON): cv.match_all,
        vol.Optional(CONF_TEXT): cv.string,
        vol.Optional(CONF_FORM): {cv.string: as_text},
        vol.Optional(CONF_FILES): vol.All(cv.ensure_list, [file]),
    }
