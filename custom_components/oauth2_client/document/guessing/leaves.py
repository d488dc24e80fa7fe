"""The values of a document, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from ..paths import LONGEST_PATH, Match, Segment, path_text
from .element_key import element_key

_MOST: Final = 500
# How many elements of each list are listed, and members of each object: the most that leave room
# for all that the document has.
_SHARES: Final = (_MOST, 200, 100, 50, 20, 10, 5, 2, 1)
_FEWEST_MEMBERS: Final = 50
_LONGEST_SAMPLE: Final = 60


class Leaf(NamedTuple):
    """A value of a document that holds no others, or a list, which is picked for its length."""

    segments: tuple[Segment, ...]
    value: object

    @property
    def path(self) -> str:
        """The path that leads to it."""
        return path_text(self.segments)

    @property
    def sample(self) -> str:
        """The value as a person may read it, cut, in one line."""
        if isinstance(self.value, list):
            return f"{len(self.value)} item{'' if len(self.value) == 1 else 's'}"
        if isinstance(self.value, bool) or self.value is None:
            return str(self.value).lower().replace("none", "null")
        return _cut(str(self.value))


def leaves(document: object) -> list[Leaf]:
    """Return the values of a document, in its order, the first of many.

    A list comes before its elements. Where each element has a key of its own, they are found by
    that, besides the first and the last by position. Where there is too much for all, each list
    and each large object shows its first few, and as many of each as possible.
    """
    keys: dict[int, str | None] = {}
    found: list[Leaf] = []
    for share in _SHARES:
        walk = _Walk(share=share, keys=keys)
        found = [*islice(walk.leaves(document, ()), _MOST + 1)]
        if len(found) <= _MOST:
            break
    return [leaf for leaf in found[:_MOST] if len(leaf.path) <= LONGEST_PATH]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Walk:
    """A walk over a document that sees a share of each list and each large object.

    `keys` are the keys of the elements of lists, by their identity, known from the last walk.
    """

    share: int
    keys: dict[int, str | None]

    def leaves(self, node: object, segments: tuple[Segment, ...]) -> Iterator[Leaf]:
        """Yield what a node holds. It is at most as deep as a document may be: see formats.py."""
        if isinstance(node, dict):
            for key, value in islice(node.items(), max(self.share, _FEWEST_MEMBERS)):
                yield from self.leaves(value, (*segments, key))
            return
        yield Leaf(segments=segments, value=node)
        if isinstance(node, list):
            for segment, element in self._elements(node):
                yield from self.leaves(element, (*segments, segment))

    def _elements(self, elements: list[object]) -> Iterator[tuple[Segment, object]]:
        """Yield elements of a list, and how each is found."""
        if id(elements) not in self.keys:
            self.keys[id(elements)] = element_key(elements)
        shown = self.share
        if (key := self.keys[id(elements)]) is not None:
            shown = 1
            for element in elements[: self.share]:
                if isinstance(element, dict):
                    yield Match(key=key, value=element[key]), element
        for index, element in enumerate(elements[:shown]):
            yield index, element
        if len(elements) > 1:
            yield -1, elements[-1]


def _cut(text: str) -> str:
    # Cut before it is split, so that a long text takes no longer than a short one.
    line = " ".join(text[: 4 * _LONGEST_SAMPLE].split())
    return line if len(line) <= _LONGEST_SAMPLE else f"{line[:_LONGEST_SAMPLE]}…"
