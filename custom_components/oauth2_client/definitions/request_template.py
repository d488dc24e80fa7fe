"""A request as it is stored: its texts may be templates, rendered when it is sent."""

from collections.abc import Mapping
import re
from typing import Any, Final, Self

from homeassistant.const import CONF_HEADERS, CONF_METHOD, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template, is_template_string
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..api.request import ApiRequest, Pairs
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..oauth2.frozen import Frozen
from .stored import InvalidDefinition, stored_optional_text, stored_text, stored_texts

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

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            CONF_URL: self.url,
            CONF_METHOD: self.method,
            CONF_QUERY: dict(self.query),
            CONF_HEADERS: dict(self.headers),
            CONF_BODY: self.body,
        }


class RequestRenderer:
    """Renders one request template, compiled once."""

    def __init__(self, hass: HomeAssistant, template: RequestTemplate) -> None:
        self._template = template
        # The rendered request where no text is a template, so that it is always the same.
        self._constant: ApiRequest | None = None
        texts = (
            template.url,
            template.body or "",
            *template.query.values(),
            *template.headers.values(),
        )
        self._compiled = {
            text: Template(text, hass) for text in texts if is_template_string(text)
        }

    def check(self) -> None:
        """Raise TemplateError for a template that cannot be compiled."""
        for compiled in self._compiled.values():
            compiled.ensure_valid()

    def render(self, variables: Variables | None = None) -> ApiRequest:
        """Return the request to send now. Raises TemplateError."""
        if self._constant is not None:
            return self._constant
        request = self._rendered(variables)
        if not self._compiled:
            self._constant = request
        return request

    def _rendered(self, variables: Variables | None) -> ApiRequest:
        template = self._template
        body = self._text(template.body or "", variables)
        request = ApiRequest(
            url=self._text(template.url, variables).strip(),
            method=template.method,
            query=self._texts(template.query, variables),
            headers=self._texts(template.headers, variables),
            body=body.encode() or None,
        )
        return request.with_content_type(content_type(body)) if body else request

    def _texts(self, texts: Mapping[str, str], variables: Variables | None) -> Pairs:
        return tuple(
            (name, self._text(text, variables)) for name, text in texts.items()
        )

    def _text(self, text: str, variables: Variables | None) -> str:
        if (compiled := self._compiled.get(text)) is None:
            return text
        return str(compiled.async_render(variables, parse_result=False))


def content_type(body: str) -> str:
    """Return the Content-Type that a body looks like: JSON, a form or plain text."""
    try:
        json_loads(body)
    except JSON_DECODE_EXCEPTIONS:
        if re.fullmatch(_FORM_BODY, body):
            return FORM
        return "text/plain; charset=utf-8"
    return "application/json"
