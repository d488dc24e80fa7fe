"""Values of a document as states that Home Assistant accepts."""

from datetime import UTC, date, datetime
import sys
import threading
from typing import Any

import pytest

from custom_components.oauth2_client.definitions.value import Value
from custom_components.oauth2_client.document.paths import MISSING, compile_path
from custom_components.oauth2_client.sensor import ResourceSensor, describe, state_value
from homeassistant.components.sensor import SensorStateClass
from homeassistant.components.sensor.const import DOMAIN as SENSOR
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import LEVEL, add_resource, settle


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
    ("value", "state"),
    [
        ("21.5 °C", 21.5),
        ("21,5", 21.5),
        ("1.021,5 °C", 1021.5),
        ("-3 °c", -3),
        ("70.7 °F", pytest.approx(21.5)),
        ("21.5 kWh", None),
        ("21.5 points", None),
        ("1,021", None),
        ("-- °C", None),
    ],
)
def test_a_quantity_may_be_written_for_people(value: str, state: object) -> None:
    assert _state(value, unit="°C", device_class="temperature") == state
    assert _state(value) == value


def test_a_written_quantity_is_in_the_unit_of_its_sensor() -> None:
    assert _state("12 points", unit="points") == 12
    assert _state("12 points", unit="marks") is None
    assert _state("12 km", unit="mi") is None
    assert _state("999 Wh", unit="kWh", device_class="energy") == 0.999
    assert _state("1 h 5 min", unit="min", device_class="duration") == 65
    assert _state("2 h", unit="min", device_class="duration") == 120


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


def test_an_enumeration_is_text_whatever_else_is_set() -> None:
    value = Value(
        key="v", name="V", path=compile_path("$.v"), device_class="enum", precision=1
    )

    assert state_value("idle", describe(value)) == "idle"


def test_a_state_class_that_the_device_class_forbids_is_left_out() -> None:
    value = Value(
        key="v",
        name="V",
        path=compile_path("$.v"),
        unit="EUR",
        device_class="monetary",
        state_class="measurement",
    )

    assert describe(value).state_class is None


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


async def _show(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    document: object,
    *values: dict[str, Any],
) -> State:
    """Add a resource whose answer is a document; return what its first value shows."""
    server.api_faults.extend([Fault.json(200, document)] * 2)
    wanted = [{"name": f"V{place}", **value} for place, value in enumerate(values)]
    await add_resource(hass, account, **{**LEVEL, "values": wanted})
    state = hass.states.get("sensor.tank_v0")
    assert state is not None
    return state


