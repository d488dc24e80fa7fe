"""The values of a document, as a form offers them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple, Self

from ..paths import LONGEST_PATH, Match, Segment, find
from ..paths.syntax import path_text
from ..quantities import as_written
from .element_key import element_key, is_found_by_position, is_in_order as is_ordered

_MOST_LEAVES: Final = 500
# How many elements of each list and members of each large object are listed: the first of these
# numbers with which all leaves of the document fit.
_SHARES: Final = (_MOST_LEAVES, 200, 100, 50, 20, 10, 5, 2, 1)
# An object with up to so many members is always listed in full.
_FEWEST_MEMBERS: Final = 50
_LONGEST_SAMPLE: Final = 60

# The keys and positions that lead to a value, however it is found, and the value.
type _Place = tuple[tuple[Segment, ...], object]


class Leaf(NamedTuple):
    """A value without values inside it, or a list, which is picked for its length."""

    segments: tuple[Segment, ...]
    value: object

    @property
    def path(self) -> str:
        """The path that leads to it."""
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
    """Return the values of a document in its order, up to a bound.

    A list comes before its elements. Where a member identifies each element, all are found by it,
    after the first one by its position where the newest comes first. A document with too many values
    lists the first few of each list and each large object, as many as the bound allows.
    """
    known: dict[int, _Known] = {}
    found: list[Leaf] = []
    for share in _SHARES:
        walk = _Walk(share=share, known=known)
        found = [*islice(walk.leaves(document, ()), _MOST_LEAVES + 1)]
        if len(found) <= _MOST_LEAVES:
            break
    return [leaf for leaf in found[:_MOST_LEAVES] if len(leaf.path) <= LONGEST_PATH]


def first_of_each(found: Iterable[Leaf], document: object) -> list[Leaf]:
    """Return leaves without the ones that lead to the same value as an earlier one.

    In a list of events, a position and a key may lead to different events later: both stay.
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
                segment = next(at for at, each in enumerate(node) if each is inside)
            places[segments] = (*above, segment), inside
        return places[segments]

    first: dict[tuple[Segment, ...], Leaf] = {}
    for leaf in found:
        first.setdefault(place_of(leaf.segments)[0], leaf)
    return [*first.values()]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Walk:
    """A walk over a document that visits `share` children of each list and each large object.

    `known` says how the elements of each list are told apart, by the `id()` of the list. All walks
    over a document share it, so that it is looked for once.
    """

    share: int
    known: dict[int, _Known]

    def leaves(self, node: object, segments: tuple[Segment, ...]) -> Iterator[Leaf]:
        """Yield the leaves of a node.

        Calls itself once for each level: parsing bounds how deep a document is.
        """
        if isinstance(node, dict):
            for key, value in islice(node.items(), max(self.share, _FEWEST_MEMBERS)):
                yield from self.leaves(value, (*segments, key))
            return
        yield Leaf(segments=segments, value=node)
        if isinstance(node, list):
            for segment, element in self._elements(node):
                yield from self.leaves(element, (*segments, segment))

    def _elements(self, elements: list[object]) -> Iterator[tuple[Segment, object]]:
        """Yield elements of a list, each with the segments that lead to it, the best ones first.

        An element is found by its key, where it has one, at whatever position it is later. Of several
        events, the newest is wanted, whichever it is.
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
    """The key that identifies the elements of a list, and whether the first is found by its position."""

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
    # Cut before it is split, so that a long text takes no more time than a short one.
    line = " ".join(text[: 4 * _LONGEST_SAMPLE].split())
    return line if len(line) <= _LONGEST_SAMPLE else f"{line[:_LONGEST_SAMPLE]}…"
