"""Where in its document a value is: its key, what is above it and what is beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Self

from ..paths import Match, Segment, find
from .leaves import Leaf
from .vocabulary import QUANTITIES
from .words import words_of

# What a key says that says nothing: the key above it, or what is beside it, names the value.
VALUE_WORDS: Final = frozenset(
    {"value", "values", "reading", "measurement", "data", "text", "val", "content"}
)
# Keys that hold an answer together.
_WRAPPERS: Final = frozenset(
    {"data", "result", "results", "response", "body", "payload", "attributes", "items"}
    | {"properties", "fields", "records", "embedded", "list", "root", "value", "values"}
)
# Where an object among others says what it is.
_TITLES: Final = ("name", "displayName", "display_name", "title", "label")
_KINDS: Final = ("type", "metric", "kind", "measurement", "parameter", "quantity")
_LONGEST_TITLE: Final = 40
# So many neighbours are looked through at most, so that each value takes the same time.
MOST_NEIGHBOURS: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a value is.

    `words` are those of its own key, `above` those of each key above it, the nearest first;
    `siblings` is the object that holds it, `parent` the one that holds that. `segments` are
    those that are above its key. `elements` names the elements that are picked by a key.
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
        own = segments[end - 1] if end else ""
        key = own if isinstance(own, str) else ""
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
        """Whether the key says nothing but that it is a value."""
        return all(word in VALUE_WORDS for word in self.words)

    @property
    def kind(self) -> tuple[str, ...]:
        """What the object says of itself that holds the value: `{"type": …, "value": …}`."""
        texts = [self.siblings.get(key) for key in (*_TITLES, *_KINDS)]
        said = [
            words_of(text)
            for text in texts
            if isinstance(text, str) and len(text) <= _LONGEST_TITLE
        ]
        for words in said:
            if words and words[-1].lower() in QUANTITIES:
                return words
        return said[0] if said else ()

    @property
    def near(self) -> tuple[str, ...]:
        """The words of the key above it."""
        return self.above[0] if self.above else ()

    @property
    def meaning(self) -> tuple[str, ...]:
        """The words that tell what the value is, the ones that say most at the end."""
        near = [word for words in reversed(self.above[:2]) for word in words]
        kind = self.kind if self.is_value or "amount" in self.words else ()
        return (*near, *(word.lower() for word in kind), *self.words)

    def beside(self, *endings: str) -> list[object]:
        """Return what is beside the value under its key with one of some endings."""
        keys = [self.key + ending for ending in endings]
        return [self.siblings[key] for key in keys if key in self.siblings]

    def is_workout(self) -> bool:
        """Whether the times of a workout are near, whose lengths are in metres at Strava."""
        near = islice(self.siblings.values(), MOST_NEIGHBOURS)
        holders = [self.siblings, *(item for item in near if isinstance(item, dict))]
        return any("moving_time" in holder for holder in holders)


def is_wrapper(key: str) -> bool:
    """Tell whether a key holds an answer together, and names nothing."""
    return key.lower().strip("_") in _WRAPPERS


def _words_above(segments: tuple[Segment, ...]) -> list[tuple[str, ...]]:
    keys = [segment for segment in reversed(segments) if isinstance(segment, str)]
    words = [words_of(key) for key in keys if not is_wrapper(key)]
    return [tuple(word.lower() for word in each) for each in words]


def _title_of(node: object) -> str | None:
    if not isinstance(node, dict):
        return None
    # Some are called by a name of their kind: `module_name`, `stationName`.
    others = (key for key in node if key.endswith(("_name", "Name")))
    for key in (*_TITLES, *others):
        if isinstance(title := node.get(key), str) and title.strip():
            return " ".join(title[:_LONGEST_TITLE].split())
    return None
