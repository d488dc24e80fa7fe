"""Groups the values of an answer by its structure, so that a form can show hundreds."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, tzinfo
from itertools import islice
from os.path import commonprefix
import re
from typing import Final, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.util.dt import get_default_time_zone

from ...definitions.readings import Elements
from ...definitions.samples import Sample
from ...definitions.value import Value
from ...document.guessing import Guess, Leaf
from ...document.guessing.words import capitalized, spelled, words_of
from ...document.paths import MISSING, Match, Segment
from ...document.paths.syntax import path_text
from ...document.times import as_day, as_moment
from ...errors import as_code, as_markdown
from ..words import async_words

# The translations of the form have as many sections, and one for the top of the answer.
MAX_GROUPS: Final = 20
# Up to so many values are shown as one list, however they are nested.
_MAX_UNDIVIDED: Final = 8
# A key with fewer values below it is not made a group: they stay in the group around it.
_MIN_GROUP_SIZE: Final = 3
# Between the name of a value and its sample.
_BEFORE_SAMPLE: Final = " · "
# So many characters without a space fit in a form on a phone.
_MAX_LINE_CHARACTERS: Final = 36
# Of the other values that a template may use, so many are named.
_MAX_OTHERS: Final = 10
_ZERO_WIDTH_SPACE: Final = "\u200b"


class Choice(NamedTuple):
    """A value that can be ticked: its path, and a label that says what it becomes and what it is now.

    `segments` is empty where the path is a query of RFC 9535, which has no single place.
    """

    path: str
    segments: tuple[Segment, ...]
    label: str

    def label_below(self, prefix: Sequence[Segment]) -> str:
        """Return the label, followed by the path below `prefix`."""
        path = self.path
        if self.segments:
            path = path_text(self.segments[len(prefix) :])
            path = path.removeprefix("$").removeprefix(".")
        return f"{self.label} — {_breakable(path)}" if path else self.label


class Group(NamedTuple):
    """Choices with the segments that all their paths begin with.

    The first `unnamed` of these are the same in all groups of an answer, and not in their names.
    """

    prefix: tuple[Segment, ...]
    choices: list[Choice]
    unnamed: int

    @property
    def name(self) -> str:
        """The keys and elements that lead to the group, as words; empty at the top of the answer."""
        names = [*map(_segment_name, self.prefix[self.unnamed :])]
        if names and isinstance(self.prefix[-1], Match):
            names[-1] = self._element_name(names[-1])
        return " › ".join(names)

    def _element_name(self, key: str) -> str:
        """Return an element's key, after the words with which all of its values begin: an id says little."""
        labels = [choice.label.partition(_BEFORE_SAMPLE)[0] for choice in self.choices]
        shared = " ".join(commonprefix([label.split(" ") for label in labels]))
        if len(labels) < _MIN_GROUP_SIZE or not shared or key.lower() in shared.lower():
            return key
        return f"{shared}{_BEFORE_SAMPLE}{key}"


def _breakable(path: str) -> str:
    """Return a path with invisible spaces between its parts where it is too long for one line.

    The frontend breaks lines only at spaces. A part that is too long itself is cut.
    """
    if len(path) <= _MAX_LINE_CHARACTERS:
        return path
    parts = re.split(r"(?<=[.\]])|(?=\[)", path)
    return _ZERO_WIDTH_SPACE.join(_cut(part) for part in parts)


def _cut(text: str) -> str:
    is_short = len(text) <= _MAX_LINE_CHARACTERS
    return text if is_short else f"{text[:_MAX_LINE_CHARACTERS]}…"


class Labels(NamedTuple):
    """Makes labels of values: the name of the entity, and its state now: `Temperature · 21.2 °C`.

    `words` are the translated ones, `zone` is the time zone in which times are shown.
    """

    words: Mapping[str, str]
    zone: tzinfo = UTC

    def of(self, leaf: Leaf, entity: Guess | Value) -> str:
        """Return the label of a value that becomes this entity."""
        name = " ".join(map(_cut, entity.name.split(" ")))
        if leaf.value is None:
            return f"{name}{_BEFORE_SAMPLE}{self.words['nothing']}"
        sample = " ".join(map(_cut, self._sample(leaf, entity).split(" ")))
        return f"{name}{_BEFORE_SAMPLE}{sample} {entity.unit or ''}".strip()

    def of_sample(self, value: Value, sample: Sample | None) -> str:
        """Return the label of a value with what it shows now, its name alone where that is not known."""
        if sample is None or (sample.shown is MISSING and sample.fault is None):
            return value.name
        if sample.fault is not None:
            return f"{value.name}{_BEFORE_SAMPLE}{self.words['fails']}"
        return self.of(Leaf(segments=(), value=sample.shown), value)

    def now(self, value: Value | None, sample: Sample | None) -> str:
        """Return in Markdown what is in the answer for a value, and what its template makes of it."""
        if value is None or sample is None:
            return ""
        if sample.found is MISSING:
            return f" {self.words['now_missing']}"
        found = as_code(self._now(sample.found))
        if sample.fault is not None:
            fault = as_markdown(sample.fault)
            text = self.words["now_fails"].format(found=found, reason=fault)
        elif value.template is None or sample.shown is MISSING:
            text = self.words["now"].format(found=found)
        else:
            shown = as_code(self._now(sample.shown))
            text = self.words["now_made"].format(found=found, shown=shown)
        return f" {text}"

    def others(self, keys: Iterable[str]) -> str:
        """Return in Markdown how a template names other values, nothing where there is none."""
        # A name that a mapping has of its own hides a key.
        names = [
            as_code(f"values['{key}']" if hasattr(dict, key) else f"values.{key}")
            for key in islice(keys, _MAX_OTHERS)
        ]
        listed = ", ".join(names)
        return f" {self.words['others'].format(others=listed)}" if names else ""

    def _now(self, value: object) -> str:
        if isinstance(value, list | Elements):
            return self._count(len(value))
        return Leaf(segments=(), value=value).sample

    def _count(self, count: int) -> str:
        return self.words["item" if count == 1 else "items"].format(count=count)

    def not_listed(self, count: int, *, of: int) -> str:
        """Return what is said where only `count` values of an answer are listed, else nothing."""
        if of <= count:
            return ""
        return " " + self.words["not_listed"].format(count=count, all=of)

    def _sample(self, leaf: Leaf, entity: Guess | Value) -> str:
        if isinstance(leaf.value, bool):
            return self.words["yes" if leaf.value else "no"]
        if isinstance(leaf.value, list | Elements):
            return self._count(len(leaf.value))
        zone = self.zone
        if entity.device_class == "date" and (day := as_day(leaf.value, zone=zone)):
            return day.isoformat()
        if entity.device_class == "timestamp" and (
            moment := as_moment(leaf.value, zone=zone)
        ):
            # On 0001-01-01 and 9999-12-31, the time of the home may be out of the range of datetime.
            with suppress(OverflowError):
                local = moment.astimezone(zone)
                return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
        return leaf.sample_in(entity.unit)


