"""Values as entities: on or off, with templates, attributes and long texts; and an account's own."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.oauth2_client.binary_sensor import flag
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import add_resource, change_values, entity_ids, settle, state_of

type Show = Callable[[object, dict[str, Any]], Awaitable[State]]


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.fixture
def show(hass: HomeAssistant, account: ConfigEntry, server: FakeServer) -> Show:
    """Show one value of an answer."""

    async def show(document: object, value: dict[str, Any]) -> State:
        server.api_faults.extend([Fault.json(200, document)] * 2)
        subentry = await add_resource(
            hass, account, name="R", values=[{"name": "V", **value}]
        )
        [entity_id] = entity_ids(hass, subentry).values()
        state = hass.states.get(entity_id)
        assert state is not None
        return state

    return show


@pytest.mark.parametrize(
    ("value", "is_on"),
    [
        (True, True),
        (False, False),
        ("open", True),
        ("Closed", False),
        ("ON", True),
        (1, True),
        (0, False),
        ([], False),
        ([0], True),
        (None, None),
        ("purple", None),
        ({}, None),
    ],
)
def test_a_flag_is_on_in_whichever_words(value: object, is_on: bool | None) -> None:
    assert flag(value) is is_on


async def test_a_flag_is_a_binary_sensor(show: Show) -> None:
    door = {
        "path": "$.door",
        "platform": "binary_sensor",
        "device_class": "door",
        "category": "diagnostic",
    }
    state = await show({"door": "open"}, door)

    assert (state.entity_id, state.state) == ("binary_sensor.r_v", "on")
    assert state.attributes["device_class"] == "door"


async def test_a_value_that_becomes_a_flag_changes_its_entity(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    battery = {"name": "Battery", "path": "$.battery"}
    subentry = await add_resource(hass, account, values=[battery])
    low = {**battery, "platform": "binary_sensor", "template": "{{ value < 20 }}"}
    await change_values(hass, account, subentry, [low])

    assert entity_ids(hass, subentry) == {"battery": "binary_sensor.weather_battery"}
    assert state_of(hass, "binary_sensor.weather_battery") == "off"


async def test_a_template_makes_the_state(show: Show) -> None:
    value = {
        "path": "$.metres",
        "template": "{{ (value / 1000) | round(1) }}",
        "unit": "km",
        "device_class": "distance",
        "precision": 2,
        "state_class": "total_increasing",
    }
    state = await show({"metres": 12345}, value)

    assert state.state == "12.3"
    assert state.attributes["state_class"] == "total_increasing"


async def test_a_template_may_use_the_other_values(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    high = {"name": "High", "path": "$.forecast[0].high"}
    low = {
        "name": "Span",
        "path": "$.forecast[0].low",
        "template": "{{ values.high - value }}",
    }
    await add_resource(hass, account, values=[high, low])

    assert state_of(hass, "sensor.weather_span") == "10.5"


async def test_a_template_that_fails_makes_it_unknown_and_says_so(
    show: Show, caplog: pytest.LogCaptureFixture
) -> None:
    state = await show({"a": 1}, {"path": "$.a", "template": "{{ value / 0 }}"})

    assert state.state == "unknown"
    # Once, however often it is shown.
    assert caplog.text.count("The template of sensor.r_v failed") == 1


async def test_attributes_of_choice_are_shown_beside_the_state(show: Show) -> None:
    value = {"path": "$.a", "attributes": ["$.b", "$.c.b", "$.list"]}
    document = {"a": 1, "b": "x", "c": {"b": 2}, "list": [1, 2]}
    state = await show(document, value)

    shown = {key: state.attributes[key] for key in ("b", "b_2", "list")}
    assert shown == {"b": "x", "b_2": 2, "list": [1, 2]}


async def test_a_text_that_is_too_long_for_a_state_is_whole_in_an_attribute(
    show: Show,
) -> None:
    state = await show({"a": "x" * 300}, {"path": "$.a"})

    assert state.state == "x" * 254 + "…"
    assert state.attributes["full_text"] == "x" * 300


@pytest.mark.parametrize(
    ("path", "count"), [("$.list", "2"), ("$.list[?@.on == true]", "1"), ("$..x", "0")]
)
async def test_a_list_is_how_many_it_holds(show: Show, path: str, count: str) -> None:
    document = {"list": [{"on": True}, {"on": False}]}

    assert (await show(document, {"path": path})).state == count


async def test_a_category_and_decimals_are_the_entitys(
    hass: HomeAssistant, show: Show
) -> None:
    await show({"a": 1.234}, {"path": "$.a", "category": "diagnostic", "precision": 1})
    entity = er.async_get(hass).async_get("sensor.r_v")

    assert entity is not None
    assert entity.entity_category is EntityCategory.DIAGNOSTIC
    assert entity.options["sensor"]["suggested_display_precision"] == 1


async def test_no_state_class_is_none_where_that_is_wanted(show: Show) -> None:
    state = await show(
        {"a": 1}, {"path": "$.a", "unit": "points", "state_class": "none"}
    )

    assert "state_class" not in state.attributes


async def _enabled(hass: HomeAssistant, account: ConfigEntry, name: str) -> str:
    entity_id = f"sensor.sandbox_{name}"
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(account.entry_id)
    await settle(hass)
    return entity_id


async def test_an_account_tells_when_its_token_expires(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    entity_id = await _enabled(hass, account, "token_expiry")
    first = account.runtime_data.account.token_set

    def expiry() -> datetime:
        return datetime.fromisoformat(state_of(hass, entity_id))

    assert expiry() == datetime.fromtimestamp(int(first.expires_at or 0), UTC)
    server.api_faults.append(Fault.json(401, {}))
    await account.runtime_data.account.request("GET", "/me")
    renewed = account.runtime_data.account.token_set
    assert renewed is not first
    assert expiry() == datetime.fromtimestamp(int(renewed.expires_at or 0), UTC)


async def test_an_account_tells_how_many_requests_are_left(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    entity_id = await _enabled(hass, account, "requests_left")
    assert state_of(hass, entity_id) == "unknown"
    limits = {"X_RateLimit_Limit": "60", "X_RateLimit_Remaining": "59"}
    server.api_faults.append(Fault.json(200, {}, **limits))
    await account.runtime_data.account.request("GET", "/me")

    assert state_of(hass, entity_id) == "59"
