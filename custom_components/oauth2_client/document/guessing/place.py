"""The place of a value in its document: its key, the keys above it and the values beside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
import re
from typing import Final, Literal, Self

from .. import as_number
from ..paths import Match, Segment, find
from ..quantities import Written, as_written
from .leaves import Leaf
from .tables.keys import (
    CODES,
    DESCRIPTIONS,
    GROUPS,
    KINDS,
    OTHER_KINDS,
    OTHER_NAMES,
    TITLES,
    TYPES_OF_JSON,
    VALUE_WORDS,
    WRAPPERS,
)
from .tables.languages import in_english
from .tables.vocabulary import QUANTITIES, words_in
from .words import spelled, words_of

_MAX_DESCRIPTION_LEVELS: Final = 2
# Of so many objects that contain a value, the nearest, the currency is its own.
_MAX_LEVELS: Final = 6
# Last words of the key of an object with the properties of a thing: `battery_info.level`.
_OF_PROPERTIES: Final = words_in("info state stats status")
_MAX_TITLE_CHARACTERS: Final = 40
_DESCRIBING: Final = (*TITLES, *KINDS, *OTHER_KINDS)
_DESCRIBING_RECORDS: Final = ("n", "k", *_DESCRIBING)
_OF_UNITS: Final = ("code", *OTHER_KINDS)
_SEVERAL_WORDS: Final = re.compile(
    r"[a-z]+(?:[_-][a-z]+)+|[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:[A-Z][a-z]+)+"
)
# A system of units; `unclear` where °F is as likely as °C.
type System = Literal["imperial", "metric", "standard", "unclear"]

# Keys of name, kind and unit in records of SenML (RFC 8428) and similar ones.
_SENML: Final = ("n", "k", "u")
_POINTS: Final = words_in(
    "center centre centroid geo geopoint geopoints gps loc location point position"
)
_READABLE: Final = frozenset({"converted", "formatted", "localized", "scaled"})
# How many values beside another one are looked at. The bound keeps the time for a large object linear.
MOST_NEIGHBOURS: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a value is, and what stands around it.

    `key` is its own key, or that of the list that it is an element of, and `position` its position
    in that list. `words` are the words of the key, `above` those of each key above it, the nearest
    first, and `segments` the path to it without the key. `siblings` is the object that has the
    key, `parent` the object above that one. `elements` has the names of elements that the path
    finds by a member, by their index in `segments`, and an empty text where an id is all; `titled`
    are those that have a member for their name. `system` is that of the answer's units. `written` is
    the number that a text is, where it is not written as JSON does. `around` are the objects that
    contain it, the nearest first, and `peers` the elements of the list that the nearest one is in.
    """

    key: str
    words: tuple[str, ...]
    above: tuple[tuple[str, ...], ...]
    segments: tuple[Segment, ...]
    position: int | None
    siblings: Mapping[str, object] = field(repr=False)
    parent: Mapping[str, object] = field(repr=False)
    around: tuple[Mapping[str, object], ...] = field(repr=False)
    peers: Sequence[object] = field(repr=False)
    elements: Mapping[int, str] = field(repr=False)
    titled: frozenset[int]
    system: System | None = None
    written: Written | None = None

    @classmethod
    def of(cls, leaf: Leaf, document: object, system: System | None = None) -> Self:
        """Return the place of a leaf in its document."""
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
        peers: Sequence[object] = ()
        node = document
        for depth, segment in enumerate((*above, None)):
            if isinstance(node, dict):
                objects.append(node)
            # The id of the only element of a list says nothing about it.
            is_only = isinstance(node, list) and len(node) == 1
            peers = node if isinstance(node, list) else peers
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
            words=_meanings(words_of(key)),
            above=tuple(_words_above(above)),
            segments=above,
            position=last if end < len(segments) and isinstance(last, int) else None,
            siblings=objects[-1] if isinstance(node, dict) else {},
            parent=objects[-2] if len(objects) > 1 else {},
            peers=peers if above and not isinstance(above[-1], str) else (),
            around=tuple(objects[: -_MAX_LEVELS - 1 : -1]),
            elements=elements,
            titled=frozenset(titled),
            system=system,
            written=_written(leaf.value),
        )

    @property
    def is_value(self) -> bool:
        """Whether the key names nothing, such as `value`."""
        return self.is_of_senml or all(word in VALUE_WORDS for word in self.words)

    @property
    def is_of_senml(self) -> bool:
        """Whether this is the value of a record of SenML, with keys of one letter (RFC 8428, 4.2)."""
        beside = (self.siblings.get(key) for key in _SENML)
        return self.key == "v" and any(isinstance(text, str) for text in beside)

    @property
    def kind(self) -> tuple[str, ...]:
        """The words for the value in the object that contains it: `{"type": …, "value": …}`."""
        found = _descriptions(self.siblings)
        return next(filter(_is_quantity, found), found[0] if found else ())

    @property
    def kind_above(self) -> tuple[str, ...]:
        """The words for a quantity in the object above: `{"code": "no2", "amount": {"value": …}}`."""
        found = [*_descriptions(self.parent), *_concept(self.parent)]
        return next(filter(_is_quantity, found), ())

    @property
    def near(self) -> tuple[str, ...]:
        """The words of the nearest key above."""
        return self.above[0] if self.above else ()

    @property
    def meaning(self) -> tuple[str, ...]:
        """The words that may say what the value is, the most specific ones last."""
        near = [word for words in reversed(self.above[:2]) for word in words]
        if len(self.near) > 1 and near[-1] in _OF_PROPERTIES and not self.is_value:
            del near[-1]
        return (*near, *self.own_meaning)

    @property
    def own_meaning(self) -> tuple[str, ...]:
        """The words of `meaning` without the keys above: those of the kind, and of the key."""
        is_of_a_kind = self.is_value or "amount" in self.words
        kind = self.kind or self.kind_above if is_of_a_kind else ()
        return (*_meanings(kind), *self.words)

    def beside(self, *endings: str) -> list[object]:
        """Return the values beside this one whose keys are this key with an ending: `speed_unit`."""
        keys = [self.key + ending for ending in endings]
        return [self.siblings[key] for key in keys if key in self.siblings]

    @property
    def is_coordinate(self) -> bool:
        """Whether the value is a latitude or longitude in a list of two: `location[0]`."""
        pair = self.siblings.get(self.key)
        return (
            self.words[-1:] != ()
            and self.words[-1] in _POINTS
            and isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(each, float) and abs(each) <= 180 for each in pair)
        )

    @property
    def is_altitude(self) -> bool:
        """Whether the value is the third of GeoJSON's coordinates, in metres (RFC 7946, 3.1.1)."""
        found = self.siblings.get(self.key)
        is_third = self.position in (2, -1) and self.words[-1:] == ("coordinates",)
        return is_third and isinstance(found, list) and len(found) == 3

    @property
    def is_raw(self) -> bool:
        """Whether the number is raw, and a converted one stands beside it.

        Miele's `value_raw: 4000` is in hundredths of the unit beside it.
        """
        near = islice(self.siblings, MOST_NEIGHBOURS)
        return "raw" in self.words and any(
            not _READABLE.isdisjoint(word.lower() for word in words_of(key))
            for key in near
        )

    def is_workout(self) -> bool:
        """Return whether the value is part of a workout, as Strava describes one.

        The distances of a workout are in metres, although no unit says so.
        """
        near = islice(self.siblings.values(), MOST_NEIGHBOURS)
        holders = [self.siblings, *(item for item in near if isinstance(item, dict))]
        return any("moving_time" in holder for holder in holders)


