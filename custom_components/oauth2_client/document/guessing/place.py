"""Where a value is in its document: its key, the keys above it and the values beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
import re
from typing import Final, Literal, Self

from ..paths import Match, Segment, find
from .leaves import Leaf
from .vocabulary import QUANTITIES, words_in
from .words import spelled, words_of

# Words of keys that do not name a value. The key above or a value beside it does.
VALUE_WORDS: Final = frozenset(
    {"value", "values", "reading", "measurement", "data", "text", "val", "content"}
    | {"formatted", "localized"}
)
# Keys of objects and lists that only wrap an answer, and name nothing in it.
_WRAPPERS: Final = frozenset(
    {"data", "result", "results", "response", "body", "payload", "attributes"}
    | {"items", "properties", "fields", "records", "embedded", "list", "root"}
    | {"value", "values"}
)
# Keys of the name of an object, and of the kind of thing that it is.
_TITLES: Final = (
    *("name", "displayName", "display_name", "friendlyName", "friendly_name"),
    *(
        "nickname",
        "nickName",
        "title",
        "label",
        "alias",
        "Name",
        "Title",
        "LocalizedName",
    ),
)
_KINDS: Final = (
    *(
        "device_class",
        "deviceClass",
        "class",
        "type",
        "metric",
        "kind",
        "measurement",
        "parameter",
        "quantity",
        "sensorType",
    ),
    *(
        "Type",
        "sensor_type",
        "data_type",
        "dataType",
        "measure",
        "component",
        "comp",
        "property",
        "code",
        "key",
    ),
)
# Further keys of kinds. Their values count only where they name a quantity.
_OTHER_KINDS: Final = (
    *("value_type", "valueType", "measurementType", "measurement_type"),
    *("parameterType", "parameter_type", "metricType", "metric_type"),
)
# The meanings of public codes: those of Sensor.Community.
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "value_type": {"P0": "PM1", "P1": "PM10", "P2": "PM2.5"}
}
# Keys of objects in which an element may have its name: `attributes.system.name`.
_DESCRIPTIONS: Final = (
    *("attributes", "system", "device", "info", "details", "snippet", "general"),
    *("metadata", "profile", "properties"),
)
_DEEPEST_DESCRIPTION: Final = 2
# Endings of the name of another thing than the element: `modelName`, `fileName`.
_OTHER_NAMES: Final = frozenset(
    {"brand", "class", "file", "firmware", "host", "hardware", "make", "model"}
    | {"type", "product", "first", "last", "user"}
)
# Types that JSON shows by itself, and words that only say that there is a value.
_TYPES_OF_JSON: Final = VALUE_WORDS | {
    *("array", "bool", "boolean", "date", "decimal", "double", "enum", "float", "int"),
    *(
        "integer",
        "int32",
        "int64",
        "list",
        "long",
        "null",
        "number",
        "numeric",
        "object",
    ),
    *("scalar", "sensor", "short", "str", "string", "timestamp", "datetime", "json"),
}
# Parts of dotted names behind which the name of the value begins.
_GROUPS: Final = frozenset(
    {"Command", "Event", "Option", "Program", "Setting", "Status", "Root", "traits"}
)
_LONGEST_TITLE: Final = 40
_SEVERAL_WORDS: Final = re.compile(
    r"[a-z]+(?:[_-][a-z]+)+|[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:[A-Z][a-z]+)+"
)
# A system of units; `unclear` where °F are as likely as °C.
type System = Literal["imperial", "metric", "standard", "unclear"]

_POINTS: Final = words_in(
    "center centre centroid geo geopoint geopoints gps loc location point position"
)
_READABLE: Final = frozenset({"converted", "formatted", "localized", "scaled"})
# How many values beside one are looked at: bounded, so that a large object takes linear time.
MOST_NEIGHBOURS: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a value is.

    `key` is its own key, or that of the list that it is an element of, and `position` its position
    in that list. `words` are the words of the key, `above` those of each key above it, the nearest
    first, and `segments` the path to it without the key. `siblings` is the object that has the
    key, `parent` the object above that one. `elements` has the names of elements that the path
    finds by a member, by their index in `segments`, and an empty text where an id is all; `titled`
    are those that have a member for their name. `system` is that of the answer's units.
    """

    key: str
    words: tuple[str, ...]
    above: tuple[tuple[str, ...], ...]
    segments: tuple[Segment, ...]
    position: int | None
    siblings: Mapping[str, object] = field(repr=False)
    parent: Mapping[str, object] = field(repr=False)
    elements: Mapping[int, str] = field(repr=False)
    titled: frozenset[int]
    system: System | None = None

    @classmethod
    def of(cls, leaf: Leaf, document: object, system: System | None = None) -> Self:
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
        titled: set[int] = set()
        node = document
        for depth, segment in enumerate((*above, None)):
            if isinstance(node, dict):
                objects.append(node)
            # The id of a lone element tells it apart from nothing.
            is_only = isinstance(node, list) and len(node) == 1
            if segment is not None:
                node = find(node, (segment,))
            if isinstance(segment, Match):
                by_key = "" if is_only else _spelled_key(segment)
                if title := _title_of(node):
                    titled.add(depth)
                elements[depth] = title or by_key
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
            titled=frozenset(titled),
            system=system,
        )

    @property
    def is_value(self) -> bool:
        """Whether the key only says that this is a value."""
        return all(word in VALUE_WORDS for word in self.words)

    @property
    def kind(self) -> tuple[str, ...]:
        """The words that the object around the value has for it: `{"type": …, "value": …}`."""
        found = _descriptions(self.siblings)
        return next(filter(_is_quantity, found), found[0] if found else ())

    @property
    def kind_above(self) -> tuple[str, ...]:
        """The quantity that the object above names: `{"code": "no2", "amount": {"value": …}}`."""
        return next(filter(_is_quantity, _descriptions(self.parent)), ())

    @property
    def near(self) -> tuple[str, ...]:
        """The words of the nearest key above it."""
        return self.above[0] if self.above else ()

    @property
    def meaning(self) -> tuple[str, ...]:
        """The words that may say what the value is, the most specific ones at the end."""
        near = [word for words in reversed(self.above[:2]) for word in words]
        return (*near, *self.own_meaning)

    @property
    def own_meaning(self) -> tuple[str, ...]:
        """The same without the keys above: the words of its kind, and of its key."""
        is_of_a_kind = self.is_value or "amount" in self.words
        kind = self.kind or self.kind_above if is_of_a_kind else ()
        return (*(word.lower() for word in kind), *self.words)

    def beside(self, *endings: str) -> list[object]:
        """Return the values whose keys are this key with one of some endings: `speed_unit`."""
        keys = [self.key + ending for ending in endings]
        return [self.siblings[key] for key in keys if key in self.siblings]

    @property
    def is_coordinate(self) -> bool:
        """Whether a value is one of two that say where something is: `location[0]`."""
        pair = self.siblings.get(self.key)
        return (
            self.words[-1:] != ()
            and self.words[-1] in _POINTS
            and isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(each, float) and abs(each) <= 180 for each in pair)
        )

    @property
    def is_raw(self) -> bool:
        """Whether a number is raw, and one that can be read stands beside it.

        Miele's `value_raw: 4000` is in hundredths of the unit beside it.
        """
        near = islice(self.siblings, MOST_NEIGHBOURS)
        return "raw" in self.words and any(
            not _READABLE.isdisjoint(word.lower() for word in words_of(key))
            for key in near
        )

    def is_workout(self) -> bool:
        """Return whether the value is part of a workout, as Strava describes one.

        Its lengths are in metres, without saying so.
        """
        near = islice(self.siblings.values(), MOST_NEIGHBOURS)
        holders = [self.siblings, *(item for item in near if isinstance(item, dict))]
        return any("moving_time" in holder for holder in holders)


