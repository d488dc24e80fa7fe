"""What a number measures, and in which unit."""

from collections.abc import Mapping
from itertools import islice
import re
from typing import Final

from .. import as_number
from .doubts import is_about, is_below_settings, is_limit, is_on_the_clock, is_score
from .money import Measure, counted, decimals
from .phrases import Phrase, is_a_name, own_units, phrase_of, shared_units
from .place import MOST_NEIGHBOURS, Place, System
from .units import CLASS_OF, UNITS_OF
from .vocabulary import (
    COUNTING,
    COUNTS,
    GROWING,
    GROWTH,
    MEASUREMENT,
    METERED,
    MONEY,
    OF_A_PART,
    QUALIFIERS,
    Quantity,
    words_in,
)
from .words import words_of

# The units of a workout at Strava and at APIs that are like it, which name none.
_WORKOUT_UNITS: Final[Mapping[str | None, str]] = {"distance": "m", "speed": "m/s"}
# A larger whole number is an id, not a count.
_MOST_COUNTED: Final = 10**12
_PLURAL: Final = re.compile(r"[a-z]{2}[a-hj-rtv-z]s$")
_LONGEST_NUMBER: Final = 16
# A time as digits, which no quantity has: 20240901120000.
_WRITTEN_MOMENT: Final = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?"
)
# Batteries of four cells have less.
_MOST_VOLTS: Final = 15
_MOST_BARS: Final = 5
# A larger number is the time of a temperature.
_WARM: Final = 60
_MOST_DEGREES: Final = 1000
_MOST_MARKS: Final = 100
_NET: Final = words_in("balance net")
_TRAVELLED: Final = words_in("journey travel trip trips")
_WARMEST_BARE: Final = 32
# Units that are assumed only in these systems, None where nothing tells of one.
_ASSUMED_IN: Final[Mapping[str, tuple[System | None, ...]]] = {
    "°C": (None, "metric"),
    "°F": ("imperial",),
    "K": (None, "standard", "unclear"),
    "mph": ("imperial",),
}
_TEMPERATURES: Final = frozenset({"temp", "temps", "temperature", "temperatures"})
_PERCENT: Final = frozenset({"pct", "percent", "percentage"})
_CHANNELS: Final = frozenset({"a", "b", "h", "l"})
# Words of what is hotter than a home, in a unit that may be the same.
_HOT: Final = words_in(
    "board boiler coffee core cpu flow gpu heater oven return steam supply tank water"
)
_READABLE: Final = frozenset({"converted", "formatted", "localized", "scaled"})
_BATTERIES: Final = frozenset({"bat", "batt"})
# Classes whose step, accuracy or change is not of the class.
_NOT_ABOUT: Final = frozenset(
    {"battery", "humidity", "moisture", "atmospheric_pressure"}
)
# Words for money that are flags as well: `sunroofOpen: 0`.
_MAY_BE_FLAGS: Final = frozenset({"open", "close", "low", "high", "available", "due"})
_LEADING_ZERO: Final = re.compile(r"-?0[0-9]")


def measure(place: Place, number: float, text: str | None) -> Measure:
    """Return what a number measures, also one that is written as `text`."""
    if (text is not None and _is_a_code(text)) or is_on_the_clock(place):
        return Measure()
    if _WRITTEN_MOMENT.fullmatch(str(number).removesuffix(".0")):
        return Measure()
    phrase = phrase_of(place)
    if not phrase.quantities and is_a_name(place.meaning):
        return Measure()
    if _is_raw(place):
        return Measure()
    is_mark = 0 <= number <= _MOST_MARKS and "aqi" not in place.words
    has_score = is_mark and is_score(place)
    if has_score:
        phrase = phrase._replace(quantities=())
    found = _found(place, phrase, number)
    if found is not None:
        return _measured(place, *found, number)
    if has_score:
        return Measure(state_class=MEASUREMENT, precision=decimals(number))
    if not phrase.quantities and not _is_count(place, number, text):
        return Measure()
    # Meters and coordinates are not measurements, also where their unit is not known.
    is_measured = all(quantity.state_class for quantity in phrase.quantities)
    return Measure(
        state_class=MEASUREMENT if is_measured else None, precision=decimals(number)
    )


