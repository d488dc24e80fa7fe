"""Evaluates any query of RFC 9535 with jsonpath_rfc9535, and bounds the work of each.

The library itself has no bound: `$..[?count($..*) > 1]` visits all nodes for each node, and a pattern of
`match()` may backtrack. Subclasses of its classes count the visited nodes, and limit the time of
patterns.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
import re
from time import perf_counter
from typing import Any, Final, override

from iregexp_check import check
from jsonpath_rfc9535 import (
    JSONPathEnvironment,
    JSONPathError,
    JSONPathNode,
    JSONPathQuery,
    Parser,
)
from jsonpath_rfc9535.filter_expressions import Expression, FilterQuery
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import IndexSelector, NameSelector
from jsonpath_rfc9535.tokens import TokenStream
import regex

from .path import MISSING, InvalidPath

# How many values a query may visit. A microsecond of a regular expression counts as one value.
_MAX_WORK: Final = 1_000_000
_MAX_MATCH_MICROSECONDS: Final = 50_000
_SECONDS_PER_MICROSECOND: Final = 1e-6
_MAX_PATTERN_CHARACTERS: Final = 1000
# RFC 9485, 5: a dot outside of a class stands for any character except line ends. Escapes and classes
# match as group 1, since they are kept.
_DOT: Final = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\.", re.DOTALL)


class _TooMuchWork(Exception):
    """A query has done as much work as it may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """A compiled query that may find several values, and the text that it was compiled from.

    `selects_several` says whether its last segment may select several children of one node, which every
    segment may except a single name or index.
    """

    text: str
    selects_several: bool = field(repr=False)
    _environment: _Environment = field(repr=False, compare=False)
    _query: JSONPathQuery = field(repr=False, compare=False)

    def find(self, document: object) -> object:
        """Return what the query finds.

        If the last segment may select several children of one node (a wildcard, slice, filter, several
        selectors, descendants), that is a list, however long. Otherwise it is the value of a single
        node, a list of several, MISSING for none. It is also MISSING if the query does too much work,
        about a second.
        """
        values = self.values(document)
        if values is None:
            return MISSING
        if self.selects_several or len(values) > 1:
            return values
        return values[0] if values else MISSING

    def values(self, document: Any) -> list[object] | None:
        """Return the values of all nodes that are found, None if that takes too much work."""
        self._environment.work_left = _MAX_WORK
        try:
            return [node.value for node in self._query.finditer(document)]
        except _TooMuchWork, RecursionError, JSONPathError:
            return None


def compile_query(text: str, *, root: str = "") -> Query:
    """Compile a query (RFC 9535); `root` is put before a text that does not begin with `$`.

    Raises InvalidPath, whose position is in the text, or before it.
    """
    environment = _Environment()
    try:
        query = environment.compile(root + text)
    except JSONPathError as err:
        position = err.token.index + 1 if err.token else 1
        raise InvalidPath(position - len(root)) from None
    except OverflowError, RecursionError:
        raise InvalidPath(1) from None
    return Query(
        text=text,
        selects_several=_selects_several(query.segments[-1:]),
        _environment=environment,
        _query=query,
    )


def _selects_several(last: tuple[JSONPathSegment, ...]) -> bool:
    return any(
        isinstance(segment, JSONPathRecursiveDescentSegment)
        or len(segment.selectors) > 1
        or not isinstance(segment.selectors[0], NameSelector | IndexSelector)
        for segment in last
    )


class _Query(JSONPathQuery):
    """A query, or a query inside a filter, that counts the nodes that it visits."""

    @override
    def finditer(self, value: Any) -> Iterable[JSONPathNode]:
        environment = self.env
        assert isinstance(environment, _Environment)
        if self.singular_query():
            environment.spend(1 + len(self.segments))
            return super().finditer(value)
        environment.spend(_size(value))
        root = _Node(value=value, location=(), parent=None, root=value)
        root.environment = environment
        nodes: Iterable[JSONPathNode] = [root]
        for segment in self.segments:
            nodes = segment.resolve(nodes)
        return nodes


class _Node(JSONPathNode):
    """A node that counts itself and its children as visited when it is made."""

    __slots__ = ("environment",)

    environment: _Environment

    @override
    def new_child(
        self, value: object, key: int | str, parent: JSONPathNode | None
    ) -> JSONPathNode:
        self.environment.spend(_size(value))
        child = _Node(
            value=value, location=(*self.location, key), parent=parent, root=self.root
        )
        child.environment = self.environment
        return child


def _size(value: object) -> int:
    return 1 + len(value) if isinstance(value, dict | list) else 1


class _Parser(Parser):
    """Makes queries inside a filter count their nodes, too."""

    @override
    def parse_root_query(self, stream: TokenStream) -> Expression:
        return self._counting(super().parse_root_query(stream))

    @override
    def parse_relative_query(self, stream: TokenStream) -> Expression:
        return self._counting(super().parse_relative_query(stream))

    def _counting(self, expression: Expression) -> Expression:
        if isinstance(expression, FilterQuery):
            expression.query = _Query(env=self.env, segments=expression.query.segments)
        return expression


class _Matching(FilterFunction):
    """`match()` or `search()` (RFC 9535, 2.4.6 and 2.4.7), limited by the work that is left."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]
    return_type = ExpressionType.LOGICAL

    def __init__(self, environment: _Environment, find: Callable[..., object]) -> None:
        self._environment = environment
        self._find = find

    @override
    def __call__(self, text: object, pattern: object) -> bool:
        if not isinstance(text, str) or not isinstance(pattern, str):
            return False
        if len(pattern) > _MAX_PATTERN_CHARACTERS or not check(pattern):
            return False
        start = perf_counter()
        microseconds = min(self._environment.work_left + 1, _MAX_MATCH_MICROSECONDS)
        timeout = microseconds * _SECONDS_PER_MICROSECOND
        try:
            found = self._find(_DOT.sub(_any_character, pattern), text, timeout=timeout)
        except TimeoutError:
            raise _TooMuchWork from None
        except regex.error:
            return False
        seconds = perf_counter() - start
        self._environment.spend(int(seconds / _SECONDS_PER_MICROSECOND))
        return found is not None


def _any_character(part: re.Match[str]) -> str:
    return part.group(1) or r"[^\n\r]"


class _Environment(JSONPathEnvironment):
    """The environment in which one query is evaluated, with the work that it may still do."""

    parser_class = _Parser
    work_left = 0

    @override
    def compile(self, query: str) -> JSONPathQuery:
        return _Query(env=self, segments=super().compile(query).segments)

    @override
    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Matching(self, regex.fullmatch)
        self.function_extensions["search"] = _Matching(self, regex.search)

    def spend(self, work: int) -> None:
        """Subtract work that is done. Raises _TooMuchWork if there was less left."""
        self.work_left -= work
        if self.work_left < 0:
            raise _TooMuchWork
