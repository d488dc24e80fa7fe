"""What a value is called: the words of its key, and those above it where they are needed."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ..numbering import numbered_names
from ..paths import Match, Segment
from .currencies import currency_word
from .place import VALUE_WORDS, Place, is_wrapper
from .units import UNIT_WORDS
from .vocabulary import QUALIFIERS, QUANTITIES
from .words import capitalized, spelled, words_of

# Keys that need the one above: `owner.id`, `wind.speed`, `cost.amount`.
_DEPENDENT: Final = QUALIFIERS | frozenset(
    {"id", "name", "title", "description", "type", "state", "status", "code", "version"}
    | {
        "amount",
        "count",
        "number",
        "percent",
        "all",
        "price",
        "goal",
        "distance",
        "unit",
    }
    | {"speed", "gust", "strength", "angle", "deg", "degree", "direction", "url"}
    | {"start", "end", "from", "to", "date", "time", "email"}
)
# Said of yes and no: `is_playing` is called Playing.
_ASKING: Final = frozenset({"is", "has"})
# The plural of a unit that is written out has at least so many letters.
_WRITTEN_OUT: Final = 4
# A name with more of what is above it is too long to read; a number tells them apart then.
_MOST_ABOVE: Final = 4
_DEGREES: Final = frozenset({"deg", "degree", "degrees"})


class Name(NamedTuple):
    """A name, and what to put before it while another value has the same."""

    words: tuple[str, ...]
    more: tuple[tuple[str, ...], ...]
    unit: str | None = None

    @property
    def text(self) -> str:
        """The name as it is shown."""
        return capitalized(self.words)

    def longer(self) -> Name:
        """Return the name with the next of what is above it, the same where there is no more."""
        if not self.more:
            return self
        words = (*self.more[0], *self.words)
        return Name(words=words, more=self.more[1:], unit=self.unit)

    def with_unit(self) -> Name:
        """Return the name with the unit that it has left out."""
        words = self.words if self.unit is None else (*self.words, self.unit)
        return Name(words=words, more=self.more)


def name_of(place: Place, *, unit: str | None, is_flag: bool, is_list: bool) -> Name:
    """Return the name of a value, which leaves out the unit that it has."""
    words = list(words_of(place.key))
    if unit is not None:
        words = _without_unit(words, unit, place)
    is_question = is_flag and len(words) > 1 and words[0].lower() in _ASKING
    if is_question:
        del words[0]
    labels = _labels(place)
    own = _own(words, place, labels, needs_no_more=is_question)
    if is_list and own[-1:] != ("count",):
        own = (*own, "count")
    if place.position is not None:
        own = (*(own or ("value",)), _ordinal(place.position))
    name, more = _with_element(own, labels)
    return Name(words=name or ("value",), more=more, unit=unit)


def distinct(names: Iterable[Name]) -> list[str]:
    """Return the names as texts of which no two are the same."""
    longest = list(names)
    units: dict[object, list[str | None]] = {}
    for name in longest:
        units.setdefault((name.text, name.more), []).append(name.unit)
    # `temp_c` and `temp_f`: the same in two units.
    longest = [
        name.with_unit() if 1 < len(found) == len(set(found)) else name
        for name in longest
        for found in (units[name.text, name.more],)
    ]
    for _ in range(_MOST_ABOVE):
        twice = _twice(name.text for name in longest)
        if not twice:
            break
        longest = [
            name.longer() if name.text.lower() in twice else name for name in longest
        ]
    return _numbered([name.text for name in longest])


def _numbered(texts: Iterable[str]) -> list[str]:
    """Return texts, with a number where another one differs in case alone or not at all."""
    taken: set[str] = set()
    # One iterator for each text goes on where it stopped, however often the text is there.
    candidates: dict[str, Iterator[str]] = {}
    numbered: list[str] = []
    for text in texts:
        names = candidates.setdefault(text, numbered_names(text, " "))
        numbered.append(next(name for name in names if name.lower() not in taken))
        taken.add(numbered[-1].lower())
    return numbered


def _twice(texts: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for text in texts:
        (twice if text.lower() in seen else seen).add(text.lower())
    return twice


def _without_unit(words: list[str], unit: str, place: Place) -> list[str]:
    """Return words without the last one that is the unit, `in` before it included."""
    lower = [word.lower() for word in words]
    if unit == "°" and lower[-1:] and lower[-1] in _DEGREES:
        return [*words[:-1], "direction"]
    places = [
        index
        for index, word in enumerate(lower)
        if unit in UNIT_WORDS.get(word, ()) or currency_word(word) == unit
    ]
    if not places:
        return words
    if len(words) == 1:
        # `temperature.celsius` is called after the temperature; `kilojoules` has no other name.
        is_named = currency_word(lower[0]) or any(
            word in QUANTITIES for word in place.near
        )
        return [] if is_named else words
    at = places[-1]
    start = at - 1 if at and lower[at - 1] == "in" else at
    rest = words[:start] + words[at + 1 :]
    # `average_watts`, where the unit is part of what is said, as opposed to `average_kw`.
    if len(lower[at]) >= _WRITTEN_OUT and lower[at].endswith("s") and start == at:
        if rest and not any(word.lower() in QUANTITIES for word in rest):
            return words
    return rest


def _own(
    words: list[str],
    place: Place,
    labels: list[tuple[Segment, tuple[str, ...]]],
    *,
    needs_no_more: bool,
) -> tuple[str, ...]:
    """Return the words that name a value, and take the label that they need out of `labels`.

    None where an element names it that is picked by a key.
    """
    says_nothing = all(word.lower() in VALUE_WORDS for word in words)
    own = () if says_nothing else tuple(spelled(word) for word in words)
    if says_nothing and place.is_value and place.kind and not _is_element(place):
        return tuple(spelled(word) for word in place.kind)
    above = None if needs_no_more or not _depends(words) else _nearest(labels)
    if above is not None:
        own = (*labels[above][1], *own)
        del labels[: above + 1]
    if own or _is_element(place):
        return own
    return tuple(spelled(word) for word in words)


def _depends(words: list[str]) -> bool:
    """Tell whether the words need one above: all say little, and none of them what is measured."""
    little = _DEPENDENT | VALUE_WORDS
    return all(word.lower() in little or word.isdecimal() for word in words)


def _is_element(place: Place) -> bool:
    return bool(place.segments) and isinstance(place.segments[-1], Match)


def _labels(place: Place) -> list[tuple[Segment, tuple[str, ...]]]:
    """Return what is above a value, the nearest first, each in the words for it.

    A position is told together with the list that it is in: `devices[0]` is Devices 1.
    """
    labels: list[tuple[Segment, tuple[str, ...]]] = []
    positions: tuple[str, ...] = ()
    for depth, segment in reversed([*enumerate(place.segments)]):
        if isinstance(segment, int):
            positions = (_ordinal(segment), *positions)
            continue
        if isinstance(segment, str):
            words = tuple(spelled(word) for word in words_of(segment))
        else:
            words = (place.elements[depth],)
        labels.append((0 if positions else segment, (*words, *positions)))
        positions = ()
    if positions:
        labels.append((0, positions))
    return labels


def _nearest(labels: list[tuple[Segment, tuple[str, ...]]]) -> int | None:
    """Return which label names what depends on it: the next key, none beyond an element."""
    for index, (segment, words) in enumerate(labels):
        if not isinstance(segment, str):
            return None
        if not is_wrapper(segment) and words:
            return index
    return None


def _with_element(
    own: tuple[str, ...], labels: list[tuple[Segment, tuple[str, ...]]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return a name that begins with the nearest element that is picked by a key, and the rest."""
    for index, (segment, words) in enumerate(labels):
        if isinstance(segment, Match):
            rest = (*labels[:index], *labels[index + 1 :])
            return (*words, *own), tuple(label for _, label in rest)
    return own, tuple(label for _, label in labels)


def _ordinal(position: int) -> str:
    if position == -1:
        return "last"
    return str(position + 1 if position >= 0 else position)