def _found(
    place: Place, phrase: Phrase, number: float
) -> tuple[Quantity, str | None] | None:
    """Return the quantity that a number is of, and its unit; None where either is not clear."""
    quantities = phrase.quantities
    own = own_units(place)
    if own is None:
        # The answer states a unit that is none known: nothing may be assumed.
        return None
    if own == () and phrase.units == ("%",) and _may_be_share(place, number):
        # `percent_full: 0.3` may be thirty.
        return None
    units = own or phrase.units
    if units[:1] in (("°C",), ("°F",)) and abs(number) >= _MOST_DEGREES:
        # `{"temp": {"c": 1678}}` counts readings.
        return None
    stated = own or (phrase.units if phrase.is_unit_plain else ())
    found = _fit(quantities, units)
    if found is None and place.position is not None and not own:
        # The elements of `departure_days` may be the days themselves.
        stated = ()
    if found is None and stated:
        # What the answer states beats what its words suppose: `battery_km` is no share.
        return _by_unit(place, stated[0])
    found = found or _fit(quantities, shared_units(place))
    # `humidity_a` is that of the first channel, and `battery_charge_w` no share.
    is_sure = not phrase.units or (
        place.words[-1:] != ()
        and place.words[-1] in _CHANNELS
        and "battery" not in place.words
    )
    if found is None and is_sure and not is_below_settings(place):
        found = _default(place, quantities, number)
    return found


def _fit(
    quantities: tuple[Quantity, ...], units: tuple[str, ...]
) -> tuple[Quantity, str | None] | None:
    """Return the first of the quantities that has one of the units."""
    for quantity in quantities:
        allowed = UNITS_OF.get(quantity.device_class or "", frozenset({quantity.unit}))
        for unit in units:
            if unit in allowed:
                return quantity, unit
    return None


def _by_unit(place: Place, unit: str) -> tuple[Quantity, str | None]:
    """Return the quantity that a unit tells.

    The elements of a list may be those of a vector, whose mg are thousandths of g.
    """
    device_class = None if place.position is not None else CLASS_OF.get(unit)
    state_class = None if device_class in METERED else MEASUREMENT
    return Quantity(device_class=device_class, state_class=state_class), unit


def _default(
    place: Place, quantities: tuple[Quantity, ...], number: float
) -> tuple[Quantity, str | None] | None:
    """Return the first quantity whose assumed unit the number is likely to be in."""
    if is_about(place):
        return None
    # The current of a battery, or its current charge.
    is_current = place.words[-1:] == ("current",)
    for quantity in quantities:
        unit = _WORKOUT_UNITS.get(quantity.device_class)
        if unit is not None and place.is_workout():
            return quantity, unit
        # A class without units, such as the air quality index.
        has_no_unit = (
            quantity.device_class is not None and quantity.device_class not in UNITS_OF
        )
        if place.position is not None and quantity.device_class == "duration":
            # The elements may be hours and minutes.
            continue
        if quantity.device_class == "battery" and (
            is_current or _is_voltage(number) or _may_be_bars(place, number)
        ):
            continue
        if quantity.device_class != "battery" and not _BATTERIES.isdisjoint(
            place.words
        ):
            # `batt_co2` is the charge of a sensor of CO2.
            continue
        is_share = quantity.unit == "%" and 0 < number < 1
        if (
            (quantity.unit or has_no_unit)
            and _is_likely(quantity, number)
            and not is_share
            and (quantity.device_class != "temperature" or _agree(place, quantity))
            and _is_in_system(place, quantity, number)
        ):
            return quantity, quantity.unit
    return None


def _may_be_share(place: Place, number: float) -> bool:
    """Return whether a percentage may be one of 1: below 1, as those beside it are."""
    near = islice(place.siblings.items(), MOST_NEIGHBOURS)
    return 0 < number < 1 and not any(
        isinstance(value, int | float) and value > 1
        for key, value in near
        if not _PERCENT.isdisjoint(word.lower() for word in words_of(key))
    )


def _is_likely(quantity: Quantity, number: float) -> bool:
    low, high = quantity.between
    return low <= number <= high


def _is_in_system(place: Place, quantity: Quantity, number: float) -> bool:
    """Return whether a unit that is assumed is one of the system that the answer is in.

    Where nothing tells, what is warm in °C is as likely to be cold in °F.
    """
    if quantity.unit is None or quantity.unit not in _ASSUMED_IN:
        return True
    is_bare = quantity.unit == "°C" and place.system is None
    return place.system in _ASSUMED_IN[quantity.unit] and not (
        is_bare and number > _WARMEST_BARE
    )


