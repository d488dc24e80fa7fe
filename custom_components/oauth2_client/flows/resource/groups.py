"""Groups the values of an answer as the answer groups them, so that a form can show hundreds."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, tzinfo
from os.path import commonprefix
import re
from typing import Final, NamedTuple

from ...definitions.value import Value
from ...document.guessing import Guess, Leaf
from ...document.guessing.words import capitalized, spelled, words_of
from ...document.paths import Match, Segment
from ...document.paths.syntax import path_text
from ...document.times import as_day, as_moment

# As many sections as the translations of the form have, beside that of the top.
MAX_GROUPS: Final = 20
# Up to so many values are shown as one list, however they are nested.
_FEW: Final = 8
# A key with fewer values below it is no group: they stay in the group around it.
_FEWEST: Final = 3
# Between what a value is called and what it is now.
_BEFORE_SAMPLE: Final = " · "
# So many characters without a space fit in a form on a phone.
_LONGEST_LINE: Final = 36
# A zero-width space.
_MAY_BREAK: Final = "\u200b"


class Choice(NamedTuple):
    """A value that can be ticked: where it is, and what it becomes with what it is now.

    A query of RFC 9535 has no segments.
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

    The first `unnamed` of these are the same in all groups of an answer.
    """

    prefix: tuple[Segment, ...]
    choices: list[Choice]
    unnamed: int

    @property
    def name(self) -> str:
        """The keys and elements that lead to it, as words; empty at the top of the answer."""
        names = [*map(_words, self.prefix[self.unnamed :])]
        if names and isinstance(self.prefix[-1], Match):
            names[-1] = self._named_element(names[-1])
        return " › ".join(names)

    def _named_element(self, key: str) -> str:
        """Return an element's key after the words that its values are all called by: ids tell little."""
        labels = [choice.label.partition(_BEFORE_SAMPLE)[0] for choice in self.choices]
        shared = " ".join(commonprefix([label.split(" ") for label in labels]))
        if len(labels) < _FEWEST or not shared or key.lower() in shared.lower():
            return key
        return f"{shared}{_BEFORE_SAMPLE}{key}"


def _breakable(path: str) -> str:
    """Return a path so that it fits in a form: a longer one has invisible places to break a line.

    Of a longer part, only the beginning is shown. The frontend breaks lines at spaces only.
    """
    if len(path) <= _LONGEST_LINE:
        return path
    parts = re.split(r"(?<=[.\]])|(?=\[)", path)
    return _MAY_BREAK.join(_cut(part) for part in parts)


def _cut(part: str) -> str:
    return part if len(part) <= _LONGEST_LINE else f"{part[:_LONGEST_LINE]}…"


class Labels(NamedTuple):
    """Says what values become, and what they are now: `Temperature · 21.2 °C`.

    `words` are those of the home's language, `zone` is that of its points in time.
    """

    words: Mapping[str, str]
    zone: tzinfo = UTC

    def of(self, leaf: Leaf, what: Guess | Value) -> str:
        """Return the label of a value."""
        name = " ".join(map(_cut, what.name.split(" ")))
        if leaf.value is None:
            return f"{name}{_BEFORE_SAMPLE}{self.words['nothing']}"
        sample = " ".join(map(_cut, self._sample(leaf, what).split(" ")))
        return f"{name}{_BEFORE_SAMPLE}{sample} {what.unit or ''}".strip()

    def _sample(self, leaf: Leaf, what: Guess | Value) -> str:
        if isinstance(leaf.value, bool):
            return self.words["yes" if leaf.value else "no"]
        if isinstance(leaf.value, list):
            count = len(leaf.value)
            return self.words["item" if count == 1 else "items"].format(count=count)
        zone = self.zone
        if what.device_class == "date" and (day := as_day(leaf.value, zone=zone)):
            return day.isoformat()
        if what.device_class == "timestamp" and (
            moment := as_moment(leaf.value, zone=zone)
        ):
            # At the ends of what a calendar has, 0001-01-01 and 9999-12-31, the home may have no time.
            with suppress(OverflowError):
                local = moment.astimezone(zone)
                return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
        return leaf.sample


def with_picked(
    offered: Iterable[Choice], picked: Iterable[Choice]
) -> tuple[Choice, ...]:
    """Return what is offered, with what was picked before in its place, or after it."""
    left = {choice.segments or choice.path: choice for choice in picked}
    replaced = [left.pop(choice.segments, choice) for choice in offered]
    return (*replaced, *left.values())


def grouped(choices: Iterable[Choice]) -> list[Group]:
    """Return choices in groups: the largest are divided, as long as there is room for the parts."""
    listed = [*choices]
    prefix = _shared(listed, ())
    groups = [Group(prefix, listed, unnamed=len(prefix))]
    while (division := _next_division(groups)) is not None:
        at, parts = division
        groups[at : at + 1] = parts
    return groups


def _next_division(groups: Sequence[Group]) -> tuple[int, list[Group]] | None:
    """Return the index and the parts of the largest group that can be divided."""
    sizes = {at: len(group.choices) for at, group in enumerate(groups)}
    for at in sorted(sizes, key=lambda at: -sizes[at]):
        if sizes[at] <= _FEW:
            break
        group = groups[at]
        parts = _parts(group)
        while len(parts) == 1 and len(parts[0].prefix) > len(group.prefix):
            # All of the answer is in one list: the path of the list ends where those of its elements go on.
            [group] = parts
            parts = _parts(group)
        if 1 < len(parts) <= MAX_GROUPS + 1 - len(groups):
            return at, parts
    return None


def _parts(group: Group) -> list[Group]:
    """Return what is directly in a group, then a group for each key or element below it."""
    depth = len(group.prefix)
    below: dict[Segment, list[Choice]] = {}
    for choice in group.choices:
        if len(choice.segments) > depth + 1:
            below.setdefault(choice.segments[depth], []).append(choice)
    apart = {key for key, choices in below.items() if len(choices) >= _FEWEST}
    here: list[Choice] = []
    parts: dict[Segment, list[Choice]] = {}
    for choice in group.choices:
        # The path of a list ends where the paths of its elements go on.
        key = choice.segments[depth] if len(choice.segments) > depth else None
        if key is not None and key in apart:
            parts.setdefault(key, []).append(choice)
        else:
            here.append(choice)
    groups = [
        Group(_shared(choices, (*group.prefix, key)), choices, group.unnamed)
        for key, choices in parts.items()
    ]
    return [group._replace(choices=here), *groups] if here else groups


def _shared(
    choices: Iterable[Choice], known: tuple[Segment, ...]
) -> tuple[Segment, ...]:
    """Return the segments that choices begin with, less the last of each; `known` are some."""
    depth = len(known)
    # The path of a list ends where the paths of its elements go on.
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


def _words(segment: Segment) -> str:
    if isinstance(segment, Match):
        return str(segment.value)
    if isinstance(segment, int):
        return str(segment + 1 if segment >= 0 else segment)
    return capitalized(tuple(spelled(word) for word in words_of(segment))) or segment
