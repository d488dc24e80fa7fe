"""What a number measures, and in which unit."""

from collections.abc import Mapping
from itertools import islice
import re
from typing import Final, NamedTuple, TypeIs

from ..scalars import as_number
from .currencies import currency_of, currency_word, has_no_cents
from .phrases import Phrase, is_a_name, phrase_of
from .place import MOST_NEIGHBOURS, Place
from .units import CLASS_OF, UNITS_OF, is_unit, read_system, read_unit
from .vocabulary import (
    COUNTING,
    COUNTS,
    GROWING,
    GROWTH,
    MEASUREMENT,
    METERED,
    MONEY,
    QUALIFIERS,
    TOTAL,
    Quantity,
)
from .words import words_of

# Endings of the keys of a unit that belongs to one value: `speed_unit` beside `speed`.
_UNIT_ENDINGS: Final = ("_unit", "_units", "Unit", "Units", "_uom")
# Keys of a unit that may belong to all values of an object.
_UNIT_KEYS: Final = (
    *("unit", "units", "uom", "unit_of_measurement", "unitOfMeasurement"),
    *("unitCode", "unit_code", "unitSymbol", "unit_symbol"),
)
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


def measure(place: Place, number: float, text: str | None) -> Measure:
    """Return what a number measures, also one that is written as `text`."""
    if text is not None and _is_a_code(text):
        return Measure()
    phrase = phrase_of(place)
    if not phrase.quantities and is_a_name(place.meaning):
        return Measure()
    own_units = _own_units(place)
    found = (
        _fit(phrase.quantities, own_units or phrase.units)
        or _fit(phrase.quantities, _shared_units(place))
        or _default(place, phrase.quantities, number)
        or _by_unit(phrase, own_units or (phrase.units if phrase.is_unit_plain else ()))
    )
    if found is not None:
        return _measured(place, *found, number)
    if not phrase.quantities and not _is_count(place, number, text):
        return Measure()
    # Meters and coordinates are not measurements, also where their unit is not known.
    is_measured = all(quantity.state_class for quantity in phrase.quantities)
    return Measure(
        state_class=MEASUREMENT if is_measured else None, precision=_precision(number)
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


def _own_units(place: Place) -> tuple[str, ...]:
    """Return the units that the answer states for this value alone."""
    texts = place.beside(*_UNIT_ENDINGS)
    if place.is_value:
        texts += [place.siblings[key] for key in _UNIT_KEYS if key in place.siblings]
    # `{"units": {"temperature": "°C"}}`, and `current_units` beside `current`.
    above = place.segments[-1] if place.segments else None
    tables = [
        place.siblings.get("units"),
        place.parent.get(f"{above}_units"),
        place.parent.get("units"),
    ]
    texts += [table[place.key] for table in tables if _has(table, place.key)]
    for text in texts:
        if isinstance(text, str) and text:
            known = read_unit(text)
            return known or ((text,) if is_unit(text) else ())
    return ()


def _has(table: object, key: str) -> TypeIs[dict[str, object]]:
    return isinstance(table, dict) and key in table


def _shared_units(place: Place) -> tuple[str, ...]:
    """Return the units that the answer states for several values; at most one fits each."""
    units: list[str] = []
    for holder in (place.siblings, place.parent):
        for key in _UNIT_KEYS:
            text = holder.get(key)
            if isinstance(text, str):
                system = read_system(text)
                units += read_unit(text) if system is None else (system,)
    return tuple(units)


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


def _by_unit(
    phrase: Phrase, units: tuple[str, ...]
) -> tuple[Quantity, str | None] | None:
    """Return a quantity with the first unit; the unit tells its class if the key names no other."""
    if not units:
        return None
    device_class = None if phrase.quantities else CLASS_OF.get(units[0])
    return Quantity(device_class=device_class), units[0]


def _default(
    place: Place, quantities: tuple[Quantity, ...], number: float
) -> tuple[Quantity, str | None] | None:
    """Return the first quantity whose assumed unit the number is likely to be in."""
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
        low, high = quantity.between
        is_share = quantity.unit == "%" and 0 < number < 1
        if (quantity.unit or has_no_unit) and low <= number <= high and not is_share:
            return quantity, quantity.unit
    return None


def _measured(
    place: Place, quantity: Quantity, unit: str | None, number: float
) -> Measure:
    state_class = quantity.state_class
    if quantity.device_class in METERED:
        state_class = None if GROWTH.isdisjoint(place.meaning) else GROWING
    precision = quantity.precision
    return Measure(
        device_class=quantity.device_class,
        unit=unit,
        state_class=state_class,
        precision=_precision(number) if precision is None else precision,
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
