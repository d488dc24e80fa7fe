"""Assumes the unit of a number for which the answer names none."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from ... import as_number
from ...units import UNITS_OF
from ..doubts import is_about, is_of_a_model
from ..place import MOST_NEIGHBOURS, Place, System
from ..tables.vocabulary import QUALIFIERS, Quantity, words_in
from ..words import words_of

# The units of workouts of Strava and similar APIs, which name none.
_WORKOUT_UNITS: Final[Mapping[str | None, str]] = {"distance": "m", "speed": "m/s"}
# Batteries of four cells have less.
_MOST_VOLTS: Final = 15
_MOST_BARS: Final = 5
_MOST_LEVELS: Final = 6
_SHORT_FOR_BATTERY: Final = frozenset({"bat", "batt"})
# Words of what flows into a battery and out of it, within some time, and those of its charge.
_FLOWING: Final = words_in(
    "charged consumed date day discharged exported imported month net produced today week year yesterday"
)
_LEVELS: Final = words_in("charge level percent percentage soc state")
# Temperatures beside a value may be up to so warm in the same unit.
_WARM: Final = 60
# A larger number with a word for temperature is the time of one.
_MOST_DEGREES: Final = 1000
# Only things with a word for it are warmer.
_WARMEST: Final[Mapping[str, float]] = {"°C": 120, "°F": 250}
_WARMEST_BARE: Final = 32
_HOURS_OF_A_DAY: Final = 24
# Units that are assumed only in these systems; None is an unknown system.
_ASSUMED_IN: Final[Mapping[str, tuple[System | None, ...]]] = {
    "°C": (None, "metric"),
    "°F": ("imperial",),
    "K": (None, "standard", "unclear"),
    "mph": ("imperial",),
}
_TEMPERATURES: Final = frozenset({"temp", "temps", "temperature", "temperatures"})
# Words for CO2 that is emitted or saved, and measured by weight.
_EMITTED: Final = words_in(
    """
    avoided daily date emission emissions emitted equivalent footprint intensity lifetime month
    monthly offset reduced reduction saved saving savings today total week weekly year yearly
    """
)
# Words of things that are hotter than a home.
_HOT: Final = words_in(
    """
    bed board boiler chamber coffee collector color colour core cpu exhaust extruder flow flue food
    furnace gpu grill heater hotend kiln meat nozzle oven probe return smoker solar steam stove
    supply tank tool water
    """
)
# Words of quantities that are often fractions of 1.
_FRACTION_WORDS: Final = words_in(
    "battery chance cloud clouds coverage humidity level probability soc"
)
# The speeds of people who walk slowly, and who fly.
_MIN_METRES_PER_SECOND: Final = 0.1
_MAX_METRES_PER_SECOND: Final = 300
_UNITS_OF_UPTIME: Final = words_in(
    """
    d day days h hour hours hr hrs m millis millisecond milliseconds min mins minute minutes ms msec
    s sec second seconds secs ticks
    """
)
# With so many zeros and ones beside it, a number is a flag or a mode.
_MIN_FLAGS: Final = 4
_MAX_ABBREVIATION_LETTERS: Final = 2


def assumed(
    place: Place, quantities: tuple[Quantity, ...], number: float
) -> tuple[Quantity, str | None] | None:
    """Return the first quantity in whose usual unit the number is likely to be, and that unit."""
    if is_about(place):
        return None
    for quantity in quantities:
        unit = _WORKOUT_UNITS.get(quantity.device_class)
        if unit is not None and place.is_workout() and _is_moved(place, number):
            return quantity, unit
        # A class without units, such as the air quality index.
        has_no_unit = (
            quantity.device_class is not None and quantity.device_class not in UNITS_OF
        )
        if not (quantity.unit or has_no_unit) or _means_another(
            place, quantity, number
        ):
            continue
        is_share = quantity.unit == "%" and _is_share(place, number)
        if (
            _is_likely(quantity, number)
            and not is_share
            and (quantity.device_class != "temperature" or _agree(place, quantity))
            and _is_in_system(place, quantity, number)
        ):
            return quantity, quantity.unit
    return None


def _means_another(place: Place, quantity: Quantity, number: float) -> bool:
    """Return whether a number may be something else than the quantity that its words name."""
    # The charge of a battery stands beside what its sensor measures: `batt_co2`.
    is_of_battery = not _SHORT_FOR_BATTERY.isdisjoint(place.words)
    if is_of_battery and quantity.device_class != "battery":
        return True
    match quantity.device_class:
        case "duration":
            # The elements of a list may be hours and minutes.
            is_another = place.position is not None or _is_another_uptime(place)
        case "battery":
            # `current` may be an electric current.
            is_current = place.words[-1:] == ("current",)
            is_voltage = _is_voltage(number) or _may_be_bars(place, number)
            is_flow = not _FLOWING.isdisjoint(place.words)
            is_flow = is_flow and _LEVELS.isdisjoint(place.words)
            is_another = is_current or is_voltage or is_flow
        case "carbon_dioxide":
            is_another = not _EMITTED.isdisjoint(place.meaning)
        case "voltage":
            is_another = _may_be_decivolts(place, number)
        case "frequency":
            # Of the mains, and not how often something is done.
            is_another = float(number).is_integer()
        case "ph":
            is_another = _is_abbreviated(place)
        case "temperature":
            is_kelvin = quantity.unit == "K"
            is_another = _may_be_an_alarm(place, number) or is_of_a_model(place)
            is_another = is_another or _may_be_a_level(place, number)
            is_another = is_another or (is_kelvin and _is_whole(place, number))
        case "humidity" | "moisture":
            is_another = _may_be_an_alarm(place, number)
        case _:
            is_another = False
    return is_another


def _is_another_uptime(place: Place) -> bool:
    """Return whether an uptime may not be in seconds.

    SNMP's `sysUpTime` counts hundredths of them (RFC 3418, 2). Beside one that names its unit, the other
    one is in another unit.
    """
    if "uptime" not in place.words:
        return False
    beside = (
        key for key in islice(place.siblings, MOST_NEIGHBOURS) if key != place.key
    )
    named = ({word.lower() for word in words_of(key)} for key in beside)
    return "sys" in place.words or any(
        "uptime" in words and not _UNITS_OF_UPTIME.isdisjoint(words) for words in named
    )


def _is_share(place: Place, number: float) -> bool:
    """Return whether a percentage may be a fraction: it is below 1, or is 1 and others are below."""
    if number != 1:
        return 0 < number < 1
    near = islice(place.siblings.items(), MOST_NEIGHBOURS)
    return any(
        isinstance(value, float) and 0 < value < 1
        for key, value in near
        if not _FRACTION_WORDS.isdisjoint(word.lower() for word in words_of(key))
    )


def _is_moved(place: Place, number: float) -> bool:
    """Return whether a distance in metres fits the moving time beside it: 1.83 in seven minutes does not."""
    seconds = as_number(place.siblings.get("moving_time"))
    if not seconds or seconds < 0 or "distance" not in place.words:
        return True
    if number == 0:
        return True
    return _MIN_METRES_PER_SECOND <= number / seconds <= _MAX_METRES_PER_SECOND


def _is_likely(quantity: Quantity, number: float) -> bool:
    low, high = quantity.between
    return low <= number <= high


def _is_in_system(place: Place, quantity: Quantity, number: float) -> bool:
    """Return whether an assumed unit belongs to the answer's system of units.

    Where that is unknown, a number that is warm in °C may as well be cold in °F.
    """
    if quantity.unit is None or quantity.unit not in _ASSUMED_IN:
        return True
    is_unclear = quantity.unit == "°C" and place.system is None
    return place.system in _ASSUMED_IN[quantity.unit] and not (
        is_unclear and number > _WARMEST_BARE
    )


def _may_be_decivolts(place: Place, number: float) -> bool:
    """Return whether a battery voltage may be in tenths of a volt: 142, as of a car."""
    return "battery" in place.words and number > _MOST_VOLTS * 4 and number.is_integer()


def _is_voltage(number: float) -> bool:
    """Return whether the number of a battery may be its voltage: it is small, and not an integer."""
    return number < _MOST_VOLTS and not float(number).is_integer()


def _may_be_bars(place: Place, number: float) -> bool:
    """Return whether the number of a battery may be one of up to five bars, or a level of a few.

    `batt: 0` says of many sensors that it is full, or empty, and Ecowitt's `batt: 6` that they need none.
    """
    is_short = not _SHORT_FOR_BATTERY.isdisjoint(place.words)
    if is_short:
        return 0 <= number <= _MOST_LEVELS
    return "battery" in place.words and 0 < number <= _MOST_BARS


def _agree(place: Place, quantity: Quantity) -> bool:
    """Return whether the temperatures beside a value are likely in the same unit."""
    low, high = quantity.between
    # Another thing may be somewhat warmer.
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


def is_in_another_unit(place: Place, units: tuple[str, ...], number: float) -> bool:
    """Return whether a number is likely not in the unit that only its key names.

    A temperature may be in tenths, and more than a day of hours, `{"sleep": {"hr": 52}}`, be a pulse. Or
    it is none: `{"temp": {"c": 1678}}` counts readings, and `amp: 1` among flags is one. AVM's `{"celsius": 215, "offset": 0}` is 21.5.
    """
    if place.words == ("hr",) and number > _HOURS_OF_A_DAY:
        return True
    if len(place.words) == 1 and units and _is_a_flag_of_many(place, number):
        return True
    if not units or units[0] not in _WARMEST:
        return False
    if place.key == "celsius" and "offset" in place.siblings:
        return True
    is_hot = not _HOT.isdisjoint(place.meaning)
    return abs(number) >= (_MOST_DEGREES if is_hot else _WARMEST[units[0]])


def _is_abbreviated(place: Place) -> bool:
    """Return whether the word before the last has one or two letters: the `Ph` in `PrPh` is a phase."""
    *_, before, _ = ("", "", *place.words)
    return 0 < len(before) <= _MAX_ABBREVIATION_LETTERS


def _is_whole(place: Place, number: float) -> bool:
    """Return whether all temperatures of an object are whole numbers: 296 may be in tenths of °C."""
    near = islice(place.siblings.items(), MOST_NEIGHBOURS)
    beside = [
        as_number(value)
        for key, value in near
        if _is_a_temperature([word.lower() for word in words_of(key)])
        and not isinstance(value, bool)
    ]
    return all(float(each).is_integer() for each in (number, *filter(None, beside)))


def _is_a_flag_of_many(place: Place, number: float) -> bool:
    """Return whether a number is 1, and most of those beside it 0 or 1: `{"boost": 0, "low": 0, "temp": 1}`."""
    return number == 1 and _is_among_flags(place)


def _may_be_a_level(place: Place, number: float) -> bool:
    """Return whether the temperature that is set may be one of a few levels: `cycle_set_temperature: 2`."""
    return "set" in place.words and 0 <= number <= _MOST_LEVELS


def _may_be_an_alarm(place: Place, number: float) -> bool:
    """Return whether a number may be an alarm among others, which is on or off: `high_temperature: 0`."""
    return number in (0, 1) and _is_among_flags(place)


def _is_among_flags(place: Place) -> bool:
    """Return whether most numbers of an object are 0 or 1."""
    near = islice(place.siblings.values(), MOST_NEIGHBOURS)
    whole = [
        as_number(value)
        for value in near
        if type(value) is int or (isinstance(value, str) and value.isdecimal())
    ]
    flags = [value for value in whole if value in (0, 1)]
    return len(flags) >= _MIN_FLAGS and 2 * len(flags) > len(whole)
