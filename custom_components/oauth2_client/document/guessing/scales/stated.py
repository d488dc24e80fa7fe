"""Units that an answer states: in the text of a value, in a field beside it, or in a table above."""

from itertools import islice
from typing import Final, TypeIs

from ...units import (
    UNIT_WORDS,
    WEAK_UNIT_WORDS,
    is_unit,
    read_system,
    read_unit,
    states_a_unit,
)
from ..place import MOST_NEIGHBOURS, Place
from ..tables.vocabulary import PRICES

# Endings of the keys of a unit that belongs to one value: `speed_unit` beside `speed`.
_UNIT_ENDINGS: Final = ("_unit", "_units", "Unit", "Units", "_uom")
# Keys of a unit that may belong to all values of an object.
_UNIT_KEYS: Final = (
    *("unit", "units", "uom", "unit_of_measurement", "unitOfMeasurement"),
    *("unitCode", "unit_code", "unitSymbol", "unit_symbol", "Unit", "Units", "UOM"),
    *("measurementUnit", "measurement_unit", "unitOfMeasure", "unit_of_measure"),
)
# Keys of an amount, whose unit is not that of a level beside it.
_AMOUNTS: Final = frozenset({"amount", "liters", "litres", "quantity", "volume"})
_SCALE_KEYS: Final = ("scale", "temperatureScale", "temperature_scale", "tempScale")
# Where an object that is a unit has its sign.
_UNIT_TEXTS: Final = (
    *("symbol", "code", "abbreviation", "short", "name", "value", "text"),
)


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
        # NGSI: `{"value": 21.5, "metadata": {"unitCode": {"value": "CEL"}}}`. Signal K calls it `meta`.
        about = place.siblings.get("metadata", place.siblings.get("meta"))
        if isinstance(about, dict):
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

    None fits a level beside an amount: `{"level": 40, "volume": 20, "unit": "l"}`.
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
