"""Renders the templates of a request, and escapes the values that they insert.

A value is percent-encoded in a URL and in a form, and quoted in JSON, so that it stays within its path
segment, field or text.
"""

from collections.abc import Callable, Iterator, Mapping
import json
import re
from typing import Any, Final

from jinja2 import Environment, TemplateSyntaxError

from homeassistant.const import CONF_HEADERS, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template, is_template_string

from ..api import InvalidRequest, is_form
from ..api.headers import InvalidHeader, check_headers
from ..const import CONF_BODY, CONF_QUERY

# A dot segment, with which a value would lead to another path (RFC 3986, 5.2.4).
_DOT_SEGMENT: Final = re.compile(
    r"(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\]|$)", re.IGNORECASE
)

# Of Jinja's lexer: line number, kind and text.
type _Token = tuple[int, str, str]
type _Render = Callable[[str], str]
type _Texts = tuple[str, dict[str, str], dict[str, str], str]


class FaultyTemplate(TemplateError):
    """A template of a request cannot be compiled or rendered. `field` is the one that contains it."""

    def __init__(self, err: TemplateError, field: str) -> None:
        super().__init__(err)
        self.field = field


class TemplateTexts:
    """The texts of one request with templates, which are compiled once."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        url: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: str,
    ) -> None:
        self._hass = hass
        # A URL that is a single expression is inserted whole, so that it is not escaped.
        self._url = url if _outline(url) == "x" else _escaped(url)
        self._query = query
        self._headers = headers
        self._json = _json_of(body)
        self._body = _escaped(body) if is_form(_outline(body)) else body
        self._compiled: dict[str, Template] = {}

    def check(self) -> None:
        """Raise FaultyTemplate for a template that cannot be compiled."""

        def ensure_valid(text: str) -> str:
            if is_template_string(text):
                self._template_of(text).ensure_valid()
            return text

        self._apply(ensure_valid)

    def render(self, variables: Mapping[str, Any] | None) -> _Texts:
        """Return the URL, query, headers and body, rendered now.

        Raises FaultyTemplate, and InvalidRequest where they cannot be sent.
        """

        def render(text: str) -> str:
            if not is_template_string(text):
                return text
            rendered = self._template_of(text).async_render(
                variables, parse_result=False
            )
            return str(rendered)

        texts = url, _, headers, _ = self._apply(render)
        if url != self._url and _DOT_SEGMENT.search(url.partition("?")[0]):
            raise InvalidRequest("leaves_segment")
        try:
            check_headers(headers)
        except InvalidHeader as err:
            raise InvalidRequest(err.key, header=err.header) from err
        return texts

    def _apply(self, render: _Render) -> _Texts:
        def apply_each(texts: Mapping[str, str]) -> dict[str, str]:
            return {name: render(text) for name, text in texts.items()}

        def body() -> str:
            if self._json is None:
                return render(self._body)
            return json.dumps(_rendered_json(self._json, render), ensure_ascii=False)

        return (
            _name_field(CONF_URL, lambda: render(self._url)),
            _name_field(CONF_QUERY, lambda: apply_each(self._query)),
            _name_field(CONF_HEADERS, lambda: apply_each(self._headers)),
            _name_field(CONF_BODY, body),
        )

    def _template_of(self, text: str) -> Template:
        if (compiled := self._compiled.get(text)) is None:
            compiled = self._compiled[text] = Template(text, self._hass)
        return compiled


def _name_field[Text](field: str, render: Callable[[], Text]) -> Text:
    """Return what `render` does; the error of a template names the field."""
    try:
        return render()
    except TemplateError as err:
        raise FaultyTemplate(err, field) from err


def _json_of(body: str) -> object | None:
    """Return the document of a JSON body with templates in its texts, None for any other body."""
    try:
        document: object = json.loads(body)
    except ValueError, RecursionError:
        return None
    is_container = isinstance(document, dict | list)
    return document if is_container and is_template_string(body) else None


def _rendered_json(node: object, render: _Render) -> Any:
    match node:
        case str():
            return render(node)
        case list():
            return [_rendered_json(item, render) for item in node]
        case dict():
            return {
                render(key): _rendered_json(item, render) for key, item in node.items()
            }
    return node


def _tokens(source: str) -> list[_Token]:
    """Return the tokens of a template, none for a faulty one, which is reported when it is compiled."""
    try:
        return [*Environment(autoescape=True).lex(source)]
    except TemplateSyntaxError:
        return []


def _outline(source: str) -> str:
    """Return the text of a template with an `x` for each expression."""
    return "".join(
        text if kind == "data" else "x"
        for _, kind, text in _tokens(source)
        if kind in ("data", "variable_end")
    )


def _escaped(source: str) -> str:
    """Return a template whose expressions are percent-encoded, except those that end with `|safe`."""
    tokens = iter(_tokens(source))
    return "".join(_escaped_parts(tokens)) or source


def _escaped_parts(tokens: Iterator[_Token]) -> Iterator[str]:
    for _, kind, text in tokens:
        yield text
        if kind == "variable_begin":
            yield from _expression(tokens)


def _expression(tokens: Iterator[_Token]) -> Iterator[str]:
    """Yield the rest of an expression, percent-encoded, and its closing braces."""
    inner: list[_Token] = []
    end = ""
    for token in tokens:
        if token[1] == "variable_end":
            end = token[2]
            break
        inner.append(token)
    expression = "".join(text for _, _, text in inner)
    match _last_filter(inner):
        case "safe":
            yield expression
        case "urlencode":
            yield f"({expression})|replace('/','%2F')"
        case _:
            yield f"({expression})|string|urlencode|replace('/','%2F')"
    yield end


def _last_filter(tokens: list[_Token]) -> str | None:
    """Return the name of the filter that an expression ends with."""
    words = [text for _, kind, text in tokens if kind != "whitespace"]
    return words[-1] if words[-2:-1] == ["|"] else None
