"""Rewrites the expressions of a template, so that their values are encoded for where they stand.

An expression that ends with `|safe` inserts its value as it is.
"""

from collections.abc import Callable, Iterator
import re
from typing import Final

from jinja2 import Environment, TemplateSyntaxError

_QUOTE: Final = re.compile(r'\\.|"', re.DOTALL)

# Of Jinja's lexer: line number, kind and text.
type Token = tuple[int, str, str]


def tokens_of(source: str) -> list[Token]:
    """Return the tokens of a template, none for a faulty one, which is reported when it is compiled."""
    try:
        return [*Environment(autoescape=True).lex(source)]
    except TemplateSyntaxError:
        return []


def outline(source: str) -> str:
    """Return the text of a template with an `x` for each expression, without what macros are made of."""
    parts: list[str] = []
    depth = 0
    statement: list[str] = []
    for _, kind, text in tokens_of(source):
        if kind == "block_begin":
            statement = []
        elif kind in ("name", "operator"):
            statement.append(text)
        elif kind == "block_end":
            depth += _opens(statement)
        elif kind in ("data", "variable_end") and depth == 0:
            parts.append(text if kind == "data" else "x")
    return "".join(parts)


def _opens(statement: list[str]) -> int:
    """Return 1 where a statement begins a macro or the text of a variable, -1 where it ends one, else 0."""
    match statement:
        case ["macro", *_]:
            return 1
        case ["set", *rest] if "=" not in rest:
            return 1
        case ["endmacro" | "endset", *_]:
            return -1
    return 0


def has_statements(source: str) -> bool:
    """Return whether a template has statements beside its expressions."""
    return any(kind == "block_begin" for _, kind, _ in tokens_of(source))


def percent_encoded(source: str) -> str:
    """Return a template whose values are percent-encoded."""

    def encoded(expression: str, last_filter: str | None, _in_section: bool) -> str:
        if last_filter == "urlencode":
            return f"({expression})|replace('/','%2F')"
        return f"({expression})|string|urlencode|replace('/','%2F')"

    return _rewritten(source, encoded)


def xml_escaped(source: str) -> str:
    """Return a template whose values are escaped as text of XML, or within a CDATA section as that.

    What a macro or a block makes is not escaped again.
    """

    def escaped(expression: str, _last_filter: str | None, in_section: bool) -> str:
        if not in_section:
            # The environment escapes it.
            return expression
        return f"({expression})|string|replace(']]>',']]]]><![CDATA[>')|safe"

    return f"{{% autoescape true %}}{_rewritten(source, escaped)}{{% endautoescape %}}"


def json_escaped(source: str, mark: str | None) -> str:
    """Return a template of JSON whose values are escaped within texts.

    Outside of them, a value becomes a text that begins with `mark`, or stays as it is where that is None.
    """
    parts: list[str] = []
    is_in_text = False
    tokens = iter(tokens_of(source))
    for _, kind, text in tokens:
        if kind == "data":
            is_in_text ^= _QUOTE.findall(text).count('"') % 2 == 1
        if kind != "variable_begin" or not (is_in_text or mark):
            parts.append(text)
            continue
        expression, last_filter, end = _to_end(tokens)
        if is_in_text and last_filter == "safe":
            parts.append(f"{text}{expression}{end}")
            continue
        escaped = f"{text} (({expression})|string|to_json)[1:-1] {end}"
        parts.append(escaped if is_in_text else f'"{mark}{escaped}"')
    return "".join(parts) or source


def _rewritten(source: str, rewrite: Callable[[str, str | None, bool], str]) -> str:
    """Return a template with `rewrite` of each expression, its last filter, and whether a section is open."""
    parts: list[str] = []
    in_section = False
    tokens = iter(tokens_of(source))
    for _, kind, text in tokens:
        parts.append(text)
        if kind == "data":
            opened, closed = text.rfind("<![CDATA["), text.rfind("]]>")
            if opened != closed:
                in_section = opened > closed
        elif kind == "variable_begin":
            expression, last_filter, end = _to_end(tokens)
            if last_filter != "safe":
                expression = rewrite(expression, last_filter, in_section)
            parts += (expression, end)
    return "".join(parts) or source


def _to_end(tokens: Iterator[Token]) -> tuple[str, str | None, str]:
    """Return the rest of an expression, the name of the filter that it ends with, and its braces."""
    inner: list[Token] = []
    for token in tokens:
        if token[1] == "variable_end":
            return "".join(text for _, _, text in inner), _last_filter(inner), token[2]
        inner.append(token)
    return "".join(text for _, _, text in inner), _last_filter(inner), ""


def _last_filter(tokens: list[Token]) -> str | None:
    words = [text for _, kind, text in tokens if kind != "whitespace"]
    return words[-1] if words[-2:-1] == ["|"] else None
