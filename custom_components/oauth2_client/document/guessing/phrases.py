"""Finds what the words of a key and the units beside it say is measured."""

from itertools import islice
import re
from typing import Final, NamedTuple

from ..units import COMPOUND_UNITS, UNIT_WORDS, UNITS_OF, WEAK_UNIT_WORDS
from .place import MOST_NEIGHBOURS, Place
from .tables.keys import VALUE_WORDS
from .tables.vocabulary import (
    AFTER_UNITS,
    LONGEST_PHRASE,
    NAMES,
    NOT_MEASURED,
    NUMERALS,
    PERIODS,
    PREPOSITIONS,
    QUALIFIERS,
    QUANTITIES,
    Quantity,
)
from .words import is_a_moment

_LONGEST_COMPOUND: Final = 4

# The number of a phase, a sensor or a length of time, behind the quantity: l1, t2t3, 24h, 7d.
_NUMBERED: Final = re.compile(
    r"(?:l|p|t|ph|phase|ch|zone)[0-9](?:[ltn][0-9]?)?|[0-9]+(?:[dhmw]|min|minutes?|days?|hours?|weeks?)"
)
# Endings beside `min`, and words beside the scale of a temperature.
_MOST: Final = ("max", "Max", "MAX")
_OF_TEMPERATURES: Final = frozenset(
    {"actual", "current", "max", "min", "setpoint", "t", "target"}
)
# `per` and `per100`, as in kwhPer100Km.
_PER: Final = re.compile("per[0-9]*")
# A plural of a unit has at least so many letters; shorter words are signs.
_SHORTEST_PLURAL: Final = 4


class Phrase(NamedTuple):
    """The quantities that a key may name, and the units that it may name.

    `is_unit_plain`: its words mean a unit even in a key that names no quantity.
    """

    quantities: tuple[Quantity, ...]
    units: tuple[str, ...]
    is_unit_plain: bool


_NOTHING: Final = Phrase(quantities=(), units=(), is_unit_plain=False)


def phrase_of(place: Place) -> Phrase:
    """Return what the last words mean: `wind_speed_max_kmh` is wind speed, in km/h."""
    if place.words == ("long",) and "lat" in place.siblings:
        return _NOTHING._replace(quantities=QUANTITIES["lon"])
    if place.is_coordinate:
        return _NOTHING._replace(quantities=QUANTITIES["coordinates"])
    if place.is_altitude:
        return _NOTHING
    leading = _leading_units(place.words)
    words, units, is_plain = _without_units(place)
    if any(_PER.fullmatch(word) for word in words[-len(place.words) :]):
        # `price_per_kwh` is a price, not an energy.
        return _NOTHING
    if leading and not units:
        return Phrase(quantities=(), units=leading, is_unit_plain=True)
    head = _head(words, place)
    has_unit = bool(units) or (place.written is not None and place.written.unit != "")
    found = _quantities(head, has_unit=has_unit)
    if not found and units:
        found = _quantities(words, has_unit=True)
    return Phrase(quantities=found, units=units, is_unit_plain=is_plain)


def is_a_name(words: tuple[str, ...]) -> bool:
    """Return whether the last word is one such as id or version, whose numbers measure nothing."""
    naming = [word for word in words if word not in VALUE_WORDS]
    return bool(naming) and naming[-1].rstrip("0123456789") in NAMES


def _quantities(words: list[str], *, has_unit: bool) -> tuple[Quantity, ...]:
    """Return the quantities that words name at their end, before words that add nothing."""
    for end in range(len(words), 0, -1):
        if not NOT_MEASURED.isdisjoint((words[end - 1], " ".join(words[:end][-2:]))):
            return ()
        if found := _known(words[:end], has_unit=has_unit):
            return found
        if not _says_no_more(words[end - 1]):
            return ()
    return ()


def _without_units(place: Place) -> tuple[list[str], tuple[str, ...], bool]:
    """Return words without a unit at the end, the units, and whether they are plain.

    The key above has the unit of a mere value, unless a list is between: `meters` may be devices.
    """
    words = whole = [*place.meaning]
    is_below = bool(place.segments) and not isinstance(place.segments[-1], str)
    others = len(words) - len(place.own_meaning) if is_below else 0
    while len(words) > others:
        if period := _length_of_period(words):
            # `wh_last_seven_days` is not a number of days.
            whole = words = words[:-period]
            continue
        if compound := _length_of_compound(words):
            units = COMPOUND_UNITS[" ".join(words[-compound:])]
            # Words of a compound without a known unit stay, so that no quantity is found.
            return (_less_in(words[:-compound]) if units else words), units, bool(units)
        last, rest = words[-1], words[:-1]
        pair = UNIT_WORDS.get(words[-2] + last) if rest else None
        if pair is not None and " ".join(words[-2:]) not in QUANTITIES:
            # A unit in two words: km_h, ug_m3.
            return words[:-2], pair, True
        if last in UNIT_WORDS and not _known(words, has_unit=False):
            if not (_is_a_qualifier_too(last, rest) or _is_least(place)):
                is_plain = last not in WEAK_UNIT_WORDS or rest[-1:] == ["in"]
                is_plain = is_plain or _is_a_scale(place)
                units = UNIT_WORDS[last] if last != "mw" else _milli_or_mega(place)
                return _less_in(rest), units, is_plain
            whole = rest
        elif not _says_no_more(last) or _known(words, has_unit=False):
            break
        words = rest
    return whole, (), False


