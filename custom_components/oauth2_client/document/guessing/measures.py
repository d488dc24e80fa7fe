"""What a number measures, and in which unit."""

from collections.abc import Mapping
from itertools import islice
import re
from typing import Final, NamedTuple

from ..scalars import as_number
from .currencies import currency_of, currency_word, has_no_cents
from .doubts import is_about, is_below_settings, is_limit, is_on_the_clock, is_score
from .phrases import Phrase, is_a_name, own_units, phrase_of, shared_units
from .place import MOST_NEIGHBOURS, Place
from .units import CLASS_OF, UNIT_WORDS, UNITS_OF
from .vocabulary import (
    COUNTING,
    COUNTS,
    GROWING,
    GROWTH,
    MEASUREMENT,
    METERED,
    MONEY,
    OF_A_PART,
    PRICED,
    PRICES,
    QUALIFIERS,
    TOTAL,
    Quantity,
)
from .words import words_of

_CURRENCY_KEYS: Final = (
    *("currency", "currency_code", "currencyCode", "iso_currency_code"),
    *("isoCurrencyCode", "currency_iso"),
)
# The units of a workout at Strava and at APIs that are like it, which name none.
_WORKOUT_UNITS: Final[Mapping[str | None, str]] = {"distance": "m", "speed": "m/s"}
# More decimal places than this come from floating point. A person is shown one less.
_MOST_DECIMALS: Final = 3
# A larger whole number is an id, not a count.
_MOST_COUNTED: Final = 10**12
_PLURAL: Final = re.compile(r"[a-z]{2}[a-hj-rtv-z]s$")
_LONGEST_NUMBER: Final = 16
_PRICE_DECIMALS: Final = 4
# A larger number is the time of a temperature.
_MOST_DEGREES: Final = 1000
_TEMPERATURES: Final = frozenset({"temp", "temps", "temperature", "temperatures"})
# Classes whose step, accuracy or change is not of the class.
_NOT_ABOUT: Final = frozenset(
    {"battery", "humidity", "moisture", "atmospheric_pressure"}
)
# Words for money that are flags as well: `sunroofOpen: 0`.
_MAY_BE_FLAGS: Final = frozenset({"open", "close", "low", "high", "available", "due"})
_LEADING_ZERO: Final = re.compile(r"-?0[0-9]")


class Measure(NamedTuple):
    """What a number measures. All fields are None where it measures nothing."""

    device_class: str | None = None
    unit: str | None = None
    state_class: str | None = None
    precision: int | None = None


def money(place: Place, number: float, text: str | None) -> Measure | None:
    """Return the measure of an amount of money, None for other numbers and possible cents.

    Many banks count in cents and write whole numbers. So a whole number is an amount only where
    its key names the currency, where the currency has no cents, or where an amount beside it is
    written with a fraction.
    """
    if "per" in place.words:
        return None
    head = _head(place)
    for word in place.words:
        currency = currency_word(word)
        # `usd_24h_change` is the change of a price, not an amount.
        if currency is not None and (head in MONEY or word == place.words[-1]):
            return _amount(currency, MONEY.get(head))
    if head not in MONEY:
        return None
    for currency in _currencies(place):
        if (
            has_no_cents(currency)
            or _has_fraction(number if text is None else text)
            or _has_fractions_beside(place)
        ):
            return _amount(currency, None if "price" in place.meaning else MONEY[head])
        return None
    return None


def price(place: Place, number: float) -> Measure | None:
    """Return the measure of a price for a unit, `eur_kwh` or `price_per_kwh`, None for others.

    Home Assistant has no device class for it.
    """
    *before, last = ("", *place.words)
    if last not in PRICED or not any(
        word in PRICES or currency_word(word) for word in before
    ):
        return None
    words = [currency_word(word) for word in before]
    currency = next((found for found in (*words, *_currencies(place)) if found), None)
    [unit] = UNIT_WORDS[last]
    return Measure(
        unit=None if currency is None else f"{currency}/{unit}",
        state_class=MEASUREMENT,
        precision=None if _precision(number) is None else _PRICE_DECIMALS,
    )


