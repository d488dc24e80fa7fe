"""What a number measures, and in which unit."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from .. import as_number
from .doubts import (
    is_a_code,
    is_about,
    is_below_settings,
    is_limit,
    is_on_the_clock,
    is_score,
)
from .moments import is_epoch, is_written_moment
from .money import Measure, decimals, is_count
from .phrases import Phrase, is_a_name, own_units, phrase_of, shared_units
from .place import MOST_NEIGHBOURS, Place, System
from .units import CLASS_OF, UNITS_OF
from .vocabulary import (
    GROWING,
    GROWTH,
    MEASUREMENT,
    METERED,
    OF_A_PART,
    QUALIFIERS,
    Quantity,
    words_in,
)
from .words import is_a_moment, words_of

# The units of a workout at Strava and at APIs like it, which name none.
_WORKOUT_UNITS: Final[Mapping[str | None, str]] = {"distance": "m", "speed": "m/s"}
# Batteries of four cells have less.
_MOST_VOLTS: Final = 15
_MOST_BARS: Final = 5
# Temperatures beside a value may be up to so warm in the same unit.
_WARM: Final = 60
# A larger number with a word for temperature is the time of one.
_MOST_DEGREES: Final = 1000
# Only things with a word for it are warmer.
_WARMEST: Final[Mapping[str, float]] = {"°C": 120, "°F": 250}
_MOST_MARKS: Final = 100
# Words of numbers that no meter counts, or that fall as well.
_FALLING: Final = words_in(
    """
    available average avg balance budget estimate estimated expected forecast forecasted goal left
    limit max maximum mean min minimum net planned predicted projected quota remaining target
    """
)
_TRAVELLED: Final = words_in("destination journey origin route travel trip trips")
_PARTS_OF_A_DATE: Final = words_in("year month week weekday day")
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
# Words of things that are hotter than a home.
_HOT: Final = words_in(
    """
    bed board boiler chamber coffee collector color colour core cpu exhaust extruder flow flue food
    furnace gpu grill heater hotend kiln meat nozzle oven probe return smoker solar steam stove
    supply tank tool water
    """
)
# Words of CO2 that was emitted or saved, in grams or more.
_EMITTED: Final = words_in(
    """
    avoided daily date emission emissions emitted equivalent footprint intensity lifetime month
    monthly offset reduced reduction saved saving savings today total week weekly year yearly
    """
)
# Classes whose step, accuracy or change is not of the class.
_NOT_ABOUT: Final = words_in("battery humidity moisture atmospheric_pressure")


def measure(place: Place, number: float, text: str | None) -> Measure:
    """Return what a number measures, also one that is written as `text`."""
    if (text is not None and is_a_code(text)) or is_on_the_clock(place):
        return Measure()
    phrase = phrase_of(place)
    is_named = bool(phrase.quantities) or phrase.is_unit_plain
    if (not is_named and is_a_name(place.meaning)) or place.is_raw:
        return Measure()
    if is_written_moment(number) or _is_a_moment(place, phrase, number):
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
    if not phrase.quantities and not is_count(place, number, text):
        return Measure()
    # Meters and coordinates are not measurements, also where their unit is not known.
    is_measured = all(quantity.state_class for quantity in phrase.quantities)
    return Measure(
        state_class=MEASUREMENT if is_measured else None, precision=decimals(number)
    )


def _is_a_moment(place: Place, phrase: Phrase, number: float) -> bool:
    """Return whether what may be a length of time is a point in time, or a part: `time.year`."""
    first = next(iter(phrase.quantities), Quantity())
    if first.device_class != "duration" or phrase.is_unit_plain or own_units(place):
        return False
    is_part = len(place.words) == 1 and place.words[0] in _PARTS_OF_A_DATE
    return is_part or is_epoch(number)


def _found(
    place: Place, phrase: Phrase, number: float
) -> tuple[Quantity, str | None] | None:
    """Return the quantity that a number is of, and its unit; None where either is not clear."""
    quantities = phrase.quantities
    own = own_units(place)
    if own is None:
        # The answer states an unknown unit: nothing may be assumed.
        return None
    if own == () and phrase.units == ("%",) and _may_be_share(place, number):
        # `percent_full: 0.3` may be thirty.
        return None
    units = own or phrase.units
    if not own and _is_in_tenths(place, units, number):
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


def _is_in_tenths(place: Place, units: tuple[str, ...], number: float) -> bool:
    """Return whether a temperature is likely in tenths of the unit that only its key names.

    Or is none: `{"temp": {"c": 1678}}` counts readings. AVM's `{"celsius": 215, "offset": 0}` is 21.5.
    """
    if not units or units[0] not in _WARMEST:
        return False
    if place.key == "celsius" and "offset" in place.siblings:
        return True
    is_hot = not _HOT.isdisjoint(place.meaning)
    return abs(number) >= (_MOST_DEGREES if is_hot else _WARMEST[units[0]])


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
    """Return the quantity that a unit belongs to.

    The elements of a list may be those of a vector, whose mg are thousandths of g.
    """
    device_class = None if place.position is not None else CLASS_OF.get(unit)
    is_counted = unit in UNITS_OF["water"] and not GROWTH.isdisjoint(place.words)
    is_metered = device_class in METERED or unit in {"m³", "ft³"} or is_counted
    state_class = None if is_metered else MEASUREMENT
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
        if quantity.device_class == "carbon_dioxide" and not _EMITTED.isdisjoint(
            place.meaning
        ):
            continue
        if quantity.device_class == "voltage" and _may_be_decivolts(place, number):
            continue
        is_of_battery = "bat" in place.words or "batt" in place.words
        if quantity.device_class != "battery" and is_of_battery:
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
    """Return whether a percentage may be a share of 1: it is below 1, and so are those beside it."""
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


def _may_be_decivolts(place: Place, number: float) -> bool:
    """Return whether the voltage of a battery may be in tenths: 142 is likely that of a car."""
    return "battery" in place.words and number > _MOST_VOLTS * 4 and number.is_integer()


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
        state_class = GROWING if number >= 0 and _is_growing(place) else None
    elif state_class == GROWING and _is_of_a_part(place):
        state_class = MEASUREMENT
    if device_class == "battery" and is_limit(place):
        # A target or a limit of the charge, and not the charge.
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
    if "mileage" in place.words and _is_travelled(place):
        return True
    return any(not OF_A_PART.isdisjoint(words) for words in (place.words, *place.above))


def _is_travelled(place: Place) -> bool:
    """Return whether a value belongs to a trip: a route or a destination stands beside it."""
    near = islice(place.siblings, MOST_NEIGHBOURS)
    return any(word.lower() in _TRAVELLED for key in near for word in words_of(key))


def _is_growing(place: Place) -> bool:
    """Return whether a meter only grows: neither `net_energy` nor that of a day or a trip does."""
    words = (*place.meaning, *(word.lower() for word in place.kind))
    if any(map(is_a_moment, words)) or _is_travelled(place):
        return False
    return not GROWTH.isdisjoint(place.meaning) and _FALLING.isdisjoint(words)
