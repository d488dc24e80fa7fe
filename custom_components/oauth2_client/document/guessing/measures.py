"""Guesses what a number measures, and in which unit."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from ..quantities import Written
from ..units import CLASS_OF, UNITS_OF, WEAK_UNIT_WORDS
from .doubts import (
    is_a_code,
    is_a_time_of_day,
    is_about,
    is_below_names,
    is_below_settings,
    is_limit,
    is_on_the_clock,
    is_score,
)
from .moments import is_epoch, is_written_moment
from .money import Measure, decimals, is_count
from .phrases import Phrase, is_a_name, phrase_of
from .place import MOST_NEIGHBOURS, Place
from .scales.assumed import assumed, is_in_another_unit
from .scales.stated import own_units, shared_units
from .tables.keys import VALUE_WORDS
from .tables.vocabulary import (
    GROWING,
    GROWTH,
    MEASUREMENT,
    METERED,
    OF_A_PART,
    QUANTITIES,
    Quantity,
    words_in,
)
from .words import is_a_moment, words_of

# The highest score that is common.
_MAX_SCORE: Final = 100
# How many pascals the units of air pressure have, and the range in which it is.
_PASCALS: Final[Mapping[str, float]] = {
    "Pa": 1,
    "hPa": 100,
    "mbar": 100,
    "kPa": 1_000,
    "mmHg": 133.3,
    "inHg": 3_386,
}
_MIN_AIR_PASCALS: Final = 50_000
_MAX_AIR_PASCALS: Final = 115_000
# Words in or beside the key of a glucose reading.
_GLUCOSE: Final = words_in("cgm egv egvs glucose libre mbg sgv sugar trend bg")
# Last words that are letters of channels: `humidity_a`.
_CHANNELS: Final = frozenset({"a", "b", "h", "l"})
# Words of numbers that may fall, or that are not those of a meter.
_FALLING: Final = words_in(
    """
    available average avg balance budget estimate estimated expected forecast forecasted goal left
    limit max maximum mean min minimum net planned predicted projected quota remaining target
    """
)
_TRAVELLED: Final = words_in("destination journey origin route travel trip trips")
_PARTS_OF_A_DATE: Final = words_in("year month week weekday day")
_PERCENT: Final = frozenset({"pct", "percent", "percentage"})
# Signs of one letter that mean a unit behind a number, and those of angles, which may be of anything.
_PLAIN_SIGNS: Final = frozenset({"V", "W"})
_ANGLES: Final = frozenset({"°", "º"})
# Classes whose step, accuracy or change is not of the class.
_NOT_ABOUT: Final = words_in("battery humidity moisture atmospheric_pressure")


def measure(place: Place, number: float, text: str | None) -> Measure:
    """Return what a number measures. `text` is the value if the number is written as a text."""
    is_code = text is not None and (is_a_code(text) or is_a_time_of_day(place, text))
    if is_code or is_on_the_clock(place):
        return Measure()
    phrase = phrase_of(place)
    is_named = bool(phrase.quantities) or phrase.is_unit_plain
    if (not is_named and is_a_name(place.meaning)) or place.is_raw:
        # No position has a fraction: an index of pollen.
        is_index = place.words[-1:] == ("index",) and not float(number).is_integer()
        return Measure(state_class=MEASUREMENT if is_index else None)
    if is_written_moment(number) or _is_a_moment(place, phrase, number):
        return Measure()
    if phrase.quantities and not phrase.units and is_below_names(place):
        return Measure()
    may_be_score = 0 <= number <= _MAX_SCORE and "aqi" not in place.words
    has_score = may_be_score and is_score(place)
    if has_score:
        phrase = phrase._replace(quantities=())
    found = _found(place, phrase, number)
    if found is not None:
        return _measured(place, *found, number)
    if has_score:
        return Measure(state_class=MEASUREMENT, precision=decimals(number))
    if not phrase.quantities and not is_count(place, number, text):
        return Measure()
    if number in (0, 1) and _is_there(place.words):
        return Measure()
    # Meters and coordinates are not measurements, also where their unit is not known.
    is_measured = all(quantity.state_class for quantity in phrase.quantities)
    return Measure(
        state_class=MEASUREMENT if is_measured else None, precision=decimals(number)
    )


def _is_there(words: tuple[str, ...]) -> bool:
    """Return whether words ask if one thing is there: `steam_available`. `bikes_available` counts."""
    return words[-1:] == ("available",) and words[-2:-1] != () and words[-2][-1] != "s"


def _is_a_moment(place: Place, phrase: Phrase, number: float) -> bool:
    """Return whether what may be a duration is a point in time, or a part of a date: `time.year`."""
    first = next(iter(phrase.quantities), Quantity())
    if first.device_class != "duration" or phrase.is_unit_plain or own_units(place):
        return False
    is_part = len(place.words) == 1 and place.words[0] in _PARTS_OF_A_DATE
    return is_part or is_epoch(number)


def _found(
    place: Place, phrase: Phrase, number: float
) -> tuple[Quantity, str | None] | None:
    """Return the quantity of a number, and its unit; None where they are not clear."""
    quantities = phrase.quantities
    own = own_units(place)
    if own is None:
        # The answer states an unknown unit, so that none may be assumed.
        return None
    is_all = number == 1 and not quantities
    if own == () and phrase.units == ("%",) and (number < 1 or is_all):
        if _may_be_share(place, number):
            # `percent_full: 0.3` may be thirty, and `user_percentage: 1` a hundred.
            return None
    units = own or phrase.units
    if not own and is_in_another_unit(place, units, number):
        return None
    stated = own or (phrase.units if phrase.is_unit_plain else ())
    found = _fit(_plausible(quantities, units, number), units)
    if place.written is not None and place.written.unit:
        is_plain = _is_plain(place.written, quantities)
        return found or (_by_unit(place, own[0]) if is_plain else None)
    if found is None and place.position is not None and not own:
        # The elements of `departure_days` may be days themselves, not numbers of days.
        stated = ()
    if found is None and stated:
        # A stated unit prevails over the words: `battery_km` is not a percentage.
        return _by_unit(place, stated[0])
    found = found or _fit(quantities, shared_units(place))
    # `humidity_a` is that of the first channel, and `battery_charge_w` no share.
    is_sure = not phrase.units or (
        place.words[-1:] != ()
        and place.words[-1] in _CHANNELS
        and "battery" not in place.words
    )
    is_place = quantities == QUANTITIES["lat"]
    if found is None and is_sure and (is_place or not is_below_settings(place)):
        found = assumed(place, quantities, number)
    return found


def _is_plain(written: Written, quantities: tuple[Quantity, ...]) -> bool:
    """Return whether a text is a number with a unit, whatever its key says: 12 kWh, and not 4K."""
    if len(written.units) != 1:
        return False
    # Degrees to the west, and what is not measured in it, are no watts.
    is_sign = written.unit in _PLAIN_SIGNS and not quantities
    return is_sign or written.unit.lower() not in WEAK_UNIT_WORDS | _ANGLES


def _plausible(
    quantities: tuple[Quantity, ...], units: tuple[str, ...], number: float
) -> tuple[Quantity, ...]:
    """Return quantities, air pressure as any pressure if the number does not fit: 230 kPa of a tyre."""
    scales = [_PASCALS[unit] for unit in units if unit in _PASCALS]
    if not scales or _MIN_AIR_PASCALS <= number * scales[0] <= _MAX_AIR_PASCALS:
        return quantities
    return tuple(
        each._replace(device_class="pressure")
        if each.device_class == "atmospheric_pressure"
        else each
        for each in quantities
    )


def _fit(
    quantities: tuple[Quantity, ...], units: tuple[str, ...]
) -> tuple[Quantity, str | None] | None:
    """Return the first quantity that may be in one of the units, and that unit."""
    for quantity in quantities:
        allowed = UNITS_OF.get(quantity.device_class or "", frozenset({quantity.unit}))
        for unit in units:
            if unit in allowed:
                return quantity, unit
    return None


def _by_unit(place: Place, unit: str) -> tuple[Quantity, str | None]:
    """Return the quantity that a unit belongs to, without a device class for an element of a list.

    The elements may be those of a vector of acceleration, where mg is a thousandth of g.
    """
    device_class = None if place.position is not None else CLASS_OF.get(unit)
    if unit in UNITS_OF["blood_glucose_concentration"] and _is_of_glucose(place):
        device_class = "blood_glucose_concentration"
    is_counted = unit in UNITS_OF["water"] and not GROWTH.isdisjoint(place.words)
    is_metered = device_class in METERED or unit in {"m³", "ft³"} or is_counted
    state_class = None if is_metered else MEASUREMENT
    return Quantity(device_class=device_class, state_class=state_class), unit


def _is_of_glucose(place: Place) -> bool:
    """Return whether a reading is of glucose. Cholesterol and others have the same units."""
    near = islice(place.siblings, MOST_NEIGHBOURS)
    words = {word.lower() for key in near for word in words_of(key)}
    if place.is_value:
        return not _GLUCOSE.isdisjoint(words | {*place.meaning})
    # `ValueInMgPerDl` of Libre
    return place.words[0] in VALUE_WORDS and not place.kind


def _may_be_share(place: Place, number: float) -> bool:
    """Return whether a percentage may be a fraction: it is up to 1, as are those beside it."""
    near = islice(place.siblings.items(), MOST_NEIGHBOURS)
    return 0 < number <= 1 and not any(
        isinstance(value, int | float) and value > 1
        for key, value in near
        if not _PERCENT.isdisjoint(word.lower() for word in words_of(key))
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
        # It is a target or a limit of the charge, not the charge.
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
    """Return whether a total is only that of a part: the mileage of a trip."""
    if "mileage" in place.words and _is_travelled(place):
        return True
    return any(not OF_A_PART.isdisjoint(words) for words in (place.words, *place.above))


def _is_travelled(place: Place) -> bool:
    """Return whether a value belongs to a trip: a key beside it is a route or a destination."""
    near = islice(place.siblings, MOST_NEIGHBOURS)
    return any(word.lower() in _TRAVELLED for key in near for word in words_of(key))


def _is_growing(place: Place) -> bool:
    """Return whether a meter only grows, unlike `net_energy`, or the energy of a day or a trip."""
    words = (*place.meaning, *(word.lower() for word in place.kind))
    if any(map(is_a_moment, words)) or _is_travelled(place):
        return False
    return not GROWTH.isdisjoint(place.meaning) and _FALLING.isdisjoint(words)
