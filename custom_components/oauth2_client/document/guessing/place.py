"""Where a value is in its document: its key, the keys above it and the values beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Self

from ..paths import Match, Segment, find
from .leaves import Leaf
from .vocabulary import QUANTITIES
from .words import words_of

# Words of keys that do not name a value. The key above or a value beside it does.
VALUE_WORDS: Final = frozenset(
    {"value", "values", "reading", "measurement", "data", "text", "val", "content"}
)
# Keys of objects and lists that only wrap an answer, and name nothing in it.
_WRAPPERS: Final = frozenset(
    {"data", "result", "results", "response", "body", "payload", "attributes", "items"}
    | {"properties", "fields", "records", "embedded", "list", "root", "value", "values"}
)
# Keys of the name of an object, and of the kind of thing that it is.
_TITLES: Final = ("name", "displayName", "display_name", "title", "label")
_KINDS: Final = ("type", "metric", "kind", "measurement", "parameter", "quantity")
_LONGEST_TITLE: Final = 40
# How many values beside one are looked at: bounded, so that a large object takes linear time.
MOST_NEIGHBOURS: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a value is.

    `key` is its own key, or that of the list that it is an element of, and `position` its position
    in that list. `words` are the words of the key, `above` those of each key above it, the nearest
    first, and `segments` the path to it without the key. `siblings` is the object that has the
    key, `parent` the object above that one. `elements` has the names of elements that the path
    finds by a member, by their index in `segments`.
    """

    key: str
    words: tuple[str, ...]
    above: tuple[tuple[str, ...], ...]
    segments: tuple[Segment, ...]
    position: int | None
    siblings: Mapping[str, object] = field(repr=False)
    parent: Mapping[str, object] = field(repr=False)
    elements: Mapping[int, str] = field(repr=False)

    @classmethod
    def of(cls, leaf: Leaf, document: object) -> Self:
        """Return the place of a value of a document."""
        segments = leaf.segments
        end = len(segments)
        while end and not isinstance(segments[end - 1], str):
            end -= 1
        last_key = segments[end - 1] if end else ""
        key = last_key if isinstance(last_key, str) else ""
        above = segments[: max(end - 1, 0)]
        objects: list[Mapping[str, object]] = []
        elements: dict[int, str] = {}
        node = document
        for depth, segment in enumerate((*above, None)):
            if isinstance(node, dict):
                objects.append(node)
            if segment is not None:
                node = find(node, (segment,))
            if isinstance(segment, Match):
                elements[depth] = _title_of(node) or str(segment.value)
        last = segments[-1] if segments else None
        return cls(
            key=key,
            words=tuple(word.lower() for word in words_of(key)),
            above=tuple(_words_above(above)),
            segments=above,
            position=last if end < len(segments) and isinstance(last, int) else None,
            siblings=objects[-1] if isinstance(node, dict) else {},
            parent=objects[-2] if len(objects) > 1 else {},
            elements=elements,
        )

    @property
    def is_value(self) -> bool:
        """Whether the key only says that this is a value."""
        return all(word in VALUE_WORDS for word in self.words)

    @property
    def kind(self) -> tuple[str, ...]:
        """The words that the object around the value has for it: `{"type": …, "value": …}`."""
        texts = [self.siblings.get(key) for key in (*_TITLES, *_KINDS)]
        descriptions = [
            words_of(text)
            for text in texts
            if isinstance(text, str) and len(text) <= _LONGEST_TITLE
        ]
        for words in descriptions:
            if words and words[-1].lower() in QUANTITIES:
                return words
        return descriptions[0] if descriptions else ()

    @property
    def near(self) -> tuple[str, ...]:
        """The words of the nearest key above it."""
        return self.above[0] if self.above else ()

    @property
    def meaning(self) -> tuple[str, ...]:
        """The words that may say what the value is, the most specific ones at the end."""
        near = [word for words in reversed(self.above[:2]) for word in words]
        kind = self.kind if self.is_value or "amount" in self.words else ()
        return (*near, *(word.lower() for word in kind), *self.words)

    def beside(self, *endings: str) -> list[object]:
        """Return the values whose keys are this key with one of some endings: `speed_unit`."""
        keys = [self.key + ending for ending in endings]
        return [self.siblings[key] for key in keys if key in self.siblings]

    def is_workout(self) -> bool:
        """Return whether the value is part of a workout, as Strava describes one.

        Its lengths are in metres, without saying so.
        """
        near = islice(self.siblings.values(), MOST_NEIGHBOURS)
        holders = [self.siblings, *(item for item in near if isinstance(item, dict))]
        return any("moving_time" in holder for holder in holders)


def is_wrapper(key: str) -> bool:
    """Return whether a key only wraps an answer, and names nothing."""
    return key.lower().strip("_") in _WRAPPERS


def _words_above(segments: tuple[Segment, ...]) -> list[tuple[str, ...]]:
    keys = [segment for segment in reversed(segments) if isinstance(segment, str)]
    words = [words_of(key) for key in keys if not is_wrapper(key)]
    return [tuple(word.lower() for word in each) for each in words]


def _title_of(node: object) -> str | None:
    if not isinstance(node, dict):
        return None
    # The key of a name may include the kind of thing: `module_name`, `stationName`.
    others = (key for key in node if key.endswith(("_name", "Name")))
    for key in (*_TITLES, *others):
        if isinstance(title := node.get(key), str) and title.strip():
            return " ".join(title[:_LONGEST_TITLE].split())
    return None
