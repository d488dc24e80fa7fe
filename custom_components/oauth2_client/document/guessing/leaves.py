"""Lists the values of a document that a form offers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple, Self

from ..paths import MAX_PATH_CHARACTERS, Match, Segment, find
from ..paths.syntax import path_text
from ..quantities import as_written
from .element_key import element_key, is_found_by_position, is_in_order as is_ordered

_MAX_LEAVES: Final = 500
# How many elements of each list and members of each large object are listed: the first of these numbers
# with which the document has no more leaves than it may.
_SHARES: Final = (_MAX_LEAVES, 200, 100, 50, 20, 10, 5, 2, 1)
# An object with at most so many members is always listed in full.
_ALWAYS_LISTED_MEMBERS: Final = 50
_MAX_SAMPLE_CHARACTERS: Final = 60

# The keys and positions that lead to a value, and the value.
type _Place = tuple[tuple[Segment, ...], object]


class Leaf(NamedTuple):
    """A scalar, or a list, which can be picked for its length, and the segments that lead to it."""

    segments: tuple[Segment, ...]
    value: object

    @property
    def path(self) -> str:
        """The path to the value, as a text."""
        return path_text(self.segments)

    @property
    def sample(self) -> str:
        """The value in one line, and short: of a list, how many elements it has."""
        if isinstance(self.value, list):
            return f"[{len(self.value)}]"
        if isinstance(self.value, bool) or self.value is None:
            return str(self.value).lower().replace("none", "null")
        return _cut(str(self.value))

    def sample_in(self, unit: str | None) -> str:
        """Return the sample of a value that is shown in a unit: 21.5 of "21.5 °C"."""
        if unit is None or not isinstance(self.value, str):
            return self.sample
        written = as_written(self.value)
        if written is None or unit not in (written.unit, *written.units):
            return self.sample
        return str(written.number)


def leaves(document: object) -> list[Leaf]:
    """Return the leaves of a document in its order, up to a bound.

    A list comes before its elements. If a member identifies the elements, they are found by it; the
    first one is also found by its position if the newest comes first. A document with too many leaves
    lists only the first few of each list and each large object, as many as the bound allows.
    """
    known: dict[int, _Known] = {}
    found: list[Leaf] = []
    for share in _SHARES:
        walk = _Walk(share=share, known=known)
        found = [*islice(walk.leaves(document, ()), _MAX_LEAVES + 1)]
        if len(found) <= _MAX_LEAVES:
            break
    return [
        leaf for leaf in found[:_MAX_LEAVES] if len(leaf.path) <= MAX_PATH_CHARACTERS
    ]


def count_values(document: object, *, but_not: Callable[[object], bool]) -> int:
    """Return how many values a document has, lists among them; `but_not` tells which are not counted."""
    count = 0
    nodes = [document]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            nodes.extend(node.values())
            continue
        count += not but_not(node)
        if isinstance(node, list):
            nodes.extend(node)
    return count


def first_of_each(found: Iterable[Leaf], document: object) -> list[Leaf]:
    """Return leaves without the ones that lead to the same value as an earlier one.

    In a sorted list, such as of events, both stay if one has a position and the other a key: later they
    may lead to different elements.
    """
    ordered: dict[int, bool] = {}

    def is_in_order(elements: list[object]) -> bool:
        if id(elements) not in ordered:
            is_by_key = element_key(elements) is not None
            ordered[id(elements)] = is_by_key and is_ordered(elements)
        return ordered[id(elements)]

    places: dict[tuple[Segment, ...], _Place] = {(): ((), document)}

    def place_of(segments: tuple[Segment, ...]) -> _Place:
        if segments not in places:
            above, node = place_of(segments[:-1])
            segment = segments[-1]
            inside = find(node, (segment,))
            if isinstance(node, list) and isinstance(segment, int):
                if not is_in_order(node):
                    segment %= len(node)
            elif isinstance(node, list) and not is_in_order(node):
                segment = next(
                    index for index, each in enumerate(node) if each is inside
                )
            places[segments] = (*above, segment), inside
        return places[segments]

    first: dict[tuple[Segment, ...], Leaf] = {}
    for leaf in found:
        first.setdefault(place_of(leaf.segments)[0], leaf)
    return [*first.values()]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Walk:
    """A walk over a document that visits `share` children of each list and each large object.

    `known` has what is known of each list, by its `id()`. All walks over a document share it, so that it
    is determined once.
    """

    share: int
    known: dict[int, _Known]

    def leaves(self, node: object, segments: tuple[Segment, ...]) -> Iterator[Leaf]:
        """Yield the leaves of a node.

        The recursion is bounded, since parsing bounds the depth of a document.
        """
        if isinstance(node, dict):
            for key, value in islice(
                node.items(), max(self.share, _ALWAYS_LISTED_MEMBERS)
            ):
                yield from self.leaves(value, (*segments, key))
            return
        yield Leaf(segments=segments, value=node)
        if isinstance(node, list):
            for segment, element in self._elements(node):
                yield from self.leaves(element, (*segments, segment))

    def _elements(self, elements: list[object]) -> Iterator[tuple[Segment, object]]:
        """Yield elements of a list, each with the segment that leads to it, the preferred ones first.

        An element with a key is found by it, whatever its position is later. Of several events, the
        newest one is wanted, whichever that is.
        """
        if id(elements) not in self.known:
            self.known[id(elements)] = _Known.of(elements)
        key, is_newest_first, is_in_order = self.known[id(elements)]
        if key is None:
            yield from enumerate(elements[: self.share])
            if len(elements) > 1:
                yield -1, elements[-1]
            return
        if is_newest_first:
            yield 0, elements[0]
        for element in elements[: self.share]:
            if isinstance(element, dict):
                yield Match(key=key, value=element[key]), element
        if is_in_order and not is_newest_first:
            yield 0, elements[0]
            yield -1, elements[-1]


class _Known(NamedTuple):
    """The key that identifies the elements of a list, and whether their order has a meaning."""

    key: str | None
    is_newest_first: bool
    is_in_order: bool

    @classmethod
    def of(cls, elements: list[object]) -> Self:
        key = element_key(elements)
        if key is None:
            return cls(None, is_newest_first=False, is_in_order=False)
        return cls(key, is_found_by_position(elements, key), is_ordered(elements))


def _cut(text: str) -> str:
    # The text is cut before it is split, so that a long one takes no more time than a short one.
    line = " ".join(text[: 4 * _MAX_SAMPLE_CHARACTERS].split())
    return (
        line
        if len(line) <= _MAX_SAMPLE_CHARACTERS
        else f"{line[:_MAX_SAMPLE_CHARACTERS]}…"
    )
