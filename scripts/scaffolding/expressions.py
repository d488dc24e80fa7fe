"""Paths and templates of known resources as the Python that a person would write for them."""

from collections.abc import Callable, Mapping
from functools import partial
import re
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from custom_components.oauth2_client.document.paths import InvalidPath, compile_path
from custom_components.oauth2_client.document.paths.path import Match, Path

_ENVIRONMENT: Final = Environment(autoescape=True)
# What is filled in by our own integration, outside of templates.
_PLACE: Final = re.compile(r"(?<!\{)\{([a-z_]\w*)\}(?!\})")
_CLOCK: Final[Mapping[str, str]] = {
    "now": "dt_util.now",
    "utcnow": "dt_util.utcnow",
    "timedelta": "timedelta",
}
_CALLED_FILTERS: Final[Mapping[str, str]] = {
    "as_datetime": "dt_util.utc_from_timestamp",
    "count": "len",
    "float": "float",
    "int": "int",
    "string": "str",
}
_OPERATORS: Final[Mapping[type[nodes.BinExpr], str]] = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.Pow: "**",
}


class Untranslatable(ValueError):
    """Nothing that can be written in Python here; an author does it by hand."""


def path_expression(text: str, root: str) -> str:
    """Return the expression that picks one value. Raises Untranslatable."""
    try:
        path = compile_path(text)
    except InvalidPath:
        raise Untranslatable(text) from None
    if not isinstance(path, Path):
        raise Untranslatable(text)
    expression = root
    for segment in path.segments:
        if isinstance(segment, Match):
            expression = f"find({expression}, {segment.key!r}, {segment.value!r})"
        else:
            expression = f"{expression}[{segment!r}]"
    return expression


def template_expression(text: str, value: str) -> str:
    """Return the expression for a template of one value. Raises Untranslatable."""
    parts = _parts(text)
    if len(parts) == 1 and isinstance(parts[0], nodes.Expr):
        return _bare(f"({_python(parts[0], value)})")
    return _formatted(parts, value)


def text_expression(text: str, places: Mapping[str, str]) -> str:
    """Return the expression for a text that may be a template, and may name `places`.

    Raises Untranslatable, also for a place that has no expression.
    """
    if "{{" not in text and "{%" not in text and not _PLACE.search(text):
        return repr(text)
    if (place := _PLACE.fullmatch(text)) and place[1] in places:
        return places[place[1]]
    return _formatted(_parts(text), "value", places)


def _parts(text: str) -> list[nodes.Expr | str]:
    try:
        body = _ENVIRONMENT.parse(text).body
    except TemplateSyntaxError:
        raise Untranslatable(text) from None
    parts: list[nodes.Expr | str] = []
    for output in body:
        if not isinstance(output, nodes.Output):
            raise Untranslatable(text)
        parts += [
            each.data if isinstance(each, nodes.TemplateData) else each
            for each in output.nodes
        ]
    return parts


def _formatted(
    parts: list[nodes.Expr | str], value: str, places: Mapping[str, str] | None = None
) -> str:
    """Return an f-string."""
    written = "".join(
        _literal(part, places or {})
        if isinstance(part, str)
        else f"{{{_bare(f'({_python(part, value)})')}}}"
        for part in parts
    )
    quote = "'" if '"' in written else '"'
    return f"f{quote}{written}{quote}"


def _literal(text: str, places: Mapping[str, str]) -> str:
    """Return the part of an f-string in which places are filled in."""
    if "'" in text and '"' in text:
        raise Untranslatable(text)
    written, end = "", 0
    for place in _PLACE.finditer(text):
        if place[1] not in places:
            raise Untranslatable(text)
        written += _escaped(text[end : place.start()]) + f"{{{places[place[1]]}}}"
        end = place.end()
    return written + _escaped(text[end:])


def _escaped(text: str) -> str:
    return (
        text.replace("\\", "\\\\")
        .replace("{", "{{")
        .replace("}", "}}")
        .replace("\n", "\\n")
    )


def _python(node: nodes.Node, value: str) -> str:
    """Return the Python of an expression of a template."""
    write = partial(_python, value=value)
    match node:
        case nodes.Const():
            return repr(node.value)
        case nodes.Name(name=name) if name in (known := {**_CLOCK, "value": value}):
            return known[name]
        case nodes.List():
            return f"[{', '.join(map(write, node.items))}]"
        case nodes.Getattr():
            base = write(node.node)
            return f"{base}.{node.attr}" if _is_time(node) else f"{base}[{node.attr!r}]"
        case nodes.Getitem():
            return f"{write(node.node)}[{write(node.arg)}]"
        case nodes.Slice(start=None, stop=nodes.Const() as stop, step=None):
            return f":{stop.value}"
        case nodes.Call():
            return _call(node, write)
        case nodes.Filter():
            return _filter(node, write)
        case nodes.CondExpr(expr2=nodes.Expr() as other):
            return f"{write(node.expr1)} if {write(node.test)} else {write(other)}"
        case nodes.Test(name="defined", node=nodes.Getattr() as member):
            return f"{member.attr!r} in {write(member.node)}"
        case nodes.BinExpr() if type(node) in _OPERATORS:
            operator = _OPERATORS[type(node)]
            return f"({write(node.left)} {operator} {write(node.right)})"
    raise Untranslatable(type(node).__name__)


def _call(node: nodes.Call, write: Callable[[nodes.Node], str]) -> str:
    called = node.node
    if isinstance(called, nodes.Getattr):
        # A method: of a time, or of an object of JSON.
        name = f"{write(called.node)}.{called.attr}"
    else:
        name = write(called)
    arguments = [
        *map(write, node.args),
        *(f"{each.key}={write(each.value)}" for each in node.kwargs),
    ]
    return f"{name}({', '.join(arguments)})"


def _filter(node: nodes.Filter, write: Callable[[nodes.Node], str]) -> str:
    if node.node is None:
        raise Untranslatable(node.name)
    arguments = ", ".join(map(write, (node.node, *node.args)))
    if node.name == "round":
        return f"round({arguments})"
    if node.name not in _CALLED_FILTERS or node.args:
        raise Untranslatable(node.name)
    return f"{_CALLED_FILTERS[node.name]}({arguments})"


def _bare(expression: str) -> str:
    """Return an expression without the parentheses around all of it."""
    depth = 0
    for position, character in enumerate(expression, start=1):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth and position < len(expression):
            return expression
    inner = expression[1:-1]
    return _bare(inner) if inner.startswith("(") else inner


def _is_time(node: nodes.Node) -> bool:
    """Tell whether an expression is about a time, not about a value of the answer."""
    return any(
        isinstance(each, nodes.Name) and each.name in _CLOCK
        for each in node.find_all(nodes.Name)
    )
