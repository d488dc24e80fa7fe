"""Home Assistant accepts each class, unit and state class in the tables."""

import pytest

from custom_components.oauth2_client.document.guessing.tables.flags import FLAGS
from custom_components.oauth2_client.document.guessing.tables.vocabulary import (
    GROWING,
    METERED,
    MONEY,
    QUANTITIES,
    Quantity,
)
from custom_components.oauth2_client.document.units import (
    CLASS_OF,
    UNIT_WORDS,
    UNITS_OF,
    read_unit,
)
from homeassistant.components.binary_sensor import BinarySensorDeviceClass  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.components.sensor.const import AMBIGUOUS_UNITS, DEVICE_CLASS_UNITS


@pytest.mark.parametrize(
    ("unit", "read"),
    [
        ("°C", "°C"),
        ("wmoUnit:degC", "°C"),
        ("celsius", "°C"),
        ("KM/H", "km/h"),
        ("km_h-1", "km/h"),
        ("mW", "mW"),
        ("MW", "MW"),
        ("Percent", "%"),
        ("µg/m³", "μg/m³"),
        ("kwh", "kWh"),
        ("metric", None),
        ("", None),
    ],
)
def test_the_unit_beside_a_value_is_read_in_many_spellings(
    unit: str, read: str | None
) -> None:
    assert read_unit(unit)[:1] == (() if read is None else (read,))


def test_every_unit_is_one_of_home_assistant_for_its_class() -> None:
    for device_class, units in UNITS_OF.items():
        allowed = {
            str(unit) for unit in DEVICE_CLASS_UNITS[SensorDeviceClass(device_class)]
        }
        assert units <= allowed, device_class
        assert not units & AMBIGUOUS_UNITS.keys()
    for unit, device_class in CLASS_OF.items():
        assert unit in UNITS_OF[device_class]
    every = {unit for units in UNITS_OF.values() for unit in units}
    # Home Assistant has no device class with these units.
    assert {unit for units in UNIT_WORDS.values() for unit in units} - every == {
        "bpm",
        "rpm",
    }


def _quantities() -> list[Quantity]:
    return [item for items in QUANTITIES.values() for item in items] + [
        Quantity(device_class=device_class) for device_class in CLASS_OF.values()
    ]


def test_every_class_of_a_quantity_takes_its_unit_and_its_state_class() -> None:
    for quantity in _quantities():
        if quantity.device_class is None:
            continue
        device_class = SensorDeviceClass(quantity.device_class)
        allowed = DEVICE_CLASS_STATE_CLASSES[device_class]
        states = {quantity.state_class}
        if quantity.device_class in METERED:
            states = {None, GROWING}
        assert {SensorStateClass(state) for state in states if state} <= allowed
        assert (device_class in DEVICE_CLASS_UNITS) is (
            quantity.device_class in UNITS_OF
            or quantity.device_class in {"aqi", "ph", "power_factor"}
        )
        if quantity.unit is not None:
            assert quantity.unit in UNITS_OF[quantity.device_class]


def test_every_amount_of_money_has_a_state_class_that_money_has() -> None:
    states = {SensorStateClass(state) for state in MONEY.values() if state}

    assert states == DEVICE_CLASS_STATE_CLASSES[SensorDeviceClass.MONETARY]


def test_every_class_of_a_flag_is_one_of_home_assistant() -> None:
    known = {item.value for item in BinarySensorDeviceClass}

    assert {item for item in FLAGS.values() if item is not None} <= known
