"""A path to one value of a document, as a value itself, and how it is followed."""

from collections.abc import Iterable, Sequence
from typing import Final, override

LONGEST_PATH: Final = 1000
# RFC 9535, 2.1: the integers that every implementation of JSON has.
MAX_INDEX: Final = 2**53 - 1


class _Missing:
    @override
    def __repr__(self) -> str:
        return "MISSING"


# What a path finds where there is nothing; `null` is found as None.
MISSING: Final = _Missing()


class InvalidPath(ValueError):
    """Not a path. `position` is the character, counted from 1, from which on it cannot be read."""

    def __init__(self, position: int) -> None:
        super().__init__(f"character {position}")
        self.position: Final = position


# Each start of an account imports this module: a dataclass would take twenty times as long to make, a
# named tuple four times.
class Match:
    """The first element of a list whose member `key` has this value: `[?@.id == 'x']`.

    Unlike a position it stays right when elements come, go or change places. Unlike a filter of
    RFC 9535 it leads to one element and never to a list, also at the end of a path.
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


# A key of an object, a position in a list, or an element of a list by the value of a member.
type Segment = str | int | Match


class Path:
    """A compiled path; `text` is what it was compiled from."""

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
    """Return what segments lead to where a list of one element is written as that element.

    XML does not tell the two apart, and some APIs do not either. Where there was one element and now
    are several, the first is the one. MISSING where it leads nowhere.
    """
    node = document
    for place, segment in enumerate(segments):
        if isinstance(segment, str):
            if isinstance(node, list) and node:
                node = node[0]
        elif not isinstance(node, list):
            is_end = place == len(segments) - 1
            is_element = isinstance(node, str | int | float) and place > 0 and is_end
            if not is_element and (is_end or not isinstance(node, dict)):
                return MISSING
            node = [node]
        if (node := find(node, (segment,))) is MISSING:
            return MISSING
    return node