def _is_least(place: Place) -> bool:
    """Return whether `timeout_min` stands beside `timeout_max`, and is no number of minutes."""
    return place.key.lower().endswith("min") and any(
        place.key[:-3] + most in place.siblings for most in _MOST
    )


def _is_a_scale(place: Place) -> bool:
    """Return whether a key is that of a temperature by its scale alone: `tC`, `target_F`."""
    *others, _ = place.words or ("",)
    is_scale = place.key[-1:] in {"C", "F"} and len(others) == 1
    return is_scale and others[0] in _OF_TEMPERATURES


def _milli_or_mega(place: Place) -> tuple[str, ...]:
    """Return the unit of `power_mw`: mW beside mA or mV, MW where it is spelled so, else none."""
    near = islice(place.siblings, MOST_NEIGHBOURS)
    if any(key.lower().endswith(("_ma", "_mv")) for key in near):
        return ("mW",)
    return ("MW",) if "MW" in place.key else ()


def _less_in(words: list[str]) -> list[str]:
    """Return words without `in` at the end: distance_in_meters."""
    return words[:-1] if words[-1:] == ["in"] else words


def _is_a_qualifier_too(word: str, before: list[str]) -> bool:
    """Return whether a word for a unit means something else behind the words before it.

    `duration_min` is in minutes, `temp_min` is a minimum, and `humidity_in` is indoors.
    """
    found = _quantities(_less_in(before), has_unit=False)
    if not found or (word not in QUALIFIERS and word != "in"):
        return False
    allowed = {
        unit for each in found for unit in UNITS_OF.get(each.device_class or "", ())
    }
    return allowed.isdisjoint(UNIT_WORDS[word])


def _length_of_period(words: list[str]) -> int:
    """Return how many words at the end mean a period: last hour, last seven days, 30 days."""
    if words[-1] not in PERIODS or len(words) < 2:
        return 0
    is_counted = words[-2] in NUMERALS or words[-2].isdecimal()
    before = words[-3:-2] if is_counted else words[-2:-1]
    if before and before[0] in {"last", "past", "previous", "next", "every", "each"}:
        return 3 if is_counted else 2
    return 2 if is_counted and len(words) > 2 else 0


def _length_of_compound(words: list[str]) -> int:
    for length in range(min(_LONGEST_COMPOUND, len(words)), 1, -1):
        if " ".join(words[-length:]) in COMPOUND_UNITS:
            return length
    return 0


def length_of_unit(words: tuple[str, ...], unit: str) -> int:
    """Return how many words at the end are a compound unit, 0 for none: 4 of `in_mg_per_dl`."""
    length = _length_of_compound([*words])
    if not length or unit not in COMPOUND_UNITS[" ".join(words[-length:])]:
        return 0
    return length + (words[-length - 1 : -length] == ("in",))


def may_be_in(unit: str, word: str) -> bool:
    """Return whether a word names a quantity that may be in a unit: no temperature is in hours."""
    classes = [quantity.device_class for quantity in QUANTITIES.get(word, ())]
    return any(unit in UNITS_OF.get(each or "", (unit,)) for each in classes)


def _head(words: list[str], place: Place) -> list[str]:
    """Return the words before a preposition: `distance_to_empty_battery` is a distance."""
    first = len(place.meaning) - len(place.own_meaning)
    for index in range(first + 1, len(words)):
        if words[index] in PREPOSITIONS:
            return words[:index]
    return words


def _leading_units(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the units of a plural before certain other words: `minutes_asleep`, `miles_to_go`."""
    for word, following in zip(words, words[1:], strict=False):
        is_plural = len(word) >= _SHORTEST_PLURAL and word.endswith("s")
        is_plural = is_plural or word in {"percent", "percentage"}
        if word in UNIT_WORDS and is_plural and word not in WEAK_UNIT_WORDS:
            is_duration = word in {"minutes", "seconds"} and words[0] == word
            is_share = word.startswith("percent") and following.endswith("ed")
            is_unit = (
                is_share
                or following in AFTER_UNITS
                or (is_duration and not is_a_name(words))
            )
            return UNIT_WORDS[word] if is_unit else ()
    return ()


def _says_no_more(word: str) -> bool:
    """Return whether a word behind a quantity names no other: temp_max, battery.value."""
    return (
        word in QUALIFIERS
        or word in VALUE_WORDS
        or word.isdecimal()
        or is_a_moment(word)
        or _NUMBERED.fullmatch(word) is not None
    )


def _known(words: list[str], *, has_unit: bool) -> tuple[Quantity, ...]:
    """Return the quantities of the longest known phrase at the end of words."""
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(words[-length:])
        # `current` is a quantity only with a unit; otherwise it means now.
        if phrase in QUANTITIES and (has_unit or phrase not in QUALIFIERS):
            return QUANTITIES[phrase]
    return ()
