"""Values of a document as states that Home Assistant takes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from custom_components.oauth2_client.document import MISSING, compile_path
from custom_components.oauth2_client.sensor import describe, state_value
from custom_components.oauth2_client.value import Value
from homeassistant.components.sensor import SensorStateClass


def _state(
    value: object, *, unit: str | None = None, device_class: str | None = None
) -> Any:
    return state_value(
        value,
        describe(
            Value(
                key="v",
                name="V",
                path=compile_path("$.v"),
                unit=unit,
                device_class=device_class,
            )
        ),
    )


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ("hello", "hello"),
        ("", ""),
        (5, 5),
        (5.5, 5.5),
        (True, "true"),
        (False, "false"),
        (None, None),
        (MISSING, None),
        ([1, 2], 2),
        ([], 0),
        ({"a": 1}, None),
        (float("nan"), None),
        (10**400, None),
    ],
)
def test_a_value_without_unit_and_class_is_shown_as_it_is(
    value: object, state: object
) -> None:
    assert _state(value) == state


def test_text_that_is_too_long_for_a_state_is_cut() -> None:
    assert _state("x" * 255) == "x" * 255
    assert _state("x" * 256) == "x" * 254 + "…"


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (21.5, 21.5),
        (-3, -3),
        ("21.5", 21.5),
        (" 21 ", 21),
        ("1e3", 1000.0),
        ("warm", None),
        ("", None),
        ("nan", None),
        ("1e999", None),
        (float("inf"), None),
        (10**400, None),
        (True, None),
        (None, None),
    ],
)
def test_a_quantity_is_a_finite_number_or_unknown(value: object, state: object) -> None:
    assert _state(value, unit="°C", device_class="temperature") == state
    assert _state(value, unit="points") == state


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T13:00:00+01:00",
        "2026-03-01 12:00:00.000+00:00",
        1772366400,
        1772366400.0,
        1772366400000,
        "1772366400",
    ],
)
def test_a_timestamp_is_text_or_seconds_or_milliseconds(value: object) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert _state(value, device_class="timestamp") == moment


async def test_a_timestamp_without_offset_is_local_time(hass: object) -> None:
    # The test plugin's home is in California.
    moment = datetime(2026, 3, 1, 20, tzinfo=UTC)

    assert _state("2026-03-01T12:00:00", device_class="timestamp") == moment


@pytest.mark.parametrize(
    "value", ["soon", "", "2026-02-30T12:00:00Z", 10**30, -(10**30), True, [], {}, None]
)
def test_what_is_no_time_is_unknown(value: object) -> None:
    assert _state(value, device_class="timestamp") is None


@pytest.mark.parametrize(
    "value", ["2026-03-01", "2026-03-01T23:30:00-08:00", 1772395200]
)
async def test_a_date_is_a_day(hass: object, value: object) -> None:
    assert _state(value, device_class="date") == date(2026, 3, 1)


@pytest.mark.parametrize("value", ["soon", "", "2026-02-30", 10**30, True, [], None])
def test_what_is_no_day_is_unknown(value: object) -> None:
    assert _state(value, device_class="date") is None


@pytest.mark.parametrize(
    ("unit", "device_class", "state_class"),
    [
        ("°C", "temperature", SensorStateClass.MEASUREMENT),
        ("points", None, SensorStateClass.MEASUREMENT),
        ("kWh", "energy", None),
        ("°", "wind_direction", None),
        (None, None, None),
        (None, "timestamp", None),
        ("s", "timestamp", None),
    ],
)
def test_a_quantity_with_a_unit_is_a_measurement_where_that_is_allowed(
    unit: str | None, device_class: str | None, state_class: SensorStateClass | None
) -> None:
    value = Value(
        key="v",
        name="V",
        path=compile_path("$.v"),
        unit=unit,
        device_class=device_class,
    )

    assert describe(value).state_class == state_class


def test_a_class_that_is_no_quantity_loses_its_unit() -> None:
    value = Value(
        key="v", name="V", path=compile_path("$.v"), unit="s", device_class="timestamp"
    )

    assert describe(value).native_unit_of_measurement is None


def test_a_class_that_home_assistant_does_not_know_is_left_out() -> None:
    value = Value(key="v", name="V", path=compile_path("$.v"), device_class="mood")

    assert describe(value).device_class is None
