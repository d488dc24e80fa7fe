"""The regular expressions of the package, and texts that make a bad one slow."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
import re
from re import _constants as sre, _parser  # type: ignore[attr-defined]  # nothing public reads a pattern
from typing import Any, Final

from custom_components.oauth2_client.document.error_words import STATUS_PATTERNS
from custom_components.oauth2_client.document.parsing.table import (
    _CONTINENTAL,
    _ENGLISH,
)
from custom_components.oauth2_client.oauth2.blame import _PARAMETER_WORDS
from custom_components.oauth2_client.oauth2.error_page import _TELLING
from custom_components.oauth2_client.oauth2.refusal import _DEVICE_MEANINGS, _MEANINGS

PACKAGE: Final = "custom_components.oauth2_client"
_FOLDER: Final = Path(__file__).parents[1] / PACKAGE.replace(".", "/")
_METHODS: Final = frozenset(
    {"match", "fullmatch", "search", "findall", "finditer", "split", "sub"}
)
# Patterns that a function makes of its own names, with all values that these can have.
_LOCALS: Final[Mapping[str, list[dict[str, str]]]] = {
    "document/reported_error": [{"pattern": each} for each in STATUS_PATTERNS.values()],
    "document/parsing/table": [{"pattern": each} for each in (_CONTINENTAL, _ENGLISH)],
    "document/paths/syntax": [{"quote": "'"}, {"quote": '"'}],
    "providers/entered": [{"separators": "="}, {"separators": ":="}],
    "oauth2/blame": [{"pattern": pattern} for _, pattern in _PARAMETER_WORDS],
    "oauth2/error_page": [{"name": name} for name in _TELLING],
    "oauth2/refusal": [
        {"words": words} for _, words in (*_MEANINGS, *_DEVICE_MEANINGS)
    ],
}
# What no pattern may find at the end, so that it tries every other way.
_ENDS: Final = ("", "\0", "!\n\x7f")


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """A pattern, how it is used, and where."""

    pattern: re.Pattern[Any]
    method: str
    where: str

    def run(self, text: str) -> None:
        """Use the pattern on a text as the package does."""
        subject = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        if self.method == "sub":
            self.pattern.sub(subject[:0], subject)
        elif self.method == "finditer":
            for _ in self.pattern.finditer(subject):
                pass
        else:
            getattr(self.pattern, self.method)(subject)


def used_patterns() -> set[Used]:
    """Return every pattern of the package with each method that is called on it.

    Raises NameError for a pattern that is made of what only a function knows: see `_LOCALS`.
    """
    modules = {
        path.relative_to(_FOLDER).with_suffix("").as_posix(): [
            *ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        ]
        for path in sorted(_FOLDER.rglob("*.py"))
    }
    everywhere = _methods_by_name(chain.from_iterable(modules.values()))
    return {
        used
        for where, nodes in modules.items()
        # The names of most patterns are their module's own.
        for used in _used_in(where, nodes, everywhere | _methods_by_name(nodes))
    }


def _methods_by_name(nodes: Iterable[ast.AST]) -> dict[str, set[str]]:
    """Return which methods are called on each name that stands for a pattern."""
    methods: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            name = ast.unparse(node.value).rpartition(".")[2]
            methods.setdefault(name, set()).add(node.attr)
    return methods


def _used_in(
    where: str, nodes: list[ast.AST], methods: Mapping[str, Collection[str]]
) -> Iterator[Used]:
    module = import_module(
        f"{PACKAGE}.{where.replace('/', '.')}".removesuffix(".__init__")
    )
    targets = _targets(nodes)
    at_once = {
        id(node.value): [node.attr] for node in nodes if isinstance(node, ast.Attribute)
    }
    for call in nodes:
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if ast.unparse(call.func.value) != "re" or not call.args:
            continue
        if call.func.attr == "compile":
            by_name = methods.get(targets.get(id(call), ""), ())
            used: Collection[str] = at_once.get(id(call), by_name)
        elif call.func.attr in _METHODS:
            used = [call.func.attr]
            flags = [keyword for keyword in call.keywords if keyword.arg == "flags"]
            call.func.attr, call.args, call.keywords = "compile", call.args[:1], flags
        else:
            continue
        for names in _LOCALS.get(where, [{}]):
            pattern = _evaluated(call, {**vars(module), **names})
            # One that is handed to a function is used there in ways that are not looked for.
            for method in sorted(used or ("fullmatch", "search")):
                yield Used(pattern=pattern, method=method, where=where)


def _targets(nodes: list[ast.AST]) -> dict[int, str]:
    """Return the names that calls are assigned to, by the `id()` of the call."""
    targets = {}
    for node in nodes:
        if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            targets[id(node.value)] = ast.unparse(target).rpartition(".")[2]
    return targets


def _evaluated(call: ast.Call, names: Mapping[str, Any]) -> re.Pattern[Any]:
    expression = ast.fix_missing_locations(ast.Expression(body=call))
    pattern = eval(compile(expression, "<pattern>", "eval"), {"re": re, **names})  # noqa: S307 - of our own source
    assert isinstance(pattern, re.Pattern)
    return pattern


def pumps(pattern: re.Pattern[Any]) -> set[tuple[str, str, str]]:
    """Return beginnings, pieces to repeat and ends that may make a pattern slow.

    The pieces are what its repeats repeat, and the beginnings of what it finds.
    """
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    flags = pattern.flags & (re.IGNORECASE | re.VERBOSE | re.DOTALL | re.MULTILINE)
    parsed = _parser.parse(text, flags)
    whole = _sample(parsed)
    pieces = {("", whole[:length]) for length in range(1, min(len(whole), 16) + 1)}
    pieces |= set(_repeated(parsed, ""))
    return {(before, piece, end) for before, piece in pieces if piece for end in _ENDS}


def _repeated(parsed: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield what each repeat repeats, behind what has to come before it."""
    for operator, argument in parsed:
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, inner = argument
            if most > 1:
                for sample in _samples(inner):
                    yield before, sample
                    yield "", sample
            yield from _repeated(inner, before)
        elif operator is sre.SUBPATTERN:
            yield from _repeated(argument[-1], before)
        elif operator is sre.BRANCH:
            for branch in argument[1]:
                yield from _repeated(branch, before)
        elif operator is sre.ATOMIC_GROUP:
            yield from _repeated(argument, before)
        before += _sample_of(operator, argument)


