"""A request as it is stored: its texts may be templates, rendered when it is sent."""

from collections.abc import Mapping
import re
from typing import TYPE_CHECKING, Any, Final, Self

from homeassistant.const import CONF_HEADERS, CONF_METHOD, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import is_template_string
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..api.request import ApiRequest
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..oauth2.frozen import Frozen
from .stored import InvalidDefinition, stored_optional_text, stored_text, stored_texts

if TYPE_CHECKING:
    from .template_texts import TemplateTexts

FORM: Final = "application/x-www-form-urlencoded"

_FORM_BODY: Final = r"[\w.\[\]-]+=[^\s&]*(?:&[\w.\[\]-]+=[^\s&]*)*"

type Variables = Mapping[str, Any]


class RequestTemplate(Frozen, secret=("url", "query", "headers", "body")):
    """A stored request. Each of its texts may be a template.

    `url` is absolute, or relative to the provider's API base. The repr shows the method only, since
    the rest may contain secrets.
    """

    url: str
    method: str = "GET"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: str | None = None

    @classmethod
    def from_dict(cls, raw: Mapping[str, object]) -> Self:
        """Parse what is stored. Raises InvalidDefinition."""
        method = stored_optional_text(raw, CONF_METHOD) or "GET"
        if method not in METHODS:
            raise InvalidDefinition(CONF_METHOD)
        return cls(
            url=stored_text(raw, CONF_URL),
            method=method,
            query=stored_texts(raw, CONF_QUERY),
            headers=stored_texts(raw, CONF_HEADERS),
            body=stored_optional_text(raw, CONF_BODY),
        )

    @property
    def has_templates(self) -> bool:
        """Whether a text is a template."""
        texts = (
            self.url,
            self.body or "",
            *self.query.values(),
            *self.headers.values(),
        )
        return any(map(is_template_string, texts))

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            CONF_URL: self.url,
            CONF_METHOD: self.method,
            CONF_QUERY: dict(self.query),
            CONF_HEADERS: dict(self.headers),
            CONF_BODY: self.body,
        }


class InvalidRequest(ValueError):
    """What the templates made cannot be sent. `key` and `placeholders` are those of its message."""

    def __init__(self, key: str, **placeholders: str) -> None:
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


class RequestRenderer:
    """Renders one request template, compiled once."""

    def __init__(self, hass: HomeAssistant, template: RequestTemplate) -> None:
        self._template = template
        # The request where no text is a template, so that it is always the same.
        self._constant: ApiRequest | None = None
        self._texts: TemplateTexts | None = None
        if template.has_templates:
            from .template_texts import TemplateTexts  # noqa: PLC0415 - most requests have no templates

            self._texts = TemplateTexts(hass, template)

    def check(self) -> None:
        """Raise TemplateError for a template that cannot be compiled."""
        if self._texts is not None:
            self._texts.check()

    def render(self, variables: Variables | None = None) -> ApiRequest:
        """Return the request to send now. Raises TemplateError, InvalidRequest."""
        if self._texts is not None:
            return _request(self._texts.render(variables))
        if self._constant is None:
            self._constant = _request(self._template)
        return self._constant


def _request(rendered: RequestTemplate) -> ApiRequest:
    body = rendered.body or ""
    request = ApiRequest(
        url=rendered.url.strip(),
        method=rendered.method,
        query=tuple(rendered.query.items()),
        headers=tuple(rendered.headers.items()),
        body=body.encode() or None,
    )
    return request.with_content_type(content_type(body)) if body else request


def content_type(body: str) -> str:
    """Return the Content-Type that a body looks like: JSON, a form or plain text."""
    try:
        json_loads(body)
    except JSON_DECODE_EXCEPTIONS:
        if is_form(body):
            return FORM
        return "text/plain; charset=utf-8"
    return "application/json"


def is_form(body: str) -> bool:
    """Return whether a body looks like a form."""
    return re.fullmatch(_FORM_BODY, body) is not None
