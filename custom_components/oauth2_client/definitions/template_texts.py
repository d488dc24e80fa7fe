"""Renders the templates of a request, and escapes the values that they insert.

A value is percent-encoded in a URL and stays within its path segment, in a form within its field, in JSON
within its text, its list or its member, in XML within its element, attribute or section.
"""

from collections.abc import Callable, Iterator, Mapping
import json
import re
from secrets import token_hex
from typing import Any, Final

from jinja2 import TemplateSyntaxError

from homeassistant.const import CONF_HEADERS, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template, is_template_string

from ..api import FORM, InvalidRequest, is_form
from ..api.headers import InvalidHeader, check_headers
from ..const import CONF_BODY, CONF_QUERY
from .template_escapes import (
    Token,
    has_statements,
    json_escaped,
    outline,
    percent_encoded,
    tokens_of,
    xml_escaped,
)

# A dot segment, with which a value would lead to another path (RFC 3986, 5.2.4).
_DOT_SEGMENT: Final = re.compile(
    r"(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\]|$)", re.IGNORECASE
)

# Begins a text in the place of an expression that makes a value. It is random, since a body of JSON can
# have any character in its texts.
_VALUE_MARK: Final = token_hex()
_QUOTE: Final = re.compile(r'\\.|"', re.DOTALL)
# Types of bodies in which `<` and `&` have a meaning.
_MARKUP: Final = re.compile(r"\b(?:xml|html)\b")
# How templates write these values.
_OF_PYTHON: Final = {"True": True, "False": False, "None": None}

type _Render = Callable[[str], str]
type _Texts = tuple[str, dict[str, str], dict[str, str], str]


def template_fault(err: TemplateError) -> str:
    """Return in one line what is wrong with a template, without the name of an exception's class."""
    cause: BaseException = err
    while isinstance(cause, TemplateError) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, TemplateSyntaxError):
        # As a text, it has the line of the template on lines of its own.
        return " ".join((cause.message or "").split())
    return " ".join(str(cause).split())


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
        self._url = url if outline(url) == "x" else percent_encoded(url)
        self._query = query
        self._headers = headers
        self._json = _json_of(body)
        # JSON that is made by statements, and is known to be JSON only when it is rendered.
        self._json_text: str | None = None
        self._body = body
        if self._json is None and is_template_string(body):
            self._escape_body(body, _content_type(headers))
        self._compiled: dict[str, Template] = {}

    def _escape_body(self, body: str, content_type: str) -> None:
        """Escape the values of a body that is no JSON by itself, as its type or else its looks tell."""
        looks = outline(body).strip()
        if looks == "x":
            # A single expression makes the body.
            return
        if FORM in content_type or (not content_type and is_form(looks)):
            self._body = percent_encoded(body)
        elif _MARKUP.search(content_type) or (not content_type and looks[:1] == "<"):
            self._body = xml_escaped(body)
        elif looks[:1] in ("{", "[") and has_statements(body):
            self._body = json_escaped(body, None)
            self._json_text = json_escaped(body, _VALUE_MARK)

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
            document = self._json
            if document is None and self._json_text is not None:
                document = _json_in(render(self._json_text))
                return render(self._body) if document is None else _dumped(document)
            if document is None:
                return render(self._body)
            return _dumped(_rendered_json(document, render))

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
    """Return a body that is JSON with templates as texts or as values, None for any other."""
    if not is_template_string(body):
        return None
    for make in (str, _with_values_as_texts):
        try:
            document: object = json.loads(make(body))
        except ValueError, RecursionError:
            continue
        return document if isinstance(document, dict | list) else None
    return None


def _with_values_as_texts(source: str) -> str:
    """Return a body of JSON in which each expression that is a value is a text with a mark.

    One with statements is left as it is: they make the JSON themselves.
    """
    parts: list[str] = []
    is_in_text = False
    tokens = iter(tokens_of(source))
    for _, kind, text in tokens:
        if kind == "data":
            parts.append(text)
            is_in_text ^= _QUOTE.findall(text).count('"') % 2 == 1
        elif kind == "variable_begin":
            expression = f"{text}{''.join(_to_end(tokens))}"
            if is_in_text:
                parts.append(json.dumps(expression)[1:-1])
            else:
                parts.append(json.dumps(f"{_VALUE_MARK}{expression}"))
        else:
            return source
    return "".join(parts)


def _to_end(tokens: Iterator[Token]) -> Iterator[str]:
    """Yield the rest of an expression, its closing braces included."""
    for _, kind, text in tokens:
        yield text
        if kind == "variable_end":
            return


def _json_in(text: str) -> object | None:
    """Return the document of a text whose values have a mark, None where it is no JSON."""
    try:
        document: object = _rendered_json(json.loads(text), str)
    except ValueError, RecursionError:
        return None
    return document


def _dumped(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)


def _content_type(headers: Mapping[str, str]) -> str:
    """Return the Content-Type that is set, in lower case; empty where none is, or by a template."""
    found = (text for name, text in headers.items() if name.lower() == "content-type")
    text = next(found, "")
    return "" if is_template_string(text) else text.lower()


def _rendered_json(node: object, render: _Render) -> Any:
    match node:
        case str() if node.startswith(_VALUE_MARK):
            values = _values(text := render(node.removeprefix(_VALUE_MARK)))
            return values[0] if len(values) == 1 else text
        case str():
            return render(node)
        case list():
            return [each for item in node for each in _elements(item, render)]
        case dict():
            return {
                str(_rendered_json(key, render)): _rendered_json(item, render)
                for key, item in node.items()
            }
    return node


def _elements(node: object, render: _Render) -> list[Any]:
    """Return an element of a list, or the several that an expression makes."""
    if isinstance(node, str) and node.startswith(_VALUE_MARK):
        return _values(render(node.removeprefix(_VALUE_MARK)))
    return [_rendered_json(node, render)]


def _values(text: str) -> list[Any]:
    """Return the values of JSON that an expression has made. What is none is a text.

    So is what would end the list or the object that it stands in.
    """
    try:
        values: list[Any] = json.loads(f"[{text}]", parse_constant=_refuse)
    except ValueError, RecursionError:
        return [_OF_PYTHON.get(text.strip(), text)]
    return values


def _refuse(constant: str) -> None:
    """Refuse NaN and infinity, which JSON has not."""
    raise ValueError(constant)