def _samples(parsed: Any) -> Iterator[str]:
    """Yield texts that a pattern finds: one for each branch at its beginning."""
    items = list(parsed)
    if len(items) == 1 and items[0][0] is sre.BRANCH:
        for branch in items[0][1][1]:
            yield _sample(branch)
    yield _sample(parsed)


def _sample(parsed: Any) -> str:
    return "".join(_sample_of(operator, argument) for operator, argument in parsed)


def _sample_of(operator: Any, argument: Any) -> str:
    """Return a text that one part of a pattern finds; empty for parts that find no text."""
    match operator:
        case sre.LITERAL:
            return chr(int(argument))
        case sre.NOT_LITERAL:
            return "a" if argument != ord("a") else "b"
        case sre.ANY:
            return "a"
        case sre.IN:
            return _member(argument)
        case sre.BRANCH:
            return _sample(argument[1][0])
        case sre.SUBPATTERN:
            return _sample(argument[-1])
        case sre.ATOMIC_GROUP:
            return _sample(argument)
        case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
            least, most, inner = argument
            return _sample(inner) * int(max(least, min(most, 1)))
    return ""


def _member(choices: Any) -> str:
    """Return a character of a class."""
    known = {
        sre.CATEGORY_SPACE: " ",
        sre.CATEGORY_DIGIT: "1",
        sre.CATEGORY_WORD: "a",
        sre.CATEGORY_NOT_SPACE: "a",
        sre.CATEGORY_NOT_DIGIT: "a",
        sre.CATEGORY_NOT_WORD: "-",
    }
    (first, argument), *_ = choices
    if first is sre.NEGATE:
        return next(
            char
            for char in "a1 -_\0\u00e9\u4e00"
            if not any(_has(choice, char, known) for choice in choices[1:])
        )
    if first is sre.RANGE:
        return chr(argument[0])
    return known[argument] if first is sre.CATEGORY else chr(argument)


def _has(choice: Any, char: str, known: dict[Any, str]) -> bool:
    operator, argument = choice
    if operator is sre.LITERAL:
        return ord(char) == int(argument)
    if operator is sre.RANGE:
        return int(argument[0]) <= ord(char) <= int(argument[1])
    return known.get(argument) == char or (
        argument is sre.CATEGORY_WORD and char.isalnum()
    )
