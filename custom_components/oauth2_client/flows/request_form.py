"""The fields of a request in a form, and the request that they make."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_BASE, CONF_HEADERS, CONF_METHOD, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.selector import (
    ObjectSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.template import is_template_string

from ..account.account import Account
from ..api.headers import InvalidHeader, check_headers
from ..api.refusal import ApiRefused, refusal_key
from ..api.request import ApiRequest, InvalidRequest
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..definitions.request_template import RequestRenderer, RequestTemplate
from ..document.parsing import UnreadableDocument
from ..errors import message_key, message_placeholders
from ..oauth2 import OAuth2Error, RefusedByPolicy

SECTION_REQUEST: Final = "request"


class FormError(Exception):
    """A mistake in a form: the field it is shown at, and the key of its message."""

    def __init__(self, field: str, key: str, **placeholders: str) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.placeholders = placeholders


def request_fields(*, method: str = "GET") -> dict[Any, Any]:
    """Return the fields of a request beside its address, for a section of a form.

    `method` is the usual one.
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


def request_from_form(url: str, section: Mapping[str, Any]) -> RequestTemplate:
    """Return the request of a filled-in form. Raises FormError."""
    headers = _texts(section, CONF_HEADERS)
    try:
        check_headers(headers)
    except InvalidHeader as err:
        raise FormError(CONF_BASE, err.key, header=err.header) from err
    if any(name.lower() == "authorization" for name in headers):
        raise FormError(CONF_BASE, "authorization_header")
    return RequestTemplate(
        url=url.strip(),
        method=section.get(CONF_METHOD, "GET"),
        query=_texts(section, CONF_QUERY),
        headers=headers,
        body=section.get(CONF_BODY, "").strip() or None,
    )


def form_from_request(request: RequestTemplate) -> dict[str, Any]:
    """Return a request as answers of its section, without the address."""
    stored = request.as_dict()
    del stored[CONF_URL]
    return {key: answer for key, answer in stored.items() if answer}


def render_request(
    hass: HomeAssistant, account: Account, template: RequestTemplate
) -> ApiRequest:
    """Return the request to send now. Raises FormError where the account may not send it."""
    try:
        request = RequestRenderer(hass, template).render()
    except TemplateError as err:
        raise FormError(CONF_URL, "invalid_template", reason=str(err)) from err
    except InvalidRequest as err:
        raise FormError(CONF_URL, err.key, **err.placeholders) from err
    _check_address(account, request.url)
    return request


def check_request(
    hass: HomeAssistant, account: Account, template: RequestTemplate
) -> None:
    """Raise FormError for a request that cannot be sent with any variables."""
    try:
        RequestRenderer(hass, template).check()
    except TemplateError as err:
        raise FormError(CONF_URL, "invalid_template", reason=str(err)) from err
    if not is_template_string(template.url):
        _check_address(account, template.url)


def form_error(err: OAuth2Error | ApiRefused | UnreadableDocument) -> FormError:
    """Return the form's error for a request that did not lead to a document."""
    match err:
        case ApiRefused():
            return FormError(
                CONF_URL,
                refusal_key(err.status),
                status=str(err.status),
                message=err.message,
            )
        case UnreadableDocument():
            return FormError(CONF_URL, f"answer_{err.reason}")
        case RefusedByPolicy():
            return FormError(CONF_URL, message_key(err), **message_placeholders(err))
    return FormError(CONF_BASE, message_key(err), **message_placeholders(err))


def _check_address(account: Account, url: str) -> None:
    try:
        account.resolve_url(url)
    except RefusedByPolicy as err:
        raise FormError(
            CONF_URL, message_key(err), **message_placeholders(err)
        ) from err


def _texts(section: Mapping[str, Any], field: str) -> dict[str, str]:
    """Return the texts of a field by their names. Raises FormError."""
    typed = section.get(field) or {}
    if not isinstance(typed, Mapping):
        raise FormError(CONF_BASE, "not_a_mapping")
    texts = {}
    for name, value in typed.items():
        if value is None or isinstance(value, list | dict):
            raise FormError(CONF_BASE, "not_a_mapping")
        # APIs write `true`; Python would write `True`.
        text = str(value).lower() if isinstance(value, bool) else str(value)
        texts[str(name)] = text
    return texts
