"""The values of a document, one by one, and what to call them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
import re
from typing import Final

from .element_key import element_key
from .path import LONGEST_PATH, Match, Segment, path_text

_MOST: Final = 500
# How many elements of each list are listed, and members of each object: the most that leave room
# for all that the document has.
_SHARES: Final = (_MOST, 200, 100, 50, 20, 10, 5, 2, 1)
_FEWEST_MEMBERS: Final = 50
_LONGEST_SAMPLE: Final = 60
_LONGEST_LABEL: Final = 40
# What an element calls itself.
_LABELS: Final = ("name", "title", "label", "display_name", "displayName")
# Where a word of a key ends, in the usual spellings: wind_speed, wind-speed, windSpeed.
_BETWEEN: Final = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A value of a document that holds no others, or a list, which is picked for its length.

    `labels` are what the elements on the way are called that are found by a key of their own.
    """

    segments: tuple[Segment, ...]
    value: object
    labels: tuple[str, ...] = ()

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
        return _cut(str(self.value), _LONGEST_SAMPLE)

    @property
    def name(self) -> str:
        """What a person may call it: the words of its key, after what its element is called."""
        keys = [segment for segment in self.segments if isinstance(segment, str)]
        words = _BETWEEN.sub(" ", keys[-1]).strip() if keys else ""
        if isinstance(self.value, list):
            words = f"{words} count".lstrip()
        words = words[:1].upper() + words[1:]
        return " ".join([*self.labels, words]).rstrip() or self.path


def leaves(document: object, *, most: int = _MOST) -> list[Leaf]:
    """Return the values of a document, in its order, the first of many.

    A list comes before its elements. Where each element has a key of its own, they are found by
    that, besides the first and the last by position. Where there is too much for all, each list
    and each large object shows its first few, and as many of each as possible.
    """
    keys: dict[int, str | None] = {}
    found: list[Leaf] = []
    for share in _SHARES:
        found = [
            *islice(_Walk(share=share, keys=keys).leaves(document, (), ()), most + 1)
        ]
        if len(found) <= most:
            break
    return [leaf for leaf in found[:most] if len(leaf.path) <= LONGEST_PATH]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Walk:
    """A walk over a document that sees a share of each list and each large object.

    `keys` are the keys of the elements of lists, by their identity, known from the last walk.
    """

    share: int
    keys: dict[int, str | None]

    def leaves(
        self, node: object, segments: tuple[Segment, ...], labels: tuple[str, ...]
    ) -> Iterator[Leaf]:
        """Yield what a node holds. It is at most as deep as a document may be: see formats.py."""
        if isinstance(node, dict):
            for key, value in islice(node.items(), max(self.share, _FEWEST_MEMBERS)):
                yield from self.leaves(value, (*segments, key), labels)
            return
        yield Leaf(segments=segments, value=node, labels=labels)
        if isinstance(node, list):
            for segment, element, label in self._elements(node):
                yield from self.leaves(element, (*segments, segment), (*labels, *label))

    def _elements(
        self, elements: list[object]
    ) -> Iterator[tuple[Segment, object, tuple[str, ...]]]:
        """Yield elements of a list, how each is found, and what it is called."""
        if id(elements) not in self.keys:
            self.keys[id(elements)] = element_key(elements)
        shown = self.share
        if (key := self.keys[id(elements)]) is not None:
            shown = 1
            for element in elements[: self.share]:
                if isinstance(element, dict):
                    own = element[key]
                    yield Match(key=key, value=own), element, (_label(element, own),)
        for index, element in enumerate(elements[:shown]):
            yield index, element, ()
        if len(elements) > 1:
            yield -1, elements[-1], ()


def _label(element: dict[str, object], own: str | int) -> str:
    """Return what an element calls itself, else the value of its key."""
    for key in _LABELS:
        label = element.get(key)
        if isinstance(label, str) and label.strip():
            return _cut(label, _LONGEST_LABEL)
    return _cut(str(own), _LONGEST_LABEL)


def _cut(text: str, longest: int) -> str:
    # A long text is cut first, so that its size does not matter.
    line = " ".join(text[: 4 * longest].split())
    return line if len(line) <= longest else f"{line[:longest]}…"
