"""Compiles paths to values of a document, and reads many values in one pass.

The common beginning of several paths is followed once. `path` is one compiled path; `syntax` is imported
only for a path that is more than names, or to write a path as text.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from .path import (
    MAX_INDEX,
    MAX_PATH_CHARACTERS,
    MISSING,
    InvalidPath,
    Match,
    Path,
    Segment,
    find,
    find_loosely,
)

if TYPE_CHECKING:
    # `syntax` imports it at run time: few people type a query.
    from .query import Query

__all__ = [
    "MAX_PATH_CHARACTERS",
    "MAX_INDEX",
    "MISSING",
    "AnyPath",
    "InvalidPath",
    "Match",
    "Path",
    "Reader",
    "Segment",
    "compile_path",
    "compile_paths",
    "find",
    "find_loosely",
]

type AnyPath = Path | Query

# Types that no `Match` finds: booleans, as True equals 1 in Python, and types without a hash.
_NEVER_MATCHED: Final = (bool, dict, list)


class Reader:
    """Reads the values of several compiled paths together."""

    __slots__ = ("_count", "_queries", "_root")

    def __init__(self, paths: tuple[AnyPath, ...]) -> None:
        self._count = len(paths)
        self._root = _Step()
        self._queries = []
        for position, path in enumerate(paths):
            if isinstance(path, Path):
                self._root.add(path.segments, position)
            else:
                self._queries.append((position, path))

    def read(self, document: object) -> list[object]:
        """Return the values of the paths, in their order, MISSING where a path leads nowhere."""
        found: list[object] = [MISSING] * self._count
        self._root.read(document, found)
        for position, query in self._queries:
            found[position] = query.find(document)
        return found


class _Step:
    """A node of the tree of all paths, with the steps after it, and the positions of paths that end here.

    Most paths end at a key of an object. They are in `last_keys` of the step before, without a step of
    their own.
    """

    __slots__ = ("ends", "indexes", "keys", "last_keys", "matches")

    def __init__(self) -> None:
        self.ends: list[int] = []
        self.last_keys: list[tuple[str, int]] = []
        self.keys: defaultdict[str, _Step] = defaultdict(_Step)
        self.indexes: defaultdict[int, _Step] = defaultdict(_Step)
        # By the key of a `Match`, then by its value.
        self.matches: defaultdict[str, defaultdict[object, _Step]] = defaultdict(_steps)

    def add(self, segments: tuple[Segment, ...], position: int) -> None:
        """Add the steps of a path that begins here; `position` is its position among all paths."""
        step = self
        for segment in segments[:-1]:
            step = step.after(segment)
        match segments[-1:]:
            case (str(key),):
                step.last_keys.append((key, position))
            case (last,):
                step.after(last).ends.append(position)
            case _:
                step.ends.append(position)

    def read(self, node: object, found: list[object]) -> None:
        """Write the values of the paths that lead through this step, by position, into `found`.

        The recursion is bounded, since parsing bounds the depth of a document.
        """
        for position in self.ends:
            found[position] = node
        if isinstance(node, dict):
            for key, position in self.last_keys:
                found[position] = node.get(key, MISSING)
            if self.keys:
                for key, step in self.keys.items():
                    if key in node:
                        step.read(node[key], found)
        elif isinstance(node, list):
            for index, step in self.indexes.items():
                if -len(node) <= index < len(node):
                    step.read(node[index], found)
            for key, steps in self.matches.items():
                _read_matches(node, key, steps.copy(), found)

    def after(self, segment: Segment) -> _Step:
        """Return the step after a segment, which is added if there is none yet."""
        if isinstance(segment, str):
            return self.keys[segment]
        if isinstance(segment, int):
            return self.indexes[segment]
        return self.matches[segment.key][segment.value]


def compile_path(text: str) -> AnyPath:
    """Compile a path such as `$.user.name` or `user.name`, or a query that may find several values.

    A filter `[?@.key == literal]` with a text or an integer is part of a path: it finds the first
    element that matches, not a list of all.

    Raises InvalidPath, which says how far the text could be read.
    """
    text = text.strip()
    if not text or len(text) > MAX_PATH_CHARACTERS:
        raise InvalidPath(1)
    try:
        text.encode()
    except UnicodeEncodeError as err:
        # A surrogate without its other half.
        raise InvalidPath(err.start + 1) from None
    names = text.removeprefix("$.").split(".")
    if all(map(str.isidentifier, names)):
        return Path(text, tuple(names))
    from .syntax import compile_written  # noqa: PLC0415 - most paths are only names and dots

    return compile_written(text)


def compile_paths(paths: Iterable[AnyPath]) -> Reader:
    """Return a reader of all paths, which follows their common beginnings once.

    Each query is evaluated by itself.
    """
    return Reader(tuple(paths))


def _steps() -> defaultdict[object, _Step]:
    return defaultdict(_Step)


def _read_matches(
    elements: list[object], key: str, steps: dict[object, _Step], found: list[object]
) -> None:
    """Read the elements that several `Match` with this key find, in one pass over a list."""
    for element in elements:
        if not steps:
            return
        if not isinstance(element, dict):
            continue
        value = element.get(key)
        if isinstance(value, _NEVER_MATCHED):
            continue
        if (step := steps.pop(value, None)) is not None:
            step.read(element, found)
