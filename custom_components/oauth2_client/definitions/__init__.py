"""What subentries store: their fields, whose types are checked, and the request that each has.

The texts of a request may be templates, which are rendered when it is sent.
"""

from collections.abc import Mapping
from copy import replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Self

from homeassistant.const import CONF_HEADERS, CONF_METHOD, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import is_template_string

from ..api import ApiRequest, content_type
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..oauth2.frozen import Frozen

if TYPE_CHECKING:
    from .template_texts import TemplateTexts

type Variables = Mapping[str, Any]


class InvalidDefinition(ValueError):
    """Stored data is missing or of the wrong type. The text names the place, never the content."""


def stored_mapping(raw: object, where: str) -> Mapping[str, object]:
    """Return a mapping. Raises InvalidDefinition, as all functions here do."""
    if not isinstance(raw, Mapping):
        raise InvalidDefinition(where)
    return raw


def stored_list(raw: Mapping[str, object], key: str, where: str = "") -> list[object]:
    """Return the list at a key, empty where there is none."""
    items = raw.get(key)
    if items is None:
        return []
    if not isinstance(items, list | tuple):
        raise InvalidDefinition(_place(where, key))
    return list(items)


def stored_text(raw: Mapping[str, object], key: str, where: str = "") -> str:
    """Return the text at a key; there must be one, and it must not be empty."""
    if (text := stored_optional_text(raw, key, where)) is None:
        raise InvalidDefinition(_place(where, key))
    return text


def stored_optional_text(
    raw: Mapping[str, object], key: str, where: str = ""
) -> str | None:
    """Return the text at a key, None where there is none or it is empty."""
    text = raw.get(key)
    if text is not None and not isinstance(text, str):
        raise InvalidDefinition(_place(where, key))
    return text or None


def stored_texts(
    raw: Mapping[str, object], key: str, where: str = ""
) -> dict[str, str]:
    """Return the mapping of names to texts at a key, empty where there is none."""
    texts = stored_mapping(raw.get(key) or {}, _place(where, key))
    if not all(isinstance(text, str) for pair in texts.items() for text in pair):
        raise InvalidDefinition(_place(where, key))
    return {name: str(text) for name, text in texts.items()}


def stored_number(
    raw: Mapping[str, object], key: str, default: float, where: str = ""
) -> float:
    """Return the finite number at a key, `default` where there is none."""
    number = raw.get(key, default)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InvalidDefinition(_place(where, key))
    if isinstance(number, float) and not isfinite(number):
        raise InvalidDefinition(_place(where, key))
    return number


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


def _place(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


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
