"""Names values by the words of their keys, and of the keys above where those are needed."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from ..numbering import numbered
from ..paths import Match, Segment
from ..units import UNIT_WORDS
from .phrases import length_of_unit, may_be_in
from .place import Place, is_wrapper, last_part
from .tables.currencies import currency_word
from .tables.keys import VALUE_WORDS
from .tables.vocabulary import MONEY, QUALIFIERS, QUANTITIES, words_in
from .words import (
    capitalized,
    is_a_number,
    joined,
    shortened,
    spelled,
    spelled_words,
    words_of,
)

# Words that need the key above to be understood: `owner.id`, `wind.speed`, `cost.amount`.
_DEPENDENT: Final = QUALIFIERS | words_in(
    """
    id name title description type state status code version amount count number percent all price
    goal distance unit speed gust strength angle deg degree direction url start end from to date time
    email display timestamp at changed created modified updated health limit mode usage
    """
)
# Words of flags that need the key above as well, also behind a question: `device.is_active`.
_ADJECTIVES: Final = words_in("active available enabled low supported valid")
# Last words of keys for which of several things an element is.
_PLACES: Final = words_in("activity area channel door kind phase side type wheel zone")
# Words for units that also name what is measured: a workout has kilojoules.
_NAMING_UNITS: Final = frozenset({"joules", "kilojoule", "kilojoules"})
# Words of keys whose parts stand below them: `power.grid`, `temperature.kitchen`, `led.power`.
_WHOLES: Final = words_in(
    "battery consumption energy humidity led leds power pressure production temperature voltage"
)
# A shorter word needs the key above, unless it names a quantity or is an acronym: `iaqi.t`.
_MIN_NAME_LETTERS: Final = 3
# A word for a unit with at least so many letters is a plural, not a sign.
_MIN_PLURAL_LETTERS: Final = 4
# Equal names get at most so many keys from above, then a number, as they would become too long.
_MAX_KEYS_ADDED: Final = 4
_DEGREES: Final = frozenset({"deg", "degree", "degrees"})


class Name(NamedTuple):
    """A name, the words to put in front while another value has the same name, and the unit.

    `element` is the name of the element that contains the value. It always comes first.
    """

    words: tuple[str, ...]
    more: tuple[tuple[str, ...], ...]
    unit: str | None = None
    element: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The name as it is shown."""
        return capitalized(joined(self.element, self.words))

    def longer(self) -> Name:
        """Return the name with the next words from above, or the same name if none are left."""
        if not self.more:
            return self
        above, *more = self.more
        if not self.words and self.element:
            return self._replace(element=joined(above, self.element), more=tuple(more))
        return self._replace(words=joined(above, self.words), more=tuple(more))

    def with_unit(self) -> Name:
        """Return the name with its unit, which names leave out otherwise."""
        words = self.words if self.unit is None else (*self.words, self.unit)
        return self._replace(words=words, unit=None)


def name_of(place: Place, *, unit: str | None, asking: str, is_list: bool) -> Name:
    """Return the name of a value, without the unit, which is shown beside it.

    `asking` are the words at the beginning of a flag that its name leaves out: `is_playing` is Playing.
    """
    words = list(words_of(place.key))
    if place.words == ("long",) and "lat" in place.siblings:
        words = ["longitude"]
    if unit is not None:
        words = _without_unit(words, unit, place)
    is_question = len(words) > 1 and words[0].lower() in asking.split()
    if is_question:
        del words[0]
    labels = _labels(place)
    named = _name_words(
        words, place, labels, is_question=is_question, is_flag=asking != ""
    )
    if is_list and named[-1:] != ("count",):
        named = (*named, "count")
    if place.position is not None:
        named = (*(named or ("value",)), _ordinal(place.position))
    element = _taken_element(labels)
    if not named and element and all(map(is_a_number, element)):
        # `$[?@.product_id == 2].value` is called Value 2, not 2.
        named = ("value",)
    if not named and not element:
        # A value whose only word is `usd` is named by its currency.
        named = tuple(filter(None, map(currency_word, place.words))) or ("value",)
    more = tuple(label for _, label in labels)
    return Name(words=named, more=more, unit=unit, element=element)