def _written(value: object) -> Written | None:
    if not isinstance(value, str) or as_number(value) is not None:
        return None
    return as_written(value)


def _descriptions(node: Mapping[str, object]) -> list[tuple[str, ...]]:
    """Return the words of an object's names and kinds, without the names of JSON's types."""
    keys = _DESCRIBING_RECORDS if "v" in node else _DESCRIBING
    # Beside a unit, a code is that of the unit: FHIR's `{"unit": "C", "code": "Cel"}`.
    doubtful = _OF_UNITS if "unit" in node else OTHER_KINDS
    return [
        words
        for key in keys
        if isinstance(text := node.get(key), str) and len(text) <= _MAX_TITLE_CHARACTERS
        for words in (words_of(last_part(_decoded(key, text))),)
        if not all(word.lower() in TYPES_OF_JSON for word in words)
        if key not in doubtful or _is_quantity(words)
    ]


def _concept(node: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Yield the words for what an observation of FHIR measures: `{"code": {"text": "Heart rate"}}`."""
    code = node.get("code")
    if not isinstance(code, dict):
        return
    codings = code.get("coding")
    first = codings[0] if isinstance(codings, list) and codings else None
    display = first.get("display") if isinstance(first, dict) else None
    for text in (code.get("text"), display):
        if isinstance(text, str) and len(text) <= _MAX_TITLE_CHARACTERS:
            # The names of LOINC go on: `Glucose [Moles/volume] in Blood`.
            yield words_of(text.partition(" [")[0])


def _meanings(words: Iterable[str]) -> tuple[str, ...]:
    """Return words as the tables have them: in lower case, translated to English where they are known."""
    return tuple(in_english(word.lower()) for word in words)


def _is_quantity(words: tuple[str, ...]) -> bool:
    last = _meanings(words[-2:])
    return last[-1] in QUANTITIES or " ".join(last) in QUANTITIES


def is_wrapper(key: str) -> bool:
    """Return whether a key only wraps a part of an answer, and names nothing."""
    return key.lower().strip("_") in WRAPPERS


def _words_above(segments: tuple[Segment, ...]) -> list[tuple[str, ...]]:
    keys = [segment for segment in reversed(segments) if isinstance(segment, str)]
    words = [words_of(key) for key in keys if not is_wrapper(key)]
    return [_meanings(each) for each in words]


def _spelled_key(segment: Match) -> str:
    """Return the value that identifies an element, split into words if it is a kind or several words."""
    text = _decoded(segment.key, str(segment.value)).rpartition("/")[2]
    part = last_part(text)
    is_kind = segment.key in KINDS[:-1] and text.islower()
    is_kind = is_kind or segment.key in OTHER_KINDS
    if part == text and not is_kind and _SEVERAL_WORDS.fullmatch(text) is None:
        return text
    return " ".join(spelled(word) for word in words_of(part))


def _decoded(key: str, text: str) -> str:
    """Return a text with the code at its end replaced by its meaning: `SDS_P1` by `SDS_PM10`."""
    before, mark, code = text.rpartition("_")
    return before + mark + CODES.get(key, {}).get(code, code)


def last_part(text: str) -> str:
    """Return the specific part of a dotted name: DoorState of `BSH.Common.Status.DoorState`.

    The parts before it name a vendor and a group. Any other text is returned as it is.
    """
    if " " in text or text.count(".") < 2:
        return text
    parts = text.split(".")
    if text.islower():
        # `heating.circuits.0.sensors.temperature.supply`
        return " ".join(parts)
    if not all(part.isidentifier() for part in parts):
        return text
    groups = [index for index, part in enumerate(parts[:-1]) if part in GROUPS]
    return " ".join(parts[groups[-1] + 1 if groups else -2 :])


def _title_of(node: object, depth: int = 0) -> str | None:
    """Return the name of an element, also from the objects in it that describe it."""
    if not isinstance(node, dict):
        return None
    # The key of a name may include the kind of thing: `module_name`, `stationName`.
    others = [
        key
        for key in islice(node, MOST_NEIGHBOURS)
        if key.endswith(("_name", "Name"))
        and OTHER_NAMES.isdisjoint(word.lower() for word in words_of(key))
    ]
    for key in (*TITLES, *others):
        title = node.get(key)
        if isinstance(title, str) and title.strip() and title.count("/") < 2:
            return " ".join(title[:_MAX_TITLE_CHARACTERS].split())
    if depth == _MAX_DESCRIPTION_LEVELS:
        return None
    inside = (node.get(key) for key in DESCRIPTIONS)
    return next(
        (title for each in inside if (title := _title_of(each, depth + 1))), None
    )
