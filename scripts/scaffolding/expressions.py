"""Paths and templates of known resources as the Python that a person would write for them."""

from collections.abc import Callable, Mapping
from functools import partial
import re
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from custom_components.oauth2_client.document.paths import InvalidPath, compile_path
from custom_components.oauth2_client.document.paths.path import Match, Path

_ENVIRONMENT: Final = Environment(autoescape=True)
# A placeholder that OAuth2 Client fills in, outside of templates.
_PLACEHOLDER: Final = re.compile(r"(?<!\{)\{([a-z_]\w*)\}(?!\})")
# Functions of templates and filters, by name, and their Python.
_TIME_FUNCTIONS: Final[Mapping[str, str]] = {
    "now": "dt_util.now",
    "utcnow": "dt_util.utcnow",
    "timedelta": "timedelta",
}
_FILTER_FUNCTIONS: Final[Mapping[str, str]] = {
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
    """A path or template that cannot be translated to Python here, and is left to the author."""


def path_expression(text: str, root: str) -> str:
    """Return the expression for a path to one value, `root` being the document's. Raises Untranslatable."""
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
    """Return the expression for a template, `value` being that of its value. Raises Untranslatable."""
    parts = _parts(text)
    if len(parts) == 1 and isinstance(parts[0], nodes.Expr):
        return _bare(f"({_python(parts[0], value)})")
    return _formatted(parts, value)


def text_expression(text: str, placeholders: Mapping[str, str]) -> str:
    """Return the expression for a text that may be a template, and may have placeholders.

    `placeholders` are their expressions. Raises Untranslatable, also for a placeholder without one.
    """
    if "{{" not in text and "{%" not in text and not _PLACEHOLDER.search(text):
        return repr(text)
    if (placeholder := _PLACEHOLDER.fullmatch(text)) and placeholder[1] in placeholders:
        return placeholders[placeholder[1]]
    return _formatted(_parts(text), "value", placeholders)


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
    parts: list[nodes.Expr | str],
    value: str,
    placeholders: Mapping[str, str] | None = None,
) -> str:
    """Return the f-string for the texts and expressions of a template."""
    written = "".join(
        _literal(part, placeholders or {})
        if isinstance(part, str)
        else f"{{{_bare(f'({_python(part, value)})')}}}"
        for part in parts
    )
    quote = "'" if '"' in written else '"'
    return f"f{quote}{written}{quote}"


def _literal(text: str, placeholders: Mapping[str, str]) -> str:
    """Return a text as part of an f-string, with the expressions of its placeholders."""
    if "'" in text and '"' in text:
        raise Untranslatable(text)
    written, end = "", 0
    for placeholder in _PLACEHOLDER.finditer(text):
        if placeholder[1] not in placeholders:
            raise Untranslatable(text)
        written += (
            _escaped(text[end : placeholder.start()])
            + f"{{{placeholders[placeholder[1]]}}}"
        )
        end = placeholder.end()
    return written + _escaped(text[end:])


def _escaped(text: str) -> str:
    return (
        text.replace("\\", "\\\\")
        .replace("{", "{{")
        .replace("}", "}}")
        .replace("\n", "\\n")
    )


def _python(node: nodes.Node, value: str) -> str:
    """Return the Python for an expression of a template. Raises Untranslatable."""
    write = partial(_python, value=value)
    match node:
        case nodes.Const():
            return repr(node.value)
        case nodes.Name(name=name) if name in (
            known := {**_TIME_FUNCTIONS, "value": value}
        ):
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
        # A method of a time, or of a JSON object.
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
    if node.name not in _FILTER_FUNCTIONS or node.args:
        raise Untranslatable(node.name)
    return f"{_FILTER_FUNCTIONS[node.name]}({arguments})"


def _bare(expression: str) -> str:
    """Return an expression without parentheses around the whole of it."""
    depth = 0
    for position, character in enumerate(expression, start=1):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth and position < len(expression):
            return expression
    inner = expression[1:-1]
    return _bare(inner) if inner.startswith("(") else inner


def _is_time(node: nodes.Node) -> bool:
    """Tell whether an expression calls a function of time, whose results have attributes and no members."""
    return any(
        isinstance(each, nodes.Name) and each.name in _TIME_FUNCTIONS
        for each in node.find_all(nodes.Name)
    )