async def async_labels(hass: HomeAssistant) -> Labels:
    """Return what makes labels of values in the language and the time zone of the home."""
    return Labels(await async_words(hass, "values"), get_default_time_zone())


def with_picked(
    offered: Iterable[Choice], picked: Iterable[Choice]
) -> tuple[Choice, ...]:
    """Return what is offered, with what was picked before in its place, or else at the end."""
    remaining = {choice.segments or choice.path: choice for choice in picked}
    replaced = [remaining.pop(choice.segments, choice) for choice in offered]
    return (*replaced, *remaining.values())


def grouped(choices: Iterable[Choice]) -> list[Group]:
    """Return choices in groups: the largest are divided for as long as the form has enough sections."""
    listed = [*choices]
    prefix = _shared_prefix(listed, ())
    groups = [Group(prefix, listed, unnamed=len(prefix))]
    while (division := _next_division(groups)) is not None:
        index, parts = division
        groups[index : index + 1] = parts
    return groups


def _next_division(groups: Sequence[Group]) -> tuple[int, list[Group]] | None:
    """Return the index and the parts of the largest group that can be divided."""
    sizes = {index: len(group.choices) for index, group in enumerate(groups)}
    for index in sorted(sizes, key=lambda index: -sizes[index]):
        if sizes[index] <= _MAX_UNDIVIDED:
            break
        group = groups[index]
        parts = _parts(group)
        while len(parts) == 1 and len(parts[0].prefix) > len(group.prefix):
            # All of the answer is in one list: the path of the list ends where those of its elements go on.
            [group] = parts
            parts = _parts(group)
        if 1 < len(parts) <= MAX_GROUPS + 1 - len(groups):
            return index, parts
    return None


def _parts(group: Group) -> list[Group]:
    """Return a group of what stays together, then a group for each key or element with many values."""
    depth = len(group.prefix)
    below: dict[Segment, list[Choice]] = {}
    for choice in group.choices:
        if len(choice.segments) > depth + 1:
            below.setdefault(choice.segments[depth], []).append(choice)
    large = {key for key, choices in below.items() if len(choices) >= _MIN_GROUP_SIZE}
    staying: list[Choice] = []
    parts: dict[Segment, list[Choice]] = {}
    for choice in group.choices:
        # The path of a list itself may be the group's prefix, without a key below it.
        key = choice.segments[depth] if len(choice.segments) > depth else None
        if key is not None and key in large:
            parts.setdefault(key, []).append(choice)
        else:
            staying.append(choice)
    groups = [
        Group(_shared_prefix(choices, (*group.prefix, key)), choices, group.unnamed)
        for key, choices in parts.items()
    ]
    return [group._replace(choices=staying), *groups] if staying else groups


def _shared_prefix(
    choices: Iterable[Choice], known: tuple[Segment, ...]
) -> tuple[Segment, ...]:
    """Return the segments that all paths begin with, without the last segment of any path.

    `known` are segments that all are known to begin with.
    """
    depth = len(known)
    # The path of a list itself may be shorter: it ends where those of its elements go on.
    beginnings = [
        choice.segments[depth:-1]
        for choice in choices
        if len(choice.segments) > depth or not depth
    ]
    shared = list(known)
    for segments in zip(*beginnings, strict=False):
        if len(set(segments)) > 1:
            break
        shared.append(segments[0])
    return tuple(shared)


def _segment_name(segment: Segment) -> str:
    if isinstance(segment, Match):
        return str(segment.value)
    if isinstance(segment, int):
        return str(segment + 1 if segment >= 0 else segment)
    return capitalized(tuple(spelled(word) for word in words_of(segment))) or segment
