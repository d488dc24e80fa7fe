"""Checks that platform, classes and unit of a value fit together, as Home Assistant requires."""

from collections.abc import Collection, Iterable, Mapping
from copy import replace
from typing import TYPE_CHECKING, Final, NoReturn

from homeassistant.components.binary_sensor import BinarySensorDeviceClass  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.components.sensor.const import (
    DEVICE_CLASS_STATE_CLASSES,
    DEVICE_CLASS_UNITS,
    NON_NUMERIC_DEVICE_CLASSES,
)
from homeassistant.const import Platform
from homeassistant.util.enum import try_parse_enum

from ..document.paths import compile_path
from .value import Value

if TYPE_CHECKING:
    from ..document.guessing import Guess

_CLASSES: Final[Mapping[str, Iterable[str]]] = {
    Platform.SENSOR: SensorDeviceClass,
    Platform.BINARY_SENSOR: BinarySensorDeviceClass,
}


class Misfit(ValueError):
    """Platform, classes and unit of a value contradict each other.

    `key` is the translation key of the message, `allowed` are the units or state classes that fit.
    """

    def __init__(self, key: str, value: Value, allowed: Iterable[str] = ()) -> None:
        super().__init__(key)
        self.key = key
        self.value = value
        self.allowed = tuple(sorted(allowed))


def check_value(value: Value) -> None:
    """Raise Misfit where platform, classes and unit of a value contradict each other."""
    if value.platform == Platform.BINARY_SENSOR and value.unit:
        raise Misfit("unit_of_binary", value)
    if value.device_class is None:
        return
    if value.device_class not in set(_CLASSES[value.platform]):
        raise Misfit("class_of_other_platform", value)
    if value.platform == Platform.SENSOR:
        _check_sensor(value)


def _check_sensor(value: Value) -> None:
    device_class = SensorDeviceClass(str(value.device_class))
    chosen = try_parse_enum(SensorStateClass, value.state_class)
    allowed = DEVICE_CLASS_STATE_CLASSES.get(device_class, set())
    if chosen is not None and chosen not in allowed:
        key = "state_class_mismatch" if allowed else "state_class_needless"
        raise Misfit(key, value, allowed)
    if device_class in NON_NUMERIC_DEVICE_CLASSES:
        if value.unit:
            raise Misfit("unit_not_allowed", value)
        return
    units = DEVICE_CLASS_UNITS.get(device_class)
    if units is not None and value.unit not in units:
        _refuse_unit(value, units)


def _refuse_unit(value: Value, units: Collection[object]) -> NoReturn:
    known = [str(unit) for unit in units if unit]
    if not known:
        raise Misfit("unit_needless", value)
    if not value.unit:
        raise Misfit("unit_missing", value, known)
    # Some device classes also allow a value without a unit.
    may_have_none = len(known) < len({*units})
    raise Misfit(
        "unit_mismatch_or_none" if may_have_none else "unit_mismatch", value, known
    )


def fitting(value: Value) -> Value:
    """Return a value without those of its classes and unit that contradict each other."""
    for candidate in (
        value,
        replace(value, state_class=None),
        replace(value, state_class=None, device_class=None),
    ):
        try:
            check_value(candidate)
        except Misfit:
            continue
        return candidate
    return replace(value, state_class=None, device_class=None, unit=None)


def value_of(path: str, guess: Guess) -> Value:
    """Return the value for a path, as a guess describes it. Its key is empty."""
    return fitting(
        Value(
            key="",
            name=guess.name,
            path=compile_path(path),
            platform=guess.platform,
            unit=guess.unit,
            device_class=guess.device_class,
            state_class=guess.state_class,
            precision=guess.precision,
            category=guess.category,
        )
    )
