"""Home Assistant's constants for units."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from homeassistant import const
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.sensor.const import DEVICE_CLASS_UNITS

from .resources import Entity

# Those that are in no class of units.
_OTHERS: Final = {
    const.PERCENTAGE: "PERCENTAGE",
    const.CONCENTRATION_PARTS_PER_MILLION: "CONCENTRATION_PARTS_PER_MILLION",
    const.LIGHT_LUX: "LIGHT_LUX",
    const.DEGREE: "DEGREE",
    const.REVOLUTIONS_PER_MINUTE: "REVOLUTIONS_PER_MINUTE",
}


def unit(entity: Entity) -> str:
    """Return the expression of an entity's unit: a constant where there is one for it alone."""
    text = entity.unit or ""
    if text in _OTHERS:
        return _OTHERS[text]
    found = [member for kind in _kinds(entity) for member in kind if member == text]
    if len(found) != 1:
        return repr(text)
    [member] = found
    return f"{type(member).__name__}.{member.name}"


def unit_names(entities: Iterable[Entity]) -> list[str]:
    """Return what is to be imported for the units of entities."""
    written = (unit(entity) for entity in entities if entity.unit)
    names = {text.partition(".")[0] for text in written if text[0] not in "'\""}
    return sorted(names)


def _kinds(entity: Entity) -> Iterator[type[StrEnum]]:
    """Yield the classes of units that an entity's unit can be of."""
    fitting: set[type] | None = None
    if entity.device_class is not None:
        units = DEVICE_CLASS_UNITS.get(SensorDeviceClass[entity.device_class], ())
        fitting = {type(each) for each in units}
    for name, kind in vars(const).items():
        if name.startswith("UnitOf") and (fitting is None or kind in fitting):
            yield kind