def _descriptions(node: Mapping[str, object]) -> list[tuple[str, ...]]:
    """Return the words of the names and kinds of an object that say more than JSON does."""
    return [
        words
        for key in (*_TITLES, *_KINDS, *_OTHER_KINDS)
        if isinstance(text := node.get(key), str) and len(text) <= _LONGEST_TITLE
        for words in (words_of(last_part(_decoded(key, text))),)
        if not all(word.lower() in _TYPES_OF_JSON for word in words)
        if key not in _OTHER_KINDS or _is_quantity(words)
    ]


def _is_quantity(words: tuple[str, ...]) -> bool:
    return words[-1].lower() in QUANTITIES


def is_wrapper(key: str) -> bool:
    """Return whether a key only wraps an answer, and names nothing."""
    return key.lower().strip("_") in _WRAPPERS


def _words_above(segments: tuple[Segment, ...]) -> list[tuple[str, ...]]:
    keys = [segment for segment in reversed(segments) if isinstance(segment, str)]
    words = [words_of(key) for key in keys if not is_wrapper(key)]
    return [tuple(word.lower() for word in each) for each in words]


def _spelled_key(segment: Match) -> str:
    """Return the value that identifies an element, as words where it is a kind or has several."""
    text = _decoded(segment.key, str(segment.value)).rpartition("/")[2]
    part = last_part(text)
    is_kind = segment.key in _KINDS[:-1] and text.islower()
    is_kind = is_kind or segment.key in _OTHER_KINDS
    if part == text and not is_kind and _SEVERAL_WORDS.fullmatch(text) is None:
        return text
    return " ".join(spelled(word) for word in words_of(part))


def _decoded(key: str, text: str) -> str:
    """Return a text with the meaning of a code at its end: `SDS_P1` is `SDS_PM10`."""
    before, mark, code = text.rpartition("_")
    return before + mark + _CODES.get(key, {}).get(code, code)


def last_part(text: str) -> str:
    """Return what a dotted name says of its own: `BSH.Common.Status.DoorState` is DoorState.

    The names before it are those of its vendor and its group. All of any other text is returned.
    """
    if " " in text or text.count(".") < 2:
        return text
    parts = text.split(".")
    if text.islower():
        # `heating.circuits.0.sensors.temperature.supply`
        return " ".join(parts)
    if not all(part.isidentifier() for part in parts):
        return text
    groups = [index for index, part in enumerate(parts[:-1]) if part in _GROUPS]
    return " ".join(parts[groups[-1] + 1 if groups else -2 :])


def _title_of(node: object, depth: int = 0) -> str | None:
    """Return the name of an element. Calls itself for the objects that describe the element."""
    if not isinstance(node, dict):
        return None
    # The key of a name may include the kind of thing: `module_name`, `stationName`.
    others = [
        key
        for key in islice(node, MOST_NEIGHBOURS)
        if key.endswith(("_name", "Name"))
        and _OTHER_NAMES.isdisjoint(word.lower() for word in words_of(key))
    ]
    for key in (*_TITLES, *others):
        title = node.get(key)
        if isinstance(title, str) and title.strip() and title.count("/") < 2:
            return " ".join(title[:_LONGEST_TITLE].split())
    if depth == _DEEPEST_DESCRIPTION:
        return None
    inside = (node.get(key) for key in _DESCRIPTIONS)
    return next(
        (title for each in inside if (title := _title_of(each, depth + 1))), None
    )