def measure(place: Place, number: float, text: str | None) -> Measure:
    """Return what a number measures, also one that is written as `text`."""
    if (text is not None and _is_a_code(text)) or is_on_the_clock(place):
        return Measure()
    phrase = phrase_of(place)
    if not phrase.quantities and is_a_name(place.meaning):
        return Measure()
    if is_score(place):
        return Measure(state_class=MEASUREMENT, precision=_precision(number))
    found = _found(place, phrase, number)
    if found is not None:
        return _measured(place, *found, number)
    if not phrase.quantities and not _is_count(place, number, text):
        return Measure()
    # Meters and coordinates are not measurements, also where their unit is not known.
    is_measured = all(quantity.state_class for quantity in phrase.quantities)
    return Measure(
        state_class=MEASUREMENT if is_measured else None, precision=_precision(number)
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
    units = own or phrase.units
    stated = own or (phrase.units if phrase.is_unit_plain else ())
    found = _fit(quantities, units)
    if found is None and stated:
        # What the answer states beats what its words suppose: `battery_km` is no share.
        return _by_unit(place, stated[0])
    return (
        found
        or _fit(quantities, shared_units(place))
        or (None if is_below_settings(place) else _default(place, quantities, number))
    )


def _head(place: Place) -> str:
    """Return the word that says what is counted: `spend` of `spend_today_eur`."""
    for word in reversed(place.meaning):
        if word in MONEY or not (currency_word(word) or word in QUALIFIERS):
            return word
    return ""


def _amount(currency: str, state_class: str | None) -> Measure:
    return Measure(
        device_class="monetary",
        unit=currency,
        state_class=state_class,
        precision=0 if has_no_cents(currency) else 2,
    )


def _currencies(place: Place) -> list[str]:
    texts = place.beside("_currency", "Currency", "_currency_code", "CurrencyCode")
    if place.is_value:
        texts.append(place.siblings.get("unit"))
    texts += [
        holder[key]
        for holder in (place.siblings, place.parent)
        for key in _CURRENCY_KEYS
        if key in holder
    ]
    found = [currency_of(text) for text in texts if isinstance(text, str)]
    return [currency for currency in found if currency is not None]


def _has_fractions_beside(place: Place) -> bool:
    """Return whether another amount of the same object is written with a fraction."""
    for key, value in islice(place.siblings.items(), MOST_NEIGHBOURS):
        words = words_of(key)
        # Prices and rates have fractions also where amounts are in cents.
        is_amount = bool(words) and MONEY.get(words[-1].lower()) == TOTAL
        if is_amount and _has_fraction(value):
            return True
    return False


def _has_fraction(value: object) -> bool:
    if isinstance(value, str):
        return "." in value and as_number(value) is not None
    # 12.0 counts too: a bank that counts in cents does not write it.
    return isinstance(value, float)


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
        is_share = quantity.unit == "%" and 0 < number < 1
        if (
            (quantity.unit or has_no_unit)
            and _is_likely(quantity, number)
            and not is_share
            and (quantity.device_class != "temperature" or _agree(place, quantity))
        ):
            return quantity, quantity.unit
    return None


def _is_likely(quantity: Quantity, number: float) -> bool:
    low, high = quantity.between
    return low <= number <= high


def _agree(place: Place, quantity: Quantity) -> bool:
    """Return whether the temperatures beside a value are likely in the same unit."""
    return all(
        _is_likely(quantity, number)
        for key, value in islice(place.siblings.items(), MOST_NEIGHBOURS)
        if _is_a_temperature([word.lower() for word in words_of(key)])
        and not isinstance(value, str)
        and (number := as_number(value)) is not None
        and abs(number) < _MOST_DEGREES
    )


def _is_a_temperature(words: list[str]) -> bool:
    return not _TEMPERATURES.isdisjoint(words) and (
        words[-1] in _TEMPERATURES or words[-1] in QUALIFIERS
    )


def _measured(
    place: Place, quantity: Quantity, unit: str | None, number: float
) -> Measure:
    state_class, device_class = quantity.state_class, quantity.device_class
    if device_class in METERED:
        state_class = None if GROWTH.isdisjoint(place.meaning) else GROWING
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
        precision=_precision(number) if precision is None else precision,
    )


def _is_of_a_part(place: Place) -> bool:
    """Return whether a meter's words are those of a part of it: the mileage of a trip."""
    return not OF_A_PART.isdisjoint(place.words) or any(
        not OF_A_PART.isdisjoint(words) for words in place.above
    )


def _precision(number: float) -> int | None:
    """Return how many decimals to show of a number that has more than a person reads."""
    is_long = isinstance(number, float) and round(number, _MOST_DECIMALS) != number
    return _MOST_DECIMALS - 1 if is_long else None


def _is_count(place: Place, number: float, text: str | None) -> bool:
    """Return whether a number is a quantity although its key names none that is known."""
    if text is not None:
        # A text such as "1.2" may be a version; only the word count makes it a number.
        return place.words[-1:] == ("count",)
    if isinstance(number, float) and not number.is_integer():
        return True
    words = place.words
    if not words or abs(number) >= _MOST_COUNTED:
        return False
    head = _head(place)
    if number in (0, 1) and head in _MAY_BE_FLAGS:
        return False
    if words[-1] in COUNTS or words[0] in COUNTING or head in MONEY.keys() - {"value"}:
        return True
    # Plurals count: followers, items, goals. But 0 and 1 may be a flag.
    return number > 1 and _PLURAL.search(words[-1]) is not None


def _is_a_code(text: str) -> bool:
    """Return whether digits are a code, not a number: 007, +49…, or more than a number has."""
    text = text.strip()
    return (
        text.startswith("+")
        or len(text) > _LONGEST_NUMBER
        or _LEADING_ZERO.match(text) is not None
    )
