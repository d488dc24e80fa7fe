"""Many values of a document at once: what their paths share is gone once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from .path import MISSING, Path, Segment
from .query import AnyPath, Query

# What no `Match` finds: in Python, True is 1 as well.
_NO_KEYS: Final = (bool, dict, list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Compiled paths, to be found together; `compile_paths` makes it."""

    _paths: int
    _root: _Step = field(repr=False)
    _queries: tuple[tuple[int, Query], ...] = field(repr=False)

    def read(self, document: object) -> list[object]:
        """Return what each path leads to, in their order, MISSING where it leads nowhere."""
        found: list[object] = [MISSING] * self._paths
        ways: list[tuple[_Step, object]] = [(self._root, document)]
        while ways:
            step, node = ways.pop()
            if isinstance(node, dict):
                for key, path in step.last_keys:
                    if key in node:
                        found[path] = node[key]
                if step.keys:
                    for key, after in step.keys.items():
                        if key in node:
                            ways.append((after, node[key]))
            elif isinstance(node, list):
                ways += step.elements(node)
            for path in step.ends:
                found[path] = node
        for path, query in self._queries:
            found[path] = query.find(document)
        return found


@dataclass(kw_only=True, slots=True)
class _Step:
    """A place in documents that paths, by their numbers, end at or go through.

    Most paths end at a key; those do not get a step of their own there.
    """

    ends: list[int] = field(default_factory=list)
    last_keys: list[tuple[str, int]] = field(default_factory=list)
    keys: dict[str, Self] = field(default_factory=dict)
    indexes: dict[int, Self] = field(default_factory=dict)
    matches: dict[str, dict[object, Self]] = field(default_factory=dict)

    def after(self, segment: Segment) -> Self:
        """Return the step that a segment leads to; it is made where there is none."""
        if isinstance(segment, str):
            return self.keys.setdefault(segment, type(self)())
        if isinstance(segment, int):
            return self.indexes.setdefault(segment, type(self)())
        matches = self.matches.setdefault(segment.key, {})
        return matches.setdefault(segment.value, type(self)())

    def elements(self, nodes: list[object]) -> list[tuple[Self, object]]:
        """Return the elements of a list that paths go on from, and the steps there."""
        ways = [
            (after, nodes[index])
            for index, after in self.indexes.items()
            if -len(nodes) <= index < len(nodes)
        ]
        for key, wanted in self.matches.items():
            ways += _matching(nodes, key, wanted)
        return ways


def compile_paths(paths: Iterable[AnyPath]) -> Reader:
    """Return what reads the values of all paths in one pass over what they share.

    Queries share nothing; each is found alone.
    """
    wanted = [*enumerate(paths)]
    root = _Step()
    for number, path in wanted:
        if isinstance(path, Path):
            _lead(root, path.segments, number)
    queries = tuple(
        (number, query) for number, query in wanted if isinstance(query, Query)
    )
    return Reader(_paths=len(wanted), _root=root, _queries=queries)


def _lead(step: _Step, segments: tuple[Segment, ...], number: int) -> None:
    """Add the steps of a path."""
    for segment in segments[:-1]:
        step = step.after(segment)
    match segments[-1:]:
        case (str(key),):
            step.last_keys.append((key, number))
        case (last,):
            step.after(last).ends.append(number)
        case _:
            step.ends.append(number)


def _matching[After](
    nodes: list[object], key: str, wanted: dict[object, After]
) -> list[tuple[After, object]]:
    """Return the first element for each value of a key, as `Match` finds it, in one pass."""
    left = wanted.copy()
    ways: list[tuple[After, object]] = []
    for node in nodes:
        if not isinstance(node, dict):
            continue
        own = node.get(key)
        if isinstance(own, _NO_KEYS):
            continue
        if (after := left.pop(own, None)) is not None:
            ways.append((after, node))
            if not left:
                break
    return ways