def _is_raw(place: Place) -> bool:
    """Return whether a number is raw, and one that can be read stands beside it.

    Miele's `value_raw: 4000` is in hundredths of the unit beside it.
    """
    near = islice(place.siblings, MOST_NEIGHBOURS)
    return "raw" in place.words and any(
        not _READABLE.isdisjoint(word.lower() for word in words_of(key)) for key in near
    )


def _is_voltage(number: float) -> bool:
    """Return whether the number of a battery may be its voltage: one with a fraction, and small."""
    return number < _MOST_VOLTS and not float(number).is_integer()


def _may_be_bars(place: Place, number: float) -> bool:
    """Return whether the number of a battery may be one of up to five bars, or a level of a few."""
    return 0 < number <= _MOST_BARS and "battery" in place.words


def _agree(place: Place, quantity: Quantity) -> bool:
    """Return whether the temperatures beside a value are likely in the same unit."""
    low, high = quantity.between
    # Those of another thing may be somewhat warmer.
    high = max(high, _WARM)
    return all(
        low <= number <= high
        for key, value in islice(place.siblings.items(), MOST_NEIGHBOURS)
        if _is_a_temperature([word.lower() for word in words_of(key)])
        and not isinstance(value, str)
        and (number := as_number(value)) is not None
        and abs(number) < _MOST_DEGREES
    )


def _is_a_temperature(words: list[str]) -> bool:
    return words[-1:] in (["tempf"], ["tempinf"]) or (
        not _TEMPERATURES.isdisjoint(words)
        and _HOT.isdisjoint(words)
        and (words[-1] in _TEMPERATURES or words[-1] in QUALIFIERS)
    )


def _measured(
    place: Place, quantity: Quantity, unit: str | None, number: float
) -> Measure:
    state_class, device_class = quantity.state_class, quantity.device_class
    if device_class in METERED:
        is_growing = number >= 0 and not GROWTH.isdisjoint(place.meaning)
        state_class = GROWING if is_growing and not _is_net(place) else None
    elif state_class == GROWING and _is_of_a_part(place):
        state_class = MEASUREMENT
    if device_class == "battery" and is_limit(place):
        # The charge that it shall have.
        device_class = None
    if device_class == "temperature" and is_about(place):
        device_class = "temperature_delta"
    elif device_class in _NOT_ABOUT and is_about(place):
        device_class = None
    precision = quantity.precision
    return Measure(
        device_class=device_class,
        unit=unit,
        state_class=state_class,
        precision=decimals(number) if precision is None else precision,
    )


def _is_of_a_part(place: Place) -> bool:
    """Return whether a meter's words are those of a part of it: the mileage of a trip."""
    levels = [place.words, *place.above]
    if "mileage" in place.words:
        # For how long it was driven stands beside it.
        near = islice(place.siblings, MOST_NEIGHBOURS)
        levels += [words for key in near if (words := _travelled(key))]
    return any(not OF_A_PART.isdisjoint(words) for words in levels)


def _travelled(key: str) -> tuple[str, ...]:
    words = [word.lower() for word in words_of(key)]
    return ("trip",) if not _TRAVELLED.isdisjoint(words) else ()


def _is_net(place: Place) -> bool:
    """Return whether a meter counts what comes and goes, so that it falls as well."""
    kind = [word.lower() for word in place.kind]
    return not _NET.isdisjoint((*place.meaning, *kind))


def _is_count(place: Place, number: float, text: str | None) -> bool:
    """Return whether a number is a quantity although its key names none that is known."""
    if text is not None:
        # A text such as "1.2" may be a version; only the word count makes it a number.
        return place.words[-1:] == ("count",)
    if isinstance(number, float) and not number.is_integer():
        return True
    words = place.words
    if not words or abs(number) >= _MOST_COUNTED or words == ("nanos",):
        # Of a moment in Protocol Buffers, `{"seconds": …, "nanos": …}`.
        return False
    head = counted(place)
    if number in (0, 1) and head in _MAY_BE_FLAGS:
        return False
    if words[-1] in COUNTS or words[0] in COUNTING or head in MONEY.keys() - {"value"}:
        return True
    # Plurals count: followers, items, goals. But 0 and 1 may be a flag.
    is_plural = _PLURAL.search(words[-1]) is not None
    return number > 1 and is_plural and not is_below_settings(place)


def _is_a_code(text: str) -> bool:
    """Return whether digits are a code, not a number: 007, +49…, or more than a number has."""
    text = text.strip()
    return (
        text.startswith("+")
        or len(text) > _LONGEST_NUMBER
        or _LEADING_ZERO.match(text) is not None
    )