async def test_a_long_text_is_in_an_attribute_as_a_whole(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    text = "x" * 300
    state = await _show(hass, server, account, {"a": text}, {"path": "$.a"})

    assert state.state == "x" * 254 + "…"
    assert state.attributes["full_text"] == text


async def test_a_text_that_fits_has_no_attribute(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    state = await _show(hass, server, account, {"a": "x" * 255}, {"path": "$.a"})

    assert "full_text" not in state.attributes


async def test_attributes_are_shown_beside_the_state(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    state = await _show(
        hass,
        server,
        account,
        {"a": 1, "b": {"name": "Roof"}, "c": {"name": [1, 2]}},
        {"path": "$.a", "attributes": ["$.b.name", "$.c.name"]},
    )

    assert state.state == "1"
    assert state.attributes["name"] == "Roof"
    assert state.attributes["name_2"] == [1, 2]


async def test_an_attribute_that_changes_alone_is_shown(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    wanted = {"path": "$.a", "attributes": ["$.b"]}
    await _show(hass, server, account, {"a": 1, "b": 1}, wanted)
    [coordinator] = account.runtime_data.resources.values()
    for document, shown in (({"a": 1, "b": 2}, 2), ({"a": 1}, None)):
        server.api_faults.append(Fault.json(200, document))
        await coordinator.async_fetch_now()
        state = hass.states.get("sensor.tank_v0")
        assert state is not None
        assert state.attributes["b"] == shown


async def test_a_list_and_a_query_count_what_they_find(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    state = await _show(
        hass,
        server,
        account,
        {"items": [{"a": 1}, {"a": 2}, {"a": 3}]},
        {"path": "$.items"},
        {"path": "$.items[?@.a > 1]"},
    )

    query = hass.states.get("sensor.tank_v1")
    assert query is not None
    assert (state.state, query.state) == ("3", "2")


async def test_a_template_knows_the_value_and_the_others(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    state = await _show(
        hass,
        server,
        account,
        {"a": 2, "b": 21, "c": None},
        {
            "path": "$.a",
            "template": "{{ value * values.v1 }}{{ ' of' if values.v2 is none }}",
        },
        {"path": "$.b"},
        {"path": "$.c"},
    )

    assert state.state == "42 of"


async def test_a_template_makes_a_number_of_a_quantity(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    state = await _show(
        hass,
        server,
        account,
        {"a": 100},
        {
            "path": "$.a",
            "template": "{{ (value - 32) * 5 / 9 }}",
            "unit": "°C",
            "device_class": "temperature",
        },
    )

    assert float(state.state) == pytest.approx(37.8, abs=0.1)
    assert state.attributes["state_class"] == "measurement"


async def test_a_template_that_fails_is_unknown_and_told_once_until_it_works(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    wanted = {"path": "$.a", "template": "{{ 6 / value }}"}
    state = await _show(hass, server, account, {"a": 0}, wanted)
    assert state.state == "unknown"
    [coordinator] = account.runtime_data.resources.values()
    told = []
    for answer in (0, 2, 0):
        server.api_faults.append(Fault.json(200, {"a": answer}))
        await coordinator.async_fetch_now()
        await settle(hass)
        told.append(caplog.text.count("The template of sensor.tank_v0 failed"))

    assert told == [1, 1, 2]


@pytest.mark.parametrize(
    "template", ["{{ value / 1000 }}", "{{ value | float }}", "{{ value.a }}"]
)
async def test_a_null_is_unknown_and_no_fault_of_a_template(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    template: str,
) -> None:
    wanted = {"path": "$.a", "template": template}
    state = await _show(hass, server, account, {"a": None}, wanted)

    assert state.state == "unknown"
    assert "The template of" not in caplog.text


async def test_a_template_that_keeps_failing_takes_no_more_memory_each_time(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    wanted = {"path": "$.a", "template": "{{ 6 / value }}"}
    await _show(hass, server, account, {"a": 0}, wanted)
    entity = hass.data[DATA_INSTANCES][SENSOR].get_entity("sensor.tank_v0")
    assert isinstance(entity, ResourceSensor)

    for _ in range(3):
        assert entity.value is None

    assert len(entity._failing) == 1


@pytest.mark.parametrize(
    ("template", "states"),
    [
        ("{{ values.v1 }}", ["1", "unavailable", "3", "unavailable"]),
        ("{{ value > 1 }}", ["unavailable", "2", "3", "4"]),
        (
            "{{ values.v1 | bool(false) and is_state('sun.sun', 'gone') }}",
            ["unavailable"] * 4,
        ),
        # A template that fails does not make the entity unavailable.
        ("{{ 1 / 0 }}", ["1", "2", "3", "4"]),
    ],
)
async def test_a_template_tells_when_a_value_is_not_available(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    template: str,
    states: list[str],
) -> None:
    quantity = {"unit": "°C", "device_class": "temperature"}
    wanted = {"path": "$.a", "availability": template, **quantity}
    await _show(hass, server, account, {"a": 0, "b": 1}, wanted, {"path": "$.b"})
    [coordinator] = account.runtime_data.resources.values()
    shown = []
    for number, flag in ((1, True), (2, False), (3, "on"), (4, None)):
        document = {"a": number, "b": flag}
        server.api_faults.append(Fault.json(200, document))
        await coordinator.async_fetch_now()
        await settle(hass)
        state = hass.states.get("sensor.tank_v0")
        assert state is not None
        shown.append(state.state)

    assert shown == states


async def test_precision_category_and_state_class_are_those_of_the_entity(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    state = await _show(
        hass,
        server,
        account,
        {"a": 1.2345},
        {
            "path": "$.a",
            "unit": "kWh",
            "device_class": "energy",
            "state_class": "total_increasing",
            "precision": 1,
            "category": "diagnostic",
        },
    )

    assert state.attributes["state_class"] == "total_increasing"
    entity = er.async_get(hass).async_get("sensor.tank_v0")
    assert entity is not None
    assert entity.entity_category == "diagnostic"
    assert entity.options["sensor"]["suggested_display_precision"] == 1


async def test_the_event_loop_imports_nothing_to_read_a_written_number(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "custom_components.oauth2_client.document.quantities"
    importing: list[threading.Thread] = []

    class Watch:
        @staticmethod
        def find_spec(fullname: str, *_: object) -> None:
            if fullname == name:
                importing.append(threading.current_thread())

    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Watch, *sys.meta_path])
    value = {"path": "$.a", "unit": "kWh"}

    state = await _show(hass, server, account, {"a": "21,5 kWh"}, value)

    assert state.state == "21.5"
    assert importing
    assert threading.current_thread() not in importing


async def test_who_wants_no_state_class_gets_none(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    state = await _show(
        hass,
        server,
        account,
        {"a": 5},
        {"path": "$.a", "unit": "points", "state_class": "none"},
    )

    assert "state_class" not in state.attributes


async def test_a_number_that_is_written_for_people_is_shown_in_the_sensors_unit(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    value = {"path": "$.a", "unit": "kWh", "device_class": "energy"}
    state = await _show(hass, server, account, {"a": "1.234,5 kWh"}, value)
    [coordinator] = account.runtime_data.resources.values()

    assert state.state == "1234.5"
    for text, shown in (("999 Wh", "0.999"), ("—", "unknown"), ("12 kWh", "12")):
        server.api_faults.append(Fault.json(200, {"a": text}))
        await coordinator.async_fetch_now()
        now = hass.states.get("sensor.tank_v0")
        assert now is not None
        assert now.state == shown
