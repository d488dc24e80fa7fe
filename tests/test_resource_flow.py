"""Adding, changing and removing resources, through the front door, at a real API."""

from typing import Any

import pytest

from custom_components.oauth2_client import resource_flow as module
from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import (
    CONDITION,
    LEVEL,
    TEMPERATURE,
    WEATHER,
    ResourceFlow,
    add_resource,
    change_resource,
    entity_ids,
    settle,
    state_of,
)

HTML = Fault(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.fixture
async def adding(hass: HomeAssistant, account: ConfigEntry) -> ResourceFlow:
    """The form of a new resource."""
    adding = ResourceFlow(hass, account)
    result = await adding.start()
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    assert not result["errors"]
    return adding


def _suggested(result: Any) -> dict[str, Any]:
    """Return the answers that a form is filled with."""
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


def _with(**changed: Any) -> dict[str, Any]:
    """Return the form with the temperature changed."""
    value = {**TEMPERATURE, **changed}
    return {"values": [{key: text for key, text in value.items() if text is not None}]}


async def test_one_form_leads_to_a_subentry(
    account: ConfigEntry, adding: ResourceFlow
) -> None:
    result = await adding.submit(**WEATHER)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = account.subentries.values()
    assert (subentry.subentry_type, subentry.title) == ("resource", "Weather")
    assert subentry.data == {
        "url": "/weather",
        "interval": 60,
        "values": [
            {"key": "temperature", **TEMPERATURE},
            {"key": "condition", **CONDITION, "unit": None, "device_class": None},
        ],
    }


async def test_the_values_become_sensors_without_a_restart(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)

    assert account.state is ConfigEntryState.LOADED
    assert entity_ids(hass, subentry) == {
        "temperature": "sensor.weather_temperature",
        "condition": "sensor.weather_condition",
    }
    temperature = hass.states.get("sensor.weather_temperature")
    assert temperature is not None
    assert float(temperature.state) == pytest.approx(21.5, abs=0.5)
    assert temperature.attributes == {
        "friendly_name": "Weather Temperature",
        "device_class": "temperature",
        "state_class": "measurement",
        "unit_of_measurement": "°C",
    }
    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_each_resource_is_a_device_below_the_account(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    first = await add_resource(hass, account)
    second = await add_resource(
        hass,
        account,
        name="Me",
        url="/me",
        values=[{"name": "Name", "path": "name"}],
    )

    registry = dr.async_get(hass)
    devices = {
        device.name: device
        for device in dr.async_entries_for_config_entry(registry, account.entry_id)
    }
    assert set(devices) == {"Sandbox", "Weather", "Me"}
    for name, subentry in (("Weather", first), ("Me", second)):
        assert devices[name].identifiers == {(DOMAIN, subentry.subentry_id)}
        assert devices[name].via_device_id == devices["Sandbox"].id
        for entity_id in entity_ids(hass, subentry).values():
            entity = er.async_get(hass).async_get(entity_id)
            assert entity is not None
            assert entity.device_id == devices[name].id
    assert devices["Sandbox"].via_device_id is None


async def test_the_request_is_proven_with_the_accounts_token(
    account: ConfigEntry, adding: ResourceFlow, server: FakeServer
) -> None:
    await adding.submit(**{**WEATHER, "url": " weather?lang=en "})

    proof = server.api_requests[0]
    assert (proof.method, proof.path, proof.query) == (
        "GET",
        "/api/weather",
        {"lang": "en"},
    )
    assert proof.headers["authorization"].startswith("Bearer planted-access-")
    [subentry] = account.subentries.values()
    assert subentry.data["url"] == "weather?lang=en"


async def test_a_complete_address_is_fetched_as_it_is(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    url = f"{server.api_base_url}/weather"
    subentry = await add_resource(hass, account, url=url)

    assert subentry.data["url"] == url
    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_a_value_that_is_null_now_is_a_value(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    server.api_faults.extend([Fault.json(200, {"level": None})] * 2)
    await add_resource(hass, account, **LEVEL)

    assert state_of(hass, "sensor.tank_level") == "unknown"


async def test_a_class_that_is_no_quantity_needs_no_unit(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    updated = {"name": "Updated", "path": "updated", "device_class": "timestamp"}
    await add_resource(hass, account, values=[updated])

    state = hass.states.get("sensor.weather_updated")
    assert state is not None
    assert dt_util.parse_datetime(state.state) is not None
    assert "state_class" not in state.attributes


async def test_an_ambiguous_unit_is_stored_as_home_assistant_writes_it(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    # U+00B5, the micro sign: Home Assistant's is U+03BC.
    subentry = await add_resource(
        hass, account, **_with(unit="\u00b5g/m³", device_class="pm25")
    )

    assert subentry.data["values"][0]["unit"] == "\u03bcg/m³"


@pytest.mark.parametrize(
    ("changed", "field", "error", "told"),
    [
        ({"name": "  "}, "name", "name_missing", {}),
        ({"interval": 9}, "interval", "interval_too_short", {"min_interval": "10"}),
        (_with(name=" "), "values", "value_incomplete", {}),
        (_with(path=" "), "values", "value_incomplete", {}),
        (
            _with(path="$.current.wind-speed"),
            "values",
            "invalid_path",
            {"path": "$.current.wind-speed", "position": "15"},
        ),
        (_with(path="$..humidity"), "values", "invalid_path", {"position": "3"}),
        (
            {"values": [TEMPERATURE, {**CONDITION, "path": "$.gone"}]},
            "values",
            "path_not_found",
            {"path": "$.gone"},
        ),
        (
            {"values": [{**CONDITION, "path": path} for path in ("$.a", "$.b[0]")]},
            "values",
            "path_not_found",
            {"path": "$.a, $.b[0]"},
        ),
        (
            _with(unit="%"),
            "values",
            "unit_mismatch",
            {
                "value": "Temperature",
                "device_class": "temperature",
                "unit": "%",
                "units": "K, °C, °F",
            },
        ),
        (_with(unit=None), "values", "unit_mismatch", {"unit": "–"}),
        (
            _with(device_class="timestamp"),
            "values",
            "unit_not_allowed",
            {"value": "Temperature", "device_class": "timestamp", "unit": "°C"},
        ),
        ({"url": "https://example.com/me"}, "url", "host_not_allowed", {}),
        ({"url": "https://127.0.0.1/api/weather"}, "url", "host_not_allowed", {}),
        ({"url": "http://example.com/me"}, "url", "https_required", {}),
        ({"url": "ftp://example.com/me"}, "url", "invalid_url", {}),
        ({"url": "https://[::1/me"}, "url", "invalid_url", {}),
        ({"url": "/status/403"}, "url", "api_forbidden", {"status": "403"}),
        ({"url": "/nothing"}, "url", "api_not_found", {"status": "404"}),
        ({"url": "/status/429"}, "url", "api_busy", {"status": "429"}),
        ({"url": "/status/503"}, "url", "api_busy", {"status": "503"}),
        ({"url": "/status/500"}, "url", "api_refused", {"status": "500"}),
        ({"url": "/status/304"}, "url", "api_refused", {"status": "304"}),
        ({"url": "/status/204"}, "values", "path_not_found", {}),
        ({"url": "/redirect?to=https://example.com"}, "url", "redirect_refused", {}),
        ({"url": "/redirect?to=/api/redirect"}, "url", "api_refused", {}),
        ({"url": "/large?bytes=17000000"}, "base", "response_too_large", {}),
    ],
)
async def test_a_mistake_is_told_at_its_field_and_the_answers_stay(
    account: ConfigEntry,
    adding: ResourceFlow,
    changed: dict[str, Any],
    field: str,
    error: str,
    told: dict[str, str],
) -> None:
    form = {**WEATHER, **changed}
    result = await adding.submit(**form)

    assert (result["step_id"], result["errors"]) == ("user", {field: error})
    assert result["description_placeholders"].items() >= told.items()
    assert _suggested(result) == form
    assert account.subentries == {}

    result = await adding.submit(**WEATHER)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("faults", "field", "error"),
    [
        ([HTML], "url", "answer_unreadable"),
        ([Fault(200)], "url", "answer_unreadable"),
        ([Fault.json(401, {})] * 2, "url", "api_unauthorized"),
        ([Fault(disconnect=True)] * 2, "base", "cannot_connect"),
        ([Fault(302, {"Location": "/api/me"})] * 9, "base", "too_many_redirects"),
    ],
)
async def test_an_api_that_fails_is_told_and_nothing_is_stored(
    account: ConfigEntry,
    adding: ResourceFlow,
    server: FakeServer,
    faults: list[Fault],
    field: str,
    error: str,
) -> None:
    server.api_faults.extend(faults)
    result = await adding.submit(**WEATHER)

    assert result["errors"] == {field: error}
    assert _suggested(result) == WEATHER
    assert account.subentries == {}

    server.api_faults.clear()
    result = await adding.submit(**WEATHER)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_api_that_does_not_answer_is_told(
    adding: ResourceFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FETCH_TIMEOUT", 0.05)
    result = await adding.submit(**{**WEATHER, "url": "/slow?seconds=30"})

    assert result["errors"] == {"base": "timeout"}


async def test_a_host_that_asked_for_a_pause_is_left_alone(
    adding: ResourceFlow, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(429, {}, Retry_After="60"))
    await adding.submit(**WEATHER)
    sent = len(server.api_requests)
    result = await adding.submit(**WEATHER)

    assert result["errors"] == {"base": "rate_limited"}
    assert len(server.api_requests) == sent


async def test_a_grant_that_has_ended_is_told(
    adding: ResourceFlow, server: FakeServer
) -> None:
    server.revoke_grants()
    result = await adding.submit(**WEATHER)

    assert result["errors"] == {"base": "grant_rejected"}


@pytest.mark.parametrize(
    "changed",
    [
        {"interval": 0},
        {"interval": 10**7},
        {"values": [{"name": "No path"}]},
        {"values": [{**CONDITION, "device_class": "enum"}]},
        {"values": [{**CONDITION, "key": "mine"}]},
    ],
)
async def test_what_the_form_cannot_hold_is_refused(
    adding: ResourceFlow, changed: dict[str, Any]
) -> None:
    with pytest.raises(InvalidData):
        await adding.submit(**{**WEATHER, **changed})


async def test_an_account_that_is_not_connected_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    assert await hass.config_entries.async_unload(account.entry_id)
    editing = ResourceFlow(hass, account)

    for result in (await editing.start(), await editing.change(subentry)):
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "entry_not_loaded"


async def test_an_account_that_is_lost_meanwhile_is_told(
    hass: HomeAssistant, account: ConfigEntry, adding: ResourceFlow
) -> None:
    assert await hass.config_entries.async_unload(account.entry_id)
    result = await adding.submit(**WEATHER)

    assert result["reason"] == "entry_not_loaded"
    assert account.subentries == {}


async def test_the_form_of_a_change_shows_what_is_stored(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    result = await ResourceFlow(hass, account).change(subentry)

    assert (result["step_id"], result["errors"]) == ("reconfigure", {})
    assert _suggested(result) == WEATHER


async def test_a_change_keeps_the_entities_that_a_name_or_a_path_tells(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    before = entity_ids(hass, subentry)
    subentry = await change_resource(
        hass,
        account,
        subentry,
        values=[
            {**CONDITION, "path": "$.forecast[0].condition"},
            {**TEMPERATURE, "name": "Outside"},
        ],
    )

    assert entity_ids(hass, subentry) == before
    assert state_of(hass, before["condition"]) == "sunny"
    outside = hass.states.get(before["temperature"])
    assert outside is not None
    assert outside.attributes["friendly_name"] == "Weather Outside"


async def test_a_change_adds_and_removes_entities(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    station = {"name": "Station", "path": "$.station"}
    await change_resource(hass, account, subentry, values=[TEMPERATURE, station])

    assert set(entity_ids(hass, subentry)) == {"temperature", "station"}
    assert hass.states.get("sensor.weather_condition") is None
    assert state_of(hass, "sensor.weather_station") == "Sandbox Roof"


async def test_a_change_of_one_resource_leaves_the_others(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    first = await add_resource(hass, account)
    second = await add_resource(hass, account, name="Garden")
    await change_resource(hass, account, first, values=[TEMPERATURE])

    assert set(entity_ids(hass, second)) == {"temperature", "condition"}
    assert state_of(hass, "sensor.garden_condition") == "partly cloudy"


async def test_names_and_intervals_change_while_the_api_is_down(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    subentry = await add_resource(hass, account)
    before = entity_ids(hass, subentry)
    server.api_faults.extend([Fault.json(500, {})] * 9)
    subentry = await change_resource(
        hass,
        account,
        subentry,
        name="Roof",
        interval=120,
        values=[{**CONDITION, "name": "Sky"}],
    )

    assert (subentry.title, subentry.data["interval"]) == ("Roof", 120)
    assert entity_ids(hass, subentry) == {"condition": before["condition"]}
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry.subentry_id), account.entry_id
    )
    assert device is not None
    assert device.name == "Roof"
    assert state_of(hass, before["condition"]) == "unavailable"


@pytest.mark.parametrize(
    "changed",
    [{"url": "/weather?x=1"}, {"values": [{**CONDITION, "path": "$.station"}]}],
)
async def test_what_is_new_is_proven_before_it_is_stored(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    changed: dict[str, Any],
) -> None:
    subentry = await add_resource(hass, account)
    server.api_faults.append(Fault.json(500, {}))
    changing = ResourceFlow(hass, account)
    await changing.change(subentry)
    result = await changing.submit(**{**WEATHER, **changed})

    assert (result["step_id"], result["errors"]) == (
        "reconfigure",
        {"url": "api_refused"},
    )
    assert account.subentries[subentry.subentry_id] == subentry


async def test_a_host_that_is_no_longer_allowed_is_told_though_it_was_proven(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    hass.config_entries.async_update_subentry(
        account, subentry, data={**subentry.data, "url": "https://example.com/me"}
    )
    await settle(hass)
    changing = ResourceFlow(hass, account)
    await changing.change(account.subentries[subentry.subentry_id])
    result = await changing.submit(**{**WEATHER, "url": "https://example.com/me"})

    assert result["errors"] == {"url": "host_not_allowed"}


async def test_a_resource_that_is_stored_wrongly_can_be_entered_anew(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    hass.config_entries.async_update_subentry(account, subentry, data={"url": 5})
    await settle(hass)
    changing = ResourceFlow(hass, account)
    result = await changing.change(account.subentries[subentry.subentry_id])
    assert _suggested(result) == {}
    await changing.submit(**WEATHER)

    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_a_resource_that_is_removed_leaves_nothing(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    kept = await add_resource(hass, account, name="Garden")
    hass.config_entries.async_remove_subentry(account, subentry.subentry_id)
    await settle(hass)

    assert entity_ids(hass, subentry) == {}
    assert {state.entity_id for state in hass.states.async_all("sensor")} == {
        "sensor.garden_temperature",
        "sensor.garden_condition",
    }
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), account.entry_id)
    assert {device.name for device in devices} == {"Sandbox", "Garden"}
    assert set(entity_ids(hass, kept)) == {"temperature", "condition"}


async def test_a_resource_renamed_on_its_page_keeps_its_entities(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    before = entity_ids(hass, subentry)
    hass.config_entries.async_update_subentry(account, subentry, title="Roof")
    await settle(hass)

    assert entity_ids(hass, subentry) == before
    state = hass.states.get(before["condition"])
    assert state is not None
    assert state.attributes["friendly_name"] == "Roof Condition"


async def test_values_are_picked_from_the_live_answer(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    resource_flow = ResourceFlow(hass, account)
    await resource_flow.start()
    result = await resource_flow.submit(name="Weather", url="/weather", interval=60)
    assert result["step_id"] == "pick"
    options = result["data_schema"].schema["picked"].config["options"]
    labels = {option["value"]: option["label"] for option in options}
    assert labels["$.current.humidity"] == "$.current.humidity — 48"
    result = await resource_flow.submit(picked=[])
    assert result["errors"] == {"picked": "no_values"}
    result = await resource_flow.submit(
        picked=["$.current.humidity", "$.forecast[0].high", "$.forecast[1].high"]
    )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert state_of(hass, "sensor.weather_humidity") == "48"
    assert state_of(hass, "sensor.weather_high") == "24.0"
    names = [value["name"] for value in result["data"]["values"]]
    assert names == ["Humidity", "High", "$.forecast[1].high"]


async def test_an_answer_without_values_is_told(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    resource_flow = ResourceFlow(hass, account)
    await resource_flow.start()
    server.api_faults.append(Fault.json(200, {"items": []}))
    result = await resource_flow.submit(name="Nothing", url="/echo", interval=60)

    assert (result["step_id"], result["errors"]) == ("user", {"url": "nothing_to_pick"})


async def test_values_that_are_picked_anew_keep_their_entities(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    before = entity_ids(hass, subentry)
    resource_flow = ResourceFlow(hass, account)
    await resource_flow.change(subentry)
    await resource_flow.submit(name="Weather", url="/weather", interval=60, values=[])
    result = await resource_flow.submit(
        picked=["$.current.temperature", "$.current.condition"]
    )

    assert result["reason"] == "reconfigure_successful"
    assert entity_ids(hass, subentry) == before
