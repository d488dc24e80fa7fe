"""The fields of a request in a form, and the request that is made of them."""

from collections.abc import Iterable, Mapping
import json
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_BASE, CONF_HEADERS, CONF_METHOD, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    ObjectSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.template import is_template_string

from ..account import Account
from ..account.preview import shown_address
from ..api import ApiRequest, InvalidRequest
from ..api.answer import ApiRefused
from ..api.headers import InvalidHeader, check_headers
from ..api.refusal import quotation, refusal_key
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..definitions import RequestRenderer, RequestTemplate
from ..definitions.template_texts import FaultyTemplate, template_fault
from ..document.parsing import UnreadableDocument
from ..errors import as_code, message_key, message_placeholders
from ..oauth2 import OAuth2Error, RefusedByPolicy
from .words import async_words

SECTION_REQUEST: Final = "request"

# The section shows the errors of its fields, so that each message names the field.
_FAULTY_TEMPLATE: Final = {
    CONF_QUERY: "query_template",
    CONF_HEADERS: "headers_template",
    CONF_BODY: "body_template",
}
_NOT_A_MAPPING: Final = {
    CONF_QUERY: "query_not_a_mapping",
    CONF_HEADERS: "headers_not_a_mapping",
}


class FormError(Exception):
    """An error of a form: the field that shows it, and the key of its message.

    An error of a field in a section is shown at the section: the frontend shows no errors inside.
    `errors` are the keys of messages by field, as `async_show_form` takes them.
    """

    def __init__(self, field: str, key: str, **placeholders: str) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.placeholders = placeholders
        self.errors = {field: key}


async def async_address_hint(hass: HomeAssistant, account: Account) -> str:
    """Return in Markdown whether an address is entered whole, or without the API's base URL."""
    words = await async_words(hass, "address_form")
    base = account.provider.api_base_url
    # As code, since Markdown would show it as a link.
    return words["relative"].format(base=as_code(base)) if base else words["complete"]


def request_fields(*, method: str = "GET") -> dict[Any, Any]:
    """Return the fields of a request without its address, for a section of a form.

    `method` is selected at first.
    """
    methods = SelectSelectorConfig(
        options=list(METHODS), mode=SelectSelectorMode.DROPDOWN
    )
    return {
        vol.Required(CONF_METHOD, default=method): SelectSelector(methods),
        vol.Optional(CONF_QUERY): ObjectSelector(),
        vol.Optional(CONF_HEADERS): ObjectSelector(),
        vol.Optional(CONF_BODY): TextSelector(TextSelectorConfig(multiline=True)),
    }


def request_from_form(url: str, typed: Mapping[str, Any]) -> RequestTemplate:
    """Return the request of a filled-in form. Raises FormError."""
    headers = _texts(typed, CONF_HEADERS)
    try:
        check_headers(headers)
    except InvalidHeader as err:
        raise FormError(SECTION_REQUEST, err.key, header=err.header) from err
    if any(name.lower() == "authorization" for name in headers):
        raise FormError(SECTION_REQUEST, "authorization_header")
    return RequestTemplate(
        url=url.strip(),
        method=typed.get(CONF_METHOD, "GET"),
        query=_texts(typed, CONF_QUERY),
        headers=headers,
        body=typed.get(CONF_BODY, "").strip() or None,
    )


def form_from_request(request: RequestTemplate) -> dict[str, Any]:
    """Return a request as suggested values of its section, without the address."""
    stored = request.as_dict()
    del stored[CONF_URL]
    return {key: value for key, value in stored.items() if value}


def render_request(
    hass: HomeAssistant, account: Account, template: RequestTemplate
) -> ApiRequest:
    """Return the request to send now. Raises FormError where the account may not send it."""
    try:
        request = RequestRenderer(hass, template).render()
    except FaultyTemplate as err:
        raise _template_error(err) from err
    except InvalidRequest as err:
        field = CONF_URL if err.key == "leaves_segment" else SECTION_REQUEST
        raise FormError(field, err.key, **err.placeholders) from err
    _check_address(account, request)
    if request.body is not None:
        _check_body(request.body.decode(), template.headers)
    return request


def check_request(
    hass: HomeAssistant, account: Account, template: RequestTemplate
) -> None:
    """Raise FormError for a request that cannot be sent, whatever its variables are."""
    try:
        RequestRenderer(hass, template).check()
    except FaultyTemplate as err:
        raise _template_error(err) from err
    if not is_template_string(template.url):
        _check_address(account, ApiRequest(url=template.url))
    if template.body is not None and not is_template_string(template.body):
        _check_body(template.body, template.headers)


def form_error(
    err: OAuth2Error | ApiRefused | UnreadableDocument, address: str
) -> FormError:
    """Return the form's error after a request to an address that brought no document."""
    match err:
        case ApiRefused():
            return FormError(
                CONF_URL,
                refusal_key(err.status),
                address=address,
                status=str(err.status),
                quotation=quotation(err.message),
            )
        case UnreadableDocument():
            return FormError(CONF_URL, f"answer_{err.reason}", address=address)
    field = CONF_URL if isinstance(err, RefusedByPolicy) else CONF_BASE
    placeholders = message_placeholders(err)
    return FormError(field, message_key(err), address=address, **placeholders)


def _check_address(account: Account, request: ApiRequest) -> None:
    try:
        account.resolve_url(request.url)
    except RefusedByPolicy as err:
        raise form_error(err, shown_address(account, request)) from err


def _check_body(body: str, headers: Iterable[str]) -> None:
    """Raise FormError for a body that begins like JSON and is invalid, unless a header has its type."""
    if not body.startswith(("{", "[")):
        return
    if "content-type" in map(str.lower, headers):
        return
    try:
        json.loads(body)
    except json.JSONDecodeError as err:
        raise FormError(
            SECTION_REQUEST,
            "body_not_json",
            line=str(err.lineno),
            column=str(err.colno),
        ) from None


def _template_error(err: FaultyTemplate) -> FormError:
    """Return the form's error for a template, at the field that has it."""
    reason = template_fault(err)
    if err.field == CONF_URL:
        return FormError(CONF_URL, "invalid_template", reason=reason)
    return FormError(SECTION_REQUEST, _FAULTY_TEMPLATE[err.field], reason=reason)


def _texts(typed: Mapping[str, Any], field: str) -> dict[str, str]:
    """Return the mapping in a field, with its values as text. Raises FormError."""
    entered = typed.get(field) or {}
    if not isinstance(entered, Mapping):
        raise FormError(SECTION_REQUEST, _NOT_A_MAPPING[field])
    texts = {}
    for name, value in entered.items():
        if value is None or isinstance(value, list | dict):
            raise FormError(SECTION_REQUEST, _NOT_A_MAPPING[field])
        # APIs write `true`; Python would write `True`.
        text = str(value).lower() if isinstance(value, bool) else str(value)
        texts[str(name)] = text
    return texts
