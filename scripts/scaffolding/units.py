"""Finds Home Assistant's constants for units."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from homeassistant import const
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.sensor.const import DEVICE_CLASS_UNITS

from .resources import Entity

# Constants that are members of no enum.
_PLAIN_CONSTANTS: Final = {
    const.PERCENTAGE: "PERCENTAGE",
    const.CONCENTRATION_PARTS_PER_MILLION: "CONCENTRATION_PARTS_PER_MILLION",
    const.LIGHT_LUX: "LIGHT_LUX",
    const.DEGREE: "DEGREE",
    const.REVOLUTIONS_PER_MINUTE: "REVOLUTIONS_PER_MINUTE",
}


def unit(entity: Entity) -> str:
    """Return the expression for an entity's unit: a constant where exactly one fits, else the text."""
    text = entity.unit or ""
    if text in _PLAIN_CONSTANTS:
        return _PLAIN_CONSTANTS[text]
    found = [each for enum in _unit_enums(entity) for each in enum if each == text]
    if len(found) != 1:
        return repr(text)
    [member] = found
    return f"{type(member).__name__}.{member.name}"


def unit_names(entities: Iterable[Entity]) -> list[str]:
    """Return the names to import for the units of entities."""
    written = (unit(entity) for entity in entities if entity.unit)
    names = {text.partition(".")[0] for text in written if text[0] not in "'\""}
    return sorted(names)


def _unit_enums(entity: Entity) -> Iterator[type[StrEnum]]:
    """Yield the enums of units that fit an entity's device class, all enums where it has none."""
    fitting: set[type] | None = None
    if entity.device_class is not None:
        units = DEVICE_CLASS_UNITS.get(SensorDeviceClass[entity.device_class], ())
        fitting = {type(each) for each in units}
    for name, enum in vars(const).items():
        if name.startswith("UnitOf") and (fitting is None or enum in fitting):
            yield enum