def distinct(names: Iterable[Name]) -> list[str]:
    """Return the names as texts, no two of which are the same."""
    longest = list(names)
    units: dict[object, list[str | None]] = {}
    for name in longest:
        units.setdefault((name.text, name.more), []).append(name.unit)
    # Values of the same quantity in several units need their units: `temp_c` and `temp_f`.
    longest = [
        name.with_unit() if 1 < len(found) == len(set(found)) else name
        for name in longest
        for found in (units[name.text, name.more],)
    ]
    for _ in range(_MAX_KEYS_ADDED):
        twice = _twice(name.text for name in longest)
        if not twice:
            break
        longest = [
            name.longer() if name.text.lower() in twice else name for name in longest
        ]
    return numbered([name.text for name in longest])


def _twice(texts: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for text in texts:
        (twice if text.lower() in seen else seen).add(text.lower())
    return twice


def _without_unit(words: list[str], unit: str, place: Place) -> list[str]:
    """Return words without the last one that means the unit, and without `in` before it."""
    lower = [word.lower() for word in words]
    length = length_of_unit(tuple(lower), unit)
    if 0 < length < len(words):
        return words[:-length]
    if unit == "°" and lower[-1:] and lower[-1] in _DEGREES:
        is_coordinate = lower[-2:-1] and lower[-2].startswith(("lat", "lon", "lng"))
        return words[:-1] if is_coordinate else [*words[:-1], "direction"]
    places = [
        index
        for index, word in enumerate(lower)
        if unit in UNIT_WORDS.get(word, ()) or currency_word(word) == unit
    ]
    if not places:
        return words
    if len(words) == 1:
        # The key above names `temperature.celsius`; without one, `kilojoules` keeps its word.
        is_named = currency_word(lower[0]) or any(
            word in QUANTITIES for word in place.near
        )
        return [] if is_named else words
    at = places[-1]
    start = at - 1 if at and lower[at - 1] == "in" else at
    if at == 0 and len(lower[at]) >= _MIN_PLURAL_LETTERS:
        # `hours_of_rain`, `minutes_asleep`
        return words
    rest = words[:start] + words[at + 1 :]
    # In `average_watts`, only the unit says what is measured. A sign is left out: `average_kw`.
    is_plural = len(lower[at]) >= _MIN_PLURAL_LETTERS and lower[at].endswith("s")
    if is_plural and start == at:
        if rest and not any(may_be_in(unit, word.lower()) for word in rest):
            return words
    return rest


def _name_words(
    words: list[str],
    place: Place,
    labels: list[tuple[Segment, tuple[str, ...]]],
    *,
    is_question: bool,
    is_flag: bool,
) -> tuple[str, ...]:
    """Return the words that name a value.

    Words that need a key above get it from `labels`, which loses it and all that are nearer. There are
    no words if the name of the element is enough.
    """
    says_nothing = place.is_of_senml or VALUE_WORDS.issuperset(map(str.lower, words))
    spelt = spelled_words(words)
    named = () if says_nothing else spelt
    if says_nothing and place.is_value and place.kind and not _is_element(place):
        return _named_by_kind(place, labels)
    is_adjective = len(words) == 1 and words[0].lower() in _ADJECTIVES
    is_part = len(words) == 1 and _is_part(words[0], place, is_flag=is_flag)
    is_vague = is_adjective or is_part or (not is_question and _depends(words))
    above = _nearest(labels) if is_vague else None
    is_alone = above is None and labels and place.position is None
    if is_alone and not (is_question or _is_element(place)) and _says_nothing(words):
        # Only the list names the value: Measures 1.
        above = 0
        named = named or (spelt if all(map(is_a_number, labels[0][1])) else ())
    while above is not None:
        label = labels[above][1]
        named = joined(label, named)
        del labels[: above + 1]
        # `temperature.metric.value` is not called Metric.
        above = _nearest(labels) if _depends([*label]) else None
    if says_nothing and place.kind_above and not _has_element(labels):
        named = joined(spelled_words(place.kind_above), named)
    return named if named or _is_element(place) else spelt


def _is_part(word: str, place: Place, *, is_flag: bool) -> bool:
    """Return whether a word names a part of what the key above measures: `power.grid`."""
    near = place.near[-1:]
    if near == () or near[0] not in _WHOLES:
        return False
    return near[0].startswith("led") or not (is_flag or word.lower() in QUANTITIES)


def _has_element(labels: list[tuple[Segment, tuple[str, ...]]]) -> bool:
    return any(isinstance(segment, Match) for segment, _ in labels)


def _named_by_kind(
    place: Place, labels: list[tuple[Segment, tuple[str, ...]]]
) -> tuple[str, ...]:
    """Return the words for the kind of a value, behind the key above if they name a quantity."""
    kind = spelled_words(place.kind)
    is_quantity = place.kind[-1].lower() in QUANTITIES
    is_quantity = is_quantity or not MONEY.keys().isdisjoint(place.near[-1:])
    if is_quantity and labels and isinstance(labels[0][0], str):
        return joined(labels.pop(0)[1], kind)
    return kind


def _depends(words: list[str]) -> bool:
    """Return whether words need a key above, since none of them names the value by itself."""
    vague = _DEPENDENT | VALUE_WORDS
    if len(words) > 1 and words[0].lower() == "last":
        # `last_updated` and `last_seen` are names.
        return False
    return all(
        word in vague
        or is_a_number(word)
        or (len(word) > 1 and _is_plain_unit(word))
        or (len(words) == 1 and _is_a_letter(word))
        for word in (word.lower() for word in words)
    )


def _is_a_letter(word: str) -> bool:
    is_known = word in QUANTITIES or spelled(word) != word
    return len(word) < _MIN_NAME_LETTERS and word.isalpha() and not is_known


def _says_nothing(words: list[str]) -> bool:
    """Return whether all words only say that there is a value, or name a unit."""
    return all(
        word in VALUE_WORDS or word == "raw" or _is_plain_unit(word)
        for word in (word.lower() for word in words)
    )


def _is_plain_unit(word: str) -> bool:
    return word in UNIT_WORDS and word not in _NAMING_UNITS


def _is_element(place: Place) -> bool:
    """Return whether a value is a member of an element with a name."""
    if not place.segments or not isinstance(place.segments[-1], Match):
        return False
    return bool(place.elements[len(place.segments) - 1])


def _names_nothing(text: str, segment: Segment) -> bool:
    """Return whether an element is named by a code or a place: d2, EH123497, front left.

    The key of its list then says what it is: Doors front left.
    """
    if not isinstance(segment, Match):
        return False
    words = words_of(text)
    if words and words[-1].lower() in QUANTITIES:
        return False
    key = words_of(segment.key)[-1:]
    is_place = bool(key) and key[0].lower() in _PLACES
    return " " not in text and any(map(str.isdigit, text)) or is_place


def _labels(place: Place) -> list[tuple[Segment, tuple[str, ...]]]:
    """Return the segments above a value, the nearest first, each with the words for it.

    A list and a position in it are one label: `devices[0]` is Devices 1. So are an object and a number
    in it: `zones.0` is Zones 0. A key that only wraps others has no label.
    """
    labels: list[tuple[Segment, tuple[str, ...]]] = []
    numbers: tuple[str, ...] = ()
    numbered: Segment = 0
    for depth, segment in reversed([*enumerate(place.segments)]):
        if isinstance(segment, int):
            numbers = (_ordinal(segment), *numbers)
            continue
        text = place.elements[depth] if isinstance(segment, Match) else segment
        is_named = depth in place.titled or not isinstance(segment, Match)
        if is_a_number(text) or (not is_named and _names_nothing(text, segment)):
            numbers = (shortened(text), *numbers)
            numbered = segment if isinstance(segment, Match) else numbered
            continue
        is_key = isinstance(segment, str)
        words = spelled_words(words_of(last_part(text))) if is_key else (text,)
        if numbers:
            labels.append((numbered, (*words, *numbers)))
        elif text and not (is_key and is_wrapper(text)):
            labels.append((segment, words))
        numbers, numbered = (), 0
    if numbers:
        labels.append((numbered, numbers))
    return labels


def _nearest(labels: list[tuple[Segment, tuple[str, ...]]]) -> int | None:
    """Return the index of the nearest key that names something, below the nearest element of a list."""
    for index, (segment, words) in enumerate(labels):
        if not isinstance(segment, str):
            return None
        if not is_wrapper(segment) and words:
            return index
    return None


def _taken_element(labels: list[tuple[Segment, tuple[str, ...]]]) -> tuple[str, ...]:
    """Return the words of the nearest element that is found by a member; `labels` loses it."""
    for index, (segment, words) in enumerate(labels):
        if isinstance(segment, Match):
            del labels[index]
            return words
    return ()


def _ordinal(position: int) -> str:
    if position == -1:
        return "last"
    return str(position + 1 if position >= 0 else position)
