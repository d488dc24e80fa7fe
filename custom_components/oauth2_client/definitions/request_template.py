"""A stored request, whose texts may be templates that are rendered when it is sent."""

from collections.abc import Mapping
from copy import replace
from typing import TYPE_CHECKING, Any, Self

from homeassistant.const import CONF_HEADERS, CONF_METHOD, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import is_template_string

from ..api import ApiRequest, content_type
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..oauth2.frozen import Frozen
from . import InvalidDefinition, stored_optional_text, stored_text, stored_texts

if TYPE_CHECKING:
    from .template_texts import TemplateTexts

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
        """Whether any text is a template."""
        texts = (
            self.url,
            self.body or "",
            *self.query.values(),
            *self.headers.values(),
        )
        return any(map(is_template_string, texts))

    def as_dict(self) -> dict[str, Any]:
        """Return the request as it is stored."""
        return {
            CONF_URL: self.url,
            CONF_METHOD: self.method,
            CONF_QUERY: dict(self.query),
            CONF_HEADERS: dict(self.headers),
            CONF_BODY: self.body,
        }


class RequestRenderer:
    """Renders one request template, whose templates are compiled once."""

    __slots__ = ("_constant", "_template", "_texts")

    def __init__(self, hass: HomeAssistant, template: RequestTemplate) -> None:
        self._template = template
        # Without templates the request is always the same, and kept here once it is made.
        self._constant: ApiRequest | None = None
        self._texts: TemplateTexts | None = None
        if template.has_templates:
            from .template_texts import TemplateTexts  # noqa: PLC0415 - most requests have no templates

            self._texts = TemplateTexts(
                hass,
                url=template.url,
                query=template.query,
                headers=template.headers,
                body=template.body or "",
            )

    def check(self) -> None:
        """Raise TemplateError for a template that cannot be compiled."""
        if self._texts is not None:
            self._texts.check()

    def render(self, variables: Variables | None = None) -> ApiRequest:
        """Return the request to send now. Raises TemplateError, InvalidRequest."""
        if self._texts is not None:
            url, query, headers, body = self._texts.render(variables)
            rendered = replace(
                self._template, url=url, query=query, headers=headers, body=body
            )
            return _request(rendered)
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
