"""Paths lead to the values of a document: as a person types them, and many read at once.

A common beginning of several paths is followed once. `path` is one path and how it is followed;
`syntax` is imported where a path is more than names, or is written.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from .path import (
    LONGEST_PATH,
    MAX_INDEX,
    MISSING,
    InvalidPath,
    Match,
    Path,
    Segment,
    find,
    find_loosely,
)

if TYPE_CHECKING:
    # At run time it is imported by the function that compiles a query: few people type one.
    from .query import Query

__all__ = [
    "LONGEST_PATH",
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

# Values that no `Match` finds: in Python, True equals 1, and the others have no hash.
_NEVER_MATCHED: Final = (bool, dict, list)


class Reader:
    """Compiled paths, to be found together; `compile_paths` makes it."""

    __slots__ = ("_count", "_queries", "_root")

    def __init__(self, paths: tuple[AnyPath, ...]) -> None:
        self._count = len(paths)
        self._root = _Step()
        self._queries = []
        for number, path in enumerate(paths):
            if isinstance(path, Path):
                self._root.lead(path.segments, number)
            else:
                self._queries.append((number, path))

    def read(self, document: object) -> list[object]:
        """Return what each path leads to, in their order, MISSING where it leads nowhere."""
        found: list[object] = [MISSING] * self._count
        self._root.read(document, found)
        for number, query in self._queries:
            found[number] = query.find(document)
        return found


class _Step:
    """A place in documents that paths, by their numbers, end at or go on from.

    Most paths end at a key of an object. Those are in `last_keys`, and have no step of their own
    there.
    """

    __slots__ = ("ends", "indexes", "keys", "last_keys", "matches")

    def __init__(self) -> None:
        self.ends: list[int] = []
        self.last_keys: list[tuple[str, int]] = []
        self.keys: defaultdict[str, _Step] = defaultdict(_Step)
        self.indexes: defaultdict[int, _Step] = defaultdict(_Step)
        # By the key of the member, and then by its value.
        self.matches: defaultdict[str, defaultdict[object, _Step]] = defaultdict(_steps)

    def lead(self, segments: tuple[Segment, ...], number: int) -> None:
        """Add the steps of a path that begins here."""
        step = self
        for segment in segments[:-1]:
            step = step.after(segment)
        match segments[-1:]:
            case (str(key),):
                step.last_keys.append((key, number))
            case (last,):
                step.after(last).ends.append(number)
            case _:
                step.ends.append(number)

    def read(self, node: object, found: list[object]) -> None:
        """Note what the paths lead to from here, by their numbers.

        Calls itself once for each level: parsing bounds how deep a document is.
        """
        for number in self.ends:
            found[number] = node
        if isinstance(node, dict):
            for key, number in self.last_keys:
                found[number] = node.get(key, MISSING)
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
        """Return the step that a segment leads to."""
        if isinstance(segment, str):
            return self.keys[segment]
        if isinstance(segment, int):
            return self.indexes[segment]
        return self.matches[segment.key][segment.value]


def compile_path(text: str) -> AnyPath:
    """Return the path of a text, `$.user.name` as well as `user.name`, or its query.

    A filter `[?@.key == literal]` with a text or an integer belongs to a path: it finds the first
    element that matches, not a list of all.

    Raises InvalidPath, which says how far it could be read.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_PATH:
        raise InvalidPath(1)
    try:
        text.encode()
    except UnicodeEncodeError as err:
        # A surrogate without its other half is no character.
        raise InvalidPath(err.start + 1) from None
    names = text.removeprefix("$.").split(".")
    if all(map(str.isidentifier, names)):
        return Path(text, tuple(names))
    from .syntax import compile_written  # noqa: PLC0415 - most paths are names with dots between them

    return compile_written(text)


def compile_paths(paths: Iterable[AnyPath]) -> Reader:
    """Return a reader that finds the values of all paths in one pass over what they share.

    Queries share nothing; each is found alone.
    """
    return Reader(tuple(paths))


def _steps() -> defaultdict[object, _Step]:
    return defaultdict(_Step)


def _read_matches(
    elements: list[object], key: str, steps: dict[object, _Step], found: list[object]
) -> None:
    """Read the first element for each value of a member, as `Match` finds it, in one pass."""
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
