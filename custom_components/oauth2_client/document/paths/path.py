"""The path to one value of a document, and following it."""

from collections.abc import Iterable, Sequence
from typing import Final, override

MAX_PATH_CHARACTERS: Final = 1000
# RFC 9535, 2.1: integers have to be within the range of I-JSON (RFC 7493, 2.2).
MAX_INDEX: Final = 2**53 - 1


class _Missing:
    @override
    def __repr__(self) -> str:
        return "MISSING"


# What a path finds where it leads nowhere. A `null` is found as None.
MISSING: Final = _Missing()


class InvalidPath(ValueError):
    """A text is not a path. `position` is the character, counted from 1, where reading it failed."""

    def __init__(self, position: int) -> None:
        super().__init__(f"character {position}")
        self.position: Final = position


# Each start of an account imports this module: to define a dataclass takes twenty times as long as this,
# a named tuple four times.
class Match:
    """The first element of a list whose member `key` has this value: `[?@.id == 'x']`.

    Unlike an index it stays right when elements are added, removed or moved. Unlike a filter of RFC 9535
    it finds one element and never a list, also at the end of a path.
    """

    __slots__ = ("key", "value")

    def __init__(self, key: str, value: str | int) -> None:
        self.key = key
        self.value = value

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Match):
            return NotImplemented
        return (self.key, self.value) == (other.key, other.value)

    @override
    def __hash__(self) -> int:
        return hash((self.key, self.value))

    @override
    def __repr__(self) -> str:
        return f"Match(key={self.key!r}, value={self.value!r})"

    def find(self, elements: list[object]) -> object:
        """Return the element, MISSING where there is none."""
        key, value = self.key, self.value
        for element in elements:
            if isinstance(element, dict) and key in element:
                found = element[key]
                # In Python, True equals 1.
                if found == value and not isinstance(found, bool):
                    return element
        return MISSING


# A key of an object, an index of a list, or an element of a list by the value of a member.
type Segment = str | int | Match


class Path:
    """A compiled path, and the text that it was compiled from."""

    __slots__ = ("segments", "text")

    def __init__(self, text: str, segments: tuple[Segment, ...]) -> None:
        self.text = text
        self.segments = segments

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Path):
            return NotImplemented
        return (self.text, self.segments) == (other.text, other.segments)

    @override
    def __hash__(self) -> int:
        return hash((self.text, self.segments))

    @override
    def __repr__(self) -> str:
        return f"Path(text={self.text!r}, segments={self.segments!r})"

    def find(self, document: object) -> object:
        """Return the value that the path leads to, MISSING where it leads nowhere."""
        return find(document, self.segments)


def find(document: object, segments: Iterable[Segment]) -> object:
    """Return the value that segments lead to, MISSING where they lead nowhere."""
    node = document
    for segment in segments:
        if isinstance(segment, str):
            if not isinstance(node, dict) or segment not in node:
                return MISSING
            node = node[segment]
        elif not isinstance(node, list):
            return MISSING
        elif isinstance(segment, Match):
            if (node := segment.find(node)) is MISSING:
                return MISSING
        else:
            if not -len(node) <= segment < len(node):
                return MISSING
            node = node[segment]
    return node


def find_loosely(document: object, segments: Sequence[Segment]) -> object:
    """Return the value that segments lead to, also if a list of one element may be that element.

    XML does not distinguish the two, nor do some APIs. A key is looked up in the first element of a
    list, and an index or a `Match` is applied to an element as if it were in a list. MISSING where the
    segments lead nowhere.
    """
    node = document
    for position, segment in enumerate(segments):
        if isinstance(segment, str):
            if isinstance(node, list) and node:
                node = node[0]
        elif not isinstance(node, list):
            is_end = position == len(segments) - 1
            is_element = isinstance(node, str | int | float) and position > 0 and is_end
            if not is_element and (is_end or not isinstance(node, dict)):
                return MISSING
            node = [node]
        if (node := find(node, (segment,))) is MISSING:
            return MISSING
    return node
