"""Finds what the words of a key and the units beside it say is measured."""

from itertools import islice
import re
from typing import Final, NamedTuple, TypeIs

from ..units import (
    COMPOUND_UNITS,
    UNIT_WORDS,
    UNITS_OF,
    WEAK_UNIT_WORDS,
    is_unit,
    read_system,
    read_unit,
    states_a_unit,
)
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
    PRICES,
    QUALIFIERS,
    QUANTITIES,
    Quantity,
)
from .words import is_a_moment

_LONGEST_COMPOUND: Final = 4

# The number of a phase, a sensor or a length of time, behind the quantity: l1, t2t3, 24h, 7d.
_NUMBERED: Final = re.compile(
    r"(?:l|p|t|ph|phase|ch)[0-9](?:[ltn][0-9]?)?|[0-9]+(?:[dhmw]|min|minutes?|days?|hours?|weeks?)"
)
# Endings of the keys of a unit that belongs to one value: `speed_unit` beside `speed`.
_UNIT_ENDINGS: Final = ("_unit", "_units", "Unit", "Units", "_uom")
# Keys of a unit that may belong to all values of an object.
_UNIT_KEYS: Final = (
    *("unit", "units", "uom", "unit_of_measurement", "unitOfMeasurement"),
    *("unitCode", "unit_code", "unitSymbol", "unit_symbol", "Unit", "Units", "UOM"),
    *("measurementUnit", "measurement_unit", "unitOfMeasure", "unit_of_measure"),
)
_AMOUNTS: Final = frozenset({"amount", "liters", "litres", "quantity", "volume"})
_SCALE_KEYS: Final = ("scale", "temperatureScale", "temperature_scale", "tempScale")
# Where an object that is a unit has its sign.
_UNIT_TEXTS: Final = (
    *("symbol", "code", "abbreviation", "short", "name", "value", "text"),
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


def own_units(place: Place) -> tuple[str, ...] | None:
    """Return the units that the answer states for this value alone.

    None where it states something that may not be the unit of a sensor.
    """
    if place.written is not None and place.written.unit:
        return place.written.units or None
    texts = place.beside(*_UNIT_ENDINGS)
    if place.is_value or _is_alone(place):
        keys = (*_UNIT_KEYS, "u") if place.is_of_senml else _UNIT_KEYS
        texts += [place.siblings[key] for key in keys if key in place.siblings]
        texts += _named_units(place)
        if isinstance(about := place.siblings.get("metadata"), dict):
            # NGSI: `{"value": 21.5, "metadata": {"unitCode": {"value": "CEL"}}}`
            texts += [about[key] for key in _UNIT_KEYS if key in about]
    # `{"units": {"temperature": "°C"}}`, and `current_units` beside `current`.
    above = place.segments[-1] if place.segments else None
    tables = [
        place.siblings.get("units"),
        place.siblings.get("unit"),
        place.parent.get(f"{above}_units"),
        place.parent.get("units"),
    ]
    texts += [table[place.key] for table in tables if _has(table, place.key)]
    for stated in texts:
        text = _written(stated)
        if text is None or not states_a_unit(text):
            continue
        if system := read_system(text):
            return (system,)
        known = read_unit(text)
        if known or not is_unit(text):
            return known or None
        return (text,)
    return ()


def _written(unit: object) -> str | None:
    """Return a unit as text, also of an object for it: `{"symbol": "°C", "name": "celsius"}`."""
    if isinstance(unit, dict):
        unit = next((unit[key] for key in _UNIT_TEXTS if key in unit), None)
    return unit if isinstance(unit, str) else None


def _named_units(place: Place) -> list[object]:
    """Return the unit whose key has a name in front, where there is one: `parameterUnit`."""
    if not place.is_value:
        return []
    near = islice(place.siblings.items(), MOST_NEIGHBOURS)
    found = [value for key, value in near if key.endswith(_UNIT_ENDINGS)]
    return found if len(found) == 1 else []


def _is_alone(place: Place) -> bool:
    """Return whether a value is the only number of its object, so that a unit there is its own.

    `period_seconds` is in seconds, whatever the unit of the readings is.
    """
    near = islice(place.siblings.values(), MOST_NEIGHBOURS)
    numbers = [
        value
        for value in near
        if (isinstance(value, int | float) and not isinstance(value, bool))
        or (isinstance(value, dict) and "value" in value)
    ]
    *before, last = ("", *place.words)
    is_of_another = last in UNIT_WORDS.keys() - WEAK_UNIT_WORDS and len(before) > 1
    is_of_another = is_of_another or not PRICES.isdisjoint(place.words)
    return place.position is None and len(numbers) == 1 and not is_of_another


def shared_units(place: Place) -> tuple[str, ...]:
    """Return the units that the answer states for several values; at most one fits each.

    None for a level beside an amount: `{"level": 40, "volume": 20, "unit": "l"}`.
    """
    if place.words == ("level",) and not _AMOUNTS.isdisjoint(place.siblings):
        return ()
    units: list[str] = []
    for holder in (place.siblings, place.parent):
        for key in (*_UNIT_KEYS, *_SCALE_KEYS):
            text = holder.get(key)
            if isinstance(text, str):
                system = read_system(text)
                units += read_unit(text) if system is None else (system,)
    return tuple(units)


def _has(table: object, key: str) -> TypeIs[dict[str, object]]:
    return isinstance(table, dict) and key in table


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
            if not _is_a_qualifier_too(last, rest):
                is_plain = last not in WEAK_UNIT_WORDS or rest[-1:] == ["in"]
                units = UNIT_WORDS[last] if last != "mw" else _milli_or_mega(place)
                return _less_in(rest), units, is_plain
            whole = rest
        elif not _says_no_more(last) or _known(words, has_unit=False):
            break
        words = rest
    return whole, (), False


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
