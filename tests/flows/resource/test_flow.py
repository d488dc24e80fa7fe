"""Adding, changing and removing resources, through the front door, at a real API."""

from copy import replace
import gc
from importlib import import_module
import tracemalloc
from typing import Any

import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.flows.resource import fetch as module
from custom_components.oauth2_client.flows.resource.values.form import value_schema
from homeassistant import data_entry_flow
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from ...account_flow import AccountFlow, suggested
from ...fake_server import FakeServer, Fault, grants
from ...resources import (
    CONDITION,
    LEVEL,
    TEMPERATURE,
    WEATHER,
    SubentryFlow,
    add_resource,
    change_request,
    change_values,
    entity_ids,
    offered,
    settle,
    state_of,
    ticks,
    value_form,
)

HTML = Fault(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")


REQUEST = {key: answer for key, answer in WEATHER.items() if key != "values"}


def _suggested(result: Any) -> dict[str, Any]:
    """Return the answers that a form is filled with, less its sections."""
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


def _listed(result: Any) -> list[str]:
    """Return the labels of the values that can be changed."""
    options = result["data_schema"].schema["value"].config["options"]
    return [each["label"] for each in options if each["value"].isdecimal()]


async def _to_values(flow: SubentryFlow) -> None:
    """Go on to the form of the values, with nothing ticked."""
    await flow.submit(**REQUEST)
    await flow.pick(adjust=True)


def _with(**changed: Any) -> dict[str, Any]:
    """Return the temperature, changed."""
    value = {**TEMPERATURE, **changed}
    return {key: text for key, text in value.items() if text is not None}


async def test_values_that_are_entered_by_hand_lead_to_a_subentry(
    account: ConfigEntry, adding: SubentryFlow
) -> None:
    await _to_values(adding)
    result = await adding.set_values(WEATHER["values"])

    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = account.subentries.values()
    assert (subentry.subentry_type, subentry.title) == ("resource", "Weather")
    assert subentry.data == {
        "url": "/weather",
        "method": "GET",
        "query": {},
        "headers": {},
        "body": None,
        "interval": 60,
        "start": None,
        "end": None,
        "format": "auto",
        "pages": None,
        "values": [
            {"key": "temperature", **TEMPERATURE, "platform": "sensor"},
            {"key": "condition", **CONDITION, "platform": "sensor"},
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
    account: ConfigEntry, adding: SubentryFlow, server: FakeServer
) -> None:
    await adding.submit(**{**REQUEST, "url": " weather?lang=en "})
    await adding.enter_values(WEATHER["values"])

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
        hass, account, values=[_with(unit="\u00b5g/m³", device_class="pm25")]
    )

    assert subentry.data["values"][0]["unit"] == "\u03bcg/m³"


@pytest.mark.parametrize(
    ("changed", "field", "error", "told"),
    [
        ({"name": " "}, "name", "name_missing", {}),
        ({"name": "CONDITION"}, "name", "name_taken", {}),
        ({"path": " "}, "path", "path_missing", {}),
        (
            {"path": "$.current.wind-speed"},
            "path",
            "invalid_path",
            {"path": "$.current.wind-speed", "position": "15"},
        ),
        ({"attributes": ["$.a b"]}, "more", "invalid_path", {"path": "$.a b"}),
        ({"path": "$.gone"}, "path", "path_not_found", {"path": "$.gone"}),
        ({"attributes": ["$.lost"]}, "more", "path_not_found", {"path": "$.lost"}),
        (
            {"unit": "%"},
            "unit",
            "unit_mismatch",
            {
                "value": "Temperature",
                "device_class": "Temperature",
                "unit": "%",
                "allowed": "K, °C, °F",
            },
        ),
        ({"unit": None}, "unit", "unit_missing", {"allowed": "K, °C, °F"}),
        (
            {"device_class": "power_factor"},
            "unit",
            "unit_mismatch_or_none",
            {"device_class": "Power factor", "unit": "°C", "allowed": "%"},
        ),
        (
            {"device_class": "aqi"},
            "unit",
            "unit_needless",
            {"device_class": "Air quality index"},
        ),
        (
            {"device_class": "timestamp"},
            "unit",
            "unit_not_allowed",
            {"value": "Temperature", "device_class": "Timestamp", "unit": "°C"},
        ),
        (
            {"state_class": "total"},
            "state_class",
            "state_class_mismatch",
            {"state_class": "Total", "allowed": "Measurement"},
        ),
        (
            {"device_class": "wind_direction", "unit": "°", "state_class": "total"},
            "state_class",
            "state_class_mismatch",
            {"device_class": "Wind direction", "allowed": "Measurement of an angle"},
        ),
        (
            {"device_class": "date", "unit": None, "state_class": "total_increasing"},
            "state_class",
            "state_class_needless",
            {"value": "Temperature", "device_class": "Date"},
        ),
    ],
)
async def test_a_mistake_in_a_value_is_told_at_its_field_and_the_answers_stay(
    account: ConfigEntry,
    adding: SubentryFlow,
    changed: dict[str, Any],
    field: str,
    error: str,
    told: dict[str, str],
) -> None:
    await _to_values(adding)
    await adding.submit(value="new")
    await adding.submit(**value_form(CONDITION))
    await adding.submit(value="new")
    form = value_form(_with(**changed))
    result = await adding.submit(**form)

    errors = {field: error}
    if field in ("unit", "state_class", "more"):
        # Out of view, for a person who does not scroll.
        errors["base"] = error
    assert (result["step_id"], result["errors"]) == ("value", errors)
    assert result["description_placeholders"].items() >= told.items()
    assert suggested(result) == {**form, "way": "chosen"}
    assert account.subentries == {}
    # The section that has the mistake is open.
    more = result["data_schema"].schema["more"]
    assert more.options["collapsed"] == (field != "more")

    await adding.submit(**value_form(TEMPERATURE))
    result = await adding.submit(value="done")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_value_that_becomes_a_binary_sensor_loses_what_sensors_have(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    warm = {**value_form(TEMPERATURE), "state_class": "measurement", "precision": 1}
    adding = SubentryFlow(hass, account)
    await adding.start()
    await _to_values(adding)
    await adding.submit(value="new")
    await adding.submit(**{**warm, "platform": "binary_sensor", "binary_class": "heat"})
    await adding.submit(value="done")

    [subentry] = account.subentries.values()
    assert subentry.data["values"] == [
        {
            "key": "temperature",
            "name": "Temperature",
            "path": "$.current.temperature",
            "platform": "binary_sensor",
            "device_class": "heat",
        }
    ]


async def test_without_a_value_the_list_cannot_be_stored(adding: SubentryFlow) -> None:
    await _to_values(adding)
    result = await adding.submit(value="done")

    assert (result["step_id"], result["errors"]) == ("values", {"value": "no_values"})


async def test_a_value_keeps_its_entity_whatever_is_changed(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    before = entity_ids(hass, subentry)
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("values")
    await changing.submit(value="1")
    await changing.submit(
        **value_form({"name": "Station", "path": "$.station"}), remove=False
    )
    await changing.submit(value="done")

    assert entity_ids(hass, subentry) == before
    assert state_of(hass, before["condition"]) == "Sandbox Roof"


async def test_a_value_that_is_added_has_no_key_of_one_that_is_removed(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("values")
    result = await changing.submit(value="1")
    await changing.submit(**suggested(result) | {"remove": True})
    await changing.submit(value="new")
    await changing.submit(**value_form({"name": "Condition", "path": "$.station"}))
    await changing.submit(value="done")

    keys = [
        value["key"]
        for value in account.subentries[subentry.subentry_id].data["values"]
    ]
    assert keys == ["temperature", "condition_2"]


@pytest.mark.skipif(
    not hasattr(data_entry_flow, "Optional"), reason="this Home Assistant shows all"
)
@pytest.mark.parametrize(
    ("chosen", "hidden"),
    [
        ({"platform": "sensor"}, {"binary_class"}),
        (
            {"platform": "sensor", "sensor_class": "timestamp"},
            {"binary_class", "unit", "state_class", "precision"},
        ),
        (
            {"platform": "binary_sensor"},
            {"sensor_class", "unit", "state_class", "precision"},
        ),
    ],
)
def test_a_field_is_shown_where_it_means_something(
    chosen: dict[str, str], hidden: set[str]
) -> None:
    markers = value_schema(new=True).schema
    shown = {str(key): getattr(key, "visible", None) for key in markers}
    conditions = {key: each for key, each in shown.items() if each is not None}
    visibility = import_module("homeassistant.helpers.field_visibility")

    assert visibility.get_hidden_fields(conditions, chosen) == hidden


@pytest.mark.parametrize(
    ("changed", "field", "error", "told"),
    [
        ({"url": "  "}, "url", "address_missing", {}),
        ({"interval": 9}, "interval", "interval_too_short", {"min_interval": "10"}),
        ({"schedule": {"start": "07:00:00"}}, "schedule", "hours_incomplete", {}),
        ({"pages": {"kind": "cursor"}}, "pages", "pages_path", {}),
        ({"pages": {"kind": "page"}}, "pages", "pages_parameter", {}),
        ({"pages": {"parameter": "p"}}, "pages", "pages_kind", {}),
        (
            {"pages": {"kind": "link", "items": "$..a"}},
            "pages",
            "pages_items",
            {},
        ),
        ({"request": {"query": ["a"]}}, "request", "query_not_a_mapping", {}),
        (
            {"request": {"headers": {"a": {"b": 1}}}},
            "request",
            "headers_not_a_mapping",
            {},
        ),
        (
            {"request": {"headers": {"X Y": "1"}}},
            "request",
            "invalid_header",
            {"header": "X Y"},
        ),
        (
            {"request": {"headers": {"Host": "a"}}},
            "request",
            "header_not_allowed",
            {"header": "Host"},
        ),
        (
            {"request": {"method": "POST", "body": '{"a": 1,}'}},
            "request",
            "body_not_json",
            {"line": "1"},
        ),
        ({"url": "/{{ nothing( }}"}, "url", "invalid_template", {}),
        ({"url": "https://example.com/me"}, "url", "host_not_allowed", {}),
        ({"url": "https://127.0.0.1/api/weather"}, "url", "host_not_allowed", {}),
        ({"url": "http://example.com/me"}, "url", "https_required", {}),
        ({"url": "ftp://example.com/me"}, "url", "invalid_url", {}),
        ({"url": "https://[::1/me"}, "url", "invalid_url", {}),
        (
            {"url": "/status/403"},
            "url",
            "api_forbidden",
            {"status": "403", "quotation": ""},
        ),
        (
            {"url": "/nothing"},
            "url",
            "api_not_found",
            {"status": "404", "quotation": ": “There is no such resource”"},
        ),
        ({"url": "/status/429"}, "url", "api_busy", {"status": "429"}),
        ({"url": "/status/503"}, "url", "api_busy", {"status": "503"}),
        ({"url": "/status/500"}, "url", "api_refused", {"status": "500"}),
        ({"url": "/status/304"}, "url", "api_refused", {"status": "304"}),
        ({"url": "/redirect?to=https://example.com"}, "url", "redirect_refused", {}),
        ({"url": "/redirect?to=/api/redirect"}, "url", "api_refused", {}),
        ({"url": "/large?bytes=17000000"}, "base", "response_too_large", {}),
    ],
)
async def test_a_mistake_in_a_request_is_told_at_its_field_and_the_answers_stay(
    account: ConfigEntry,
    adding: SubentryFlow,
    changed: dict[str, Any],
    field: str,
    error: str,
    told: dict[str, str],
) -> None:
    form = {**REQUEST, **changed}
    result = await adding.submit(**form)

    errors = {field: error}
    if field in ("schedule", "pages"):
        # Out of view, for a person who does not scroll.
        errors["base"] = error
    assert (result["step_id"], result["errors"]) == ("address", errors)
    assert result["description_placeholders"].items() >= told.items()
    shown = {
        key: answer for key, answer in form.items() if not isinstance(answer, dict)
    }
    assert _suggested(result) == shown
    assert account.subentries == {}

    result = await adding.submit(**REQUEST)
    assert result["step_id"] == "pick"


@pytest.mark.parametrize(
    ("faults", "field", "error"),
    [
        ([HTML], "url", "answer_html"),
        ([Fault(200)], "url", "answer_empty"),
        ([Fault.json(401, {})] * 2, "url", "api_unauthorized"),
        ([Fault(disconnect=True)] * 2, "base", "cannot_connect"),
        ([Fault(302, {"Location": "/api/me"})] * 9, "base", "too_many_redirects"),
    ],
)
async def test_an_api_that_fails_is_told_and_nothing_is_stored(
    account: ConfigEntry,
    adding: SubentryFlow,
    server: FakeServer,
    faults: list[Fault],
    field: str,
    error: str,
) -> None:
    server.api_faults.extend(faults)
    result = await adding.submit(**REQUEST)

    assert result["errors"] == {field: error}
    assert _suggested(result) == REQUEST
    assert account.subentries == {}

    server.api_faults.clear()
    result = await adding.submit(**REQUEST)
    assert result["step_id"] == "pick"


async def test_an_api_that_does_not_answer_is_told(
    adding: SubentryFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TIMEOUT_SECONDS", 0.05)
    result = await adding.submit(**{**REQUEST, "url": "/slow?seconds=30"})

    assert result["errors"] == {"base": "timeout"}


async def test_a_host_that_asked_for_a_pause_is_left_alone(
    adding: SubentryFlow, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(429, {}, Retry_After="60"))
    await adding.submit(**REQUEST)
    sent = len(server.api_requests)
    result = await adding.submit(**REQUEST)

    assert result["errors"] == {"base": "rate_limited"}
    assert len(server.api_requests) == sent


async def test_a_grant_that_has_ended_is_told(
    adding: SubentryFlow, server: FakeServer
) -> None:
    server.revoke_grants()
    result = await adding.submit(**REQUEST)

    assert result["errors"] == {"base": "grant_rejected"}


@pytest.mark.parametrize(
    "changed",
    [{"interval": 0}, {"interval": 10**7}, {"request": {"method": "BREW"}}],
)
async def test_what_the_request_cannot_hold_is_refused(
    adding: SubentryFlow, changed: dict[str, Any]
) -> None:
    with pytest.raises(InvalidData):
        await adding.submit(**{**REQUEST, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"path": None},
        {"device_class": "enum"},
        {"key": "mine"},
        {"template": "{{ value"},
    ],
)
async def test_what_a_value_cannot_hold_is_refused(
    adding: SubentryFlow, changed: dict[str, Any]
) -> None:
    await _to_values(adding)
    with pytest.raises(InvalidData):
        await adding.submit(**_with(**changed))


async def test_an_account_that_is_not_connected_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    assert await hass.config_entries.async_unload(account.entry_id)
    editing = SubentryFlow(hass, account)

    for result in (await editing.start(), await editing.change(subentry)):
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "entry_not_loaded"


async def test_an_account_that_is_lost_meanwhile_is_told(
    hass: HomeAssistant, account: ConfigEntry, adding: SubentryFlow
) -> None:
    assert await hass.config_entries.async_unload(account.entry_id)
    result = await adding.submit(**REQUEST)

    assert result["reason"] == "entry_not_loaded"
    assert account.subentries == {}


@pytest.mark.parametrize("step", ["pick", "values", "request"])
async def test_an_account_that_is_lost_before_a_change_is_told(
    hass: HomeAssistant, account: ConfigEntry, step: str
) -> None:
    editing = SubentryFlow(hass, account)
    await editing.change(await add_resource(hass, account))
    assert await hass.config_entries.async_unload(account.entry_id)

    assert (await editing.choose(step))["reason"] == "entry_not_loaded"


async def test_the_forms_of_a_change_show_what_is_stored(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    changing = SubentryFlow(hass, account)
    result = await changing.change(subentry)
    assert result["type"] is FlowResultType.MENU
    result = await changing.choose("request")
    assert (result["step_id"], result["errors"]) == ("request", {})
    assert _suggested(result) == REQUEST

    await changing.change(subentry)
    result = await changing.choose("values")
    assert _listed(result) == [
        "Temperature · 21.7 °C — $.current.temperature",
        "Condition · partly cloudy — $.current.condition",
    ]
    assert suggested(await changing.submit(value="0")) == {
        **value_form(TEMPERATURE),
        "remove": False,
        "way": "chosen",
    }

    await changing.change(subentry)
    result = await changing.choose("pick")
    assert ticks(result) == ["$.current.temperature", "$.current.condition"]


async def test_a_change_keeps_the_entities_that_a_name_or_a_path_tells(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    before = entity_ids(hass, subentry)
    subentry = await change_values(
        hass,
        account,
        subentry,
        [
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
    await change_values(hass, account, subentry, [TEMPERATURE, station])

    assert set(entity_ids(hass, subentry)) == {"temperature", "station"}
    assert hass.states.get("sensor.weather_condition") is None
    assert state_of(hass, "sensor.weather_station") == "Sandbox Roof"


async def test_a_change_of_one_resource_leaves_the_others(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    first = await add_resource(hass, account)
    second = await add_resource(hass, account, name="Garden")
    await change_values(hass, account, first, [TEMPERATURE])

    assert set(entity_ids(hass, second)) == {"temperature", "condition"}
    assert state_of(hass, "sensor.garden_condition") == "partly cloudy"


async def test_names_and_intervals_change_while_the_api_is_down(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    subentry = await add_resource(hass, account)
    before = entity_ids(hass, subentry)
    server.api_faults.extend([Fault.json(500, {})] * 9)
    subentry = await change_request(hass, account, subentry, name="Roof", interval=120)
    subentry = await change_values(
        hass, account, subentry, [{**CONDITION, "name": "Sky"}]
    )

    assert (subentry.title, subentry.data["interval"]) == ("Roof", 120)
    assert entity_ids(hass, subentry) == {"condition": before["condition"]}
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry.subentry_id), account.entry_id
    )
    assert device is not None
    assert device.name == "Roof"
    assert state_of(hass, before["condition"]) == "unavailable"


async def test_a_new_request_is_proven_before_it_is_stored(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    subentry = await add_resource(hass, account)
    server.api_faults.append(Fault.json(500, {"message": "Out of order"}))
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("request")
    result = await changing.submit(**{**REQUEST, "url": "/weather?x=1"})

    assert (result["step_id"], result["errors"]) == ("request", {"url": "api_refused"})
    assert result["description_placeholders"]["quotation"] == ": “Out of order”"
    assert account.subentries[subentry.subentry_id] == subentry


async def test_a_new_value_is_proven_before_it_is_stored(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    subentry = await add_resource(hass, account)
    server.api_faults.append(Fault.json(500, {}))
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("values")
    await changing.submit(value="new")
    result = await changing.submit(
        **value_form({"name": "Station", "path": "$.station"})
    )

    assert (result["step_id"], result["errors"]) == ("value", {"base": "api_refused"})
    assert account.subentries[subentry.subentry_id] == subentry


async def test_a_request_whose_answer_lacks_the_values_leads_to_new_ones(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("request")
    result = await changing.submit(**{**REQUEST, "url": "/usage"})
    assert result["step_id"] == "pick"
    result = await changing.pick(
        "$.energy.total",
    )

    assert result["reason"] == "reconfigure_successful"
    stored = account.subentries[subentry.subentry_id].data
    assert stored["url"] == "/usage"
    assert [value["path"] for value in stored["values"]] == ["$.energy.total"]


async def test_a_host_that_is_no_longer_allowed_is_told_though_it_was_proven(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    hass.config_entries.async_update_subentry(
        account, subentry, data={**subentry.data, "url": "https://example.com/me"}
    )
    await settle(hass)
    changing = SubentryFlow(hass, account)
    await changing.change(account.subentries[subentry.subentry_id])
    result = await changing.choose("pick")

    assert result["errors"] == {"url": "host_not_allowed"}
    result = await changing.submit(**{**REQUEST, "url": "https://example.com/me"})
    assert result["errors"] == {"url": "host_not_allowed"}


async def test_a_resource_that_is_stored_wrongly_can_be_entered_anew(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    hass.config_entries.async_update_subentry(account, subentry, data={"url": 5})
    await settle(hass)
    changing = SubentryFlow(hass, account)
    result = await changing.change(account.subentries[subentry.subentry_id])
    assert (result["step_id"], _suggested(result)) == ("request", {})
    await changing.submit(**REQUEST)
    await changing.enter_values(WEATHER["values"])

    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_a_resource_that_is_removed_leaves_nothing(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    kept = await add_resource(hass, account, name="Garden")
    hass.config_entries.async_remove_subentry(account, subentry.subentry_id)
    await settle(hass)

    assert entity_ids(hass, subentry) == {}
    assert set(hass.states.async_entity_ids("sensor")) == {
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
    hass: HomeAssistant, account: ConfigEntry, adding: SubentryFlow
) -> None:
    result = await adding.submit(**REQUEST)
    assert result["step_id"] == "pick"
    labels = offered(result)
    assert labels["$.current.humidity"] == "Humidity · 48 % — humidity"
    assert labels["$.forecast"] == "Forecast count · 3 items"
    result = await adding.pick()
    assert result["errors"] == {"base": "no_values", "answer": "see_above"}
    result = await adding.pick(
        "$.current.temperature", "$.forecast[0].high", "$.forecast"
    )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    temperature = hass.states.get("sensor.weather_temperature")
    assert temperature is not None
    assert temperature.attributes["device_class"] == "temperature"
    assert temperature.attributes["unit_of_measurement"] == "°C"
    assert state_of(hass, "sensor.weather_forecast_count") == "3"


async def test_the_form_shows_what_was_sent_and_what_came_back(
    adding: SubentryFlow, server: FakeServer
) -> None:
    result = await adding.submit(
        **{**REQUEST, "url": "/echo?units=metric&api_key=hide-me"},
        request={"method": "POST", "headers": {"X-Own": "1"}, "body": '{"a": 1}'},
    )

    shown = result["description_placeholders"]
    assert shown["sent"] == (
        f"```\nPOST {server.api_base_url}/echo?units=metric&api_key=…\n"
        'Authorization: …\nX-Own: 1\nContent-Type: application/json\n\n{"a": 1}\n```'
    )
    assert shown["summary"].startswith("200 · application/json · ")
    assert '"method": "POST"' in shown["answer"]


async def test_a_value_that_repeats_the_token_is_notoffered(
    account: ConfigEntry, adding: SubentryFlow, server: FakeServer
) -> None:
    token = account.runtime_data.account.token_set.access_token
    server.api_faults.append(Fault.json(200, {"yours": f"Bearer {token}", "a": 1}))
    result = await adding.submit(**REQUEST)

    assert list(offered(result)) == ["$.a"]
    assert token not in result["description_placeholders"]["answer"]


async def test_values_that_are_named_like_secrets_are_neither_offered_nor_shown(
    adding: SubentryFlow, server: FakeServer
) -> None:
    answer = {
        "clients": [{"name": "a", "session_id": "hidden-1", "apiKey": "hidden-2"}],
        "wifi": {"wifi_psk": "hidden-3", "ssid": "home"},
        "token_count": 5,
    }
    server.api_faults.append(Fault.json(200, answer))
    result = await adding.submit(**REQUEST)

    labels = offered(result)
    assert {"$.wifi.ssid", "$.token_count"} <= set(labels)
    shown = result["description_placeholders"]["answer"]
    assert "hidden" not in f"{labels}{shown}"
    assert '"wifi_psk": "…"' in shown


async def test_a_value_that_is_named_like_a_secret_can_be_picked_by_its_path(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    subentry = await add_resource(hass, account)
    path = "$.door.access_code"
    answer = {"current": {"condition": "x"}, "door": {"access_code": "hidden"}}
    server.api_faults.extend([Fault.json(200, answer)] * 3)
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("values")
    result = await changing.set_values([{**CONDITION, "path": path}])
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    changing = SubentryFlow(hass, account)
    await changing.change(account.subentries[subentry.subentry_id])
    labels = offered(await changing.choose("pick"))

    assert labels[path] == "Condition · … — door.access_code"


async def test_an_answer_with_nothing_but_secrets_leads_to_typed_paths(
    adding: SubentryFlow, server: FakeServer
) -> None:
    server.api_faults.extend([Fault.json(200, {"access_code": "hidden"})] * 2)
    result = await adding.submit(**REQUEST)
    assert offered(result) == {}
    await adding.pick(adjust=True)
    result = await adding.set_values([{**CONDITION, "path": "access_code"}])

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_form_that_is_left_open_holds_nothing_of_a_large_answer(
    adding: SubentryFlow, server: FakeServer
) -> None:
    rows = [{"id": number, "text": f"row {number}"} for number in range(100_000)]
    fault = Fault.json(200, rows)
    server.api_faults.append(fault)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    result = await adding.submit(**REQUEST)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert len(offered(result)) > 10
    assert held < len(fault.body) / 4


async def test_a_token_that_is_renewed_during_the_fetch_is_not_shown(
    account: ConfigEntry,
    adding: SubentryFlow,
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The token that the server issues next, known beforehand.
    monkeypatch.setattr(grants, "_planted", lambda kind: f"planted-{kind}-next")
    answer = {"yours": "planted-access-next", "a": 1}
    server.api_faults.extend([Fault.json(401, {}), Fault.json(200, answer)])
    result = await adding.submit(**REQUEST)

    assert list(offered(result)) == ["$.a"]
    assert "planted" not in result["description_placeholders"]["answer"]


async def test_an_answer_without_values_is_told(
    server: FakeServer, adding: SubentryFlow
) -> None:
    server.api_faults.append(Fault.json(200, {}))
    result = await adding.submit(name="Nothing", url="/echo", interval=60)

    assert (result["step_id"], result["errors"]) == (
        "address",
        {"base": "nothing_to_pick"},
    )


@pytest.mark.parametrize(
    ("document", "error", "words"),
    [
        ({"status": 403, "message": "Not yours"}, "api_forbidden", "Not yours"),
        ({"message": "API rate limit exceeded"}, "api_busy", "API rate limit exceeded"),
    ],
)
async def test_an_answer_that_is_an_error_and_nothing_else_is_told(
    server: FakeServer,
    adding: SubentryFlow,
    document: dict[str, Any],
    error: str,
    words: str,
) -> None:
    server.api_faults.append(Fault.json(200, document))
    result = await adding.submit(name="Nothing", url="/echo", interval=60)

    assert (result["step_id"], result["errors"]) == ("address", {"url": error})
    assert result["description_placeholders"]["quotation"] == f": “{words}”"


async def test_a_dead_token_that_is_told_in_the_first_answer_is_renewed_unseen(
    server: FakeServer, adding: SubentryFlow
) -> None:
    server.api_faults.append(Fault.json(200, {"status": 401, "body": {}}))
    result = await adding.submit(**REQUEST)

    assert (result["step_id"], result["errors"]) == ("pick", {})


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"error": "low battery", "charge": 5}, "low battery"),
        ({"error": 5}, "5"),
        ({"errors": [{"message": "Partly"}], "data": {"a": 1}}, "Partly"),
    ],
)
async def test_what_may_be_an_error_is_told_and_can_be_picked(
    server: FakeServer, adding: SubentryFlow, document: dict[str, Any], words: str
) -> None:
    server.api_faults.append(Fault.json(200, document))
    result = await adding.submit(name="Robot", url="/echo", interval=60)

    assert (result["step_id"], result["errors"]) == (
        "pick",
        {"base": "api_reported_error"},
    )
    assert result["description_placeholders"]["quotation"] == f": “{words}”"
    result = await adding.pick(next(iter(offered(result))))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "document",
    [{"error": None, "charge": 5}, {"status": 3, "errors": []}, {"success": True}],
)
async def test_what_only_looks_like_an_error_is_data(
    server: FakeServer, adding: SubentryFlow, document: dict[str, Any]
) -> None:
    server.api_faults.append(Fault.json(200, document))
    result = await adding.submit(name="Robot", url="/echo", interval=60)

    assert (result["step_id"], result["errors"]) == ("pick", {})


async def test_values_that_are_picked_anew_keep_their_entities_and_settings(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    outside = {**TEMPERATURE, "name": "Outside"}
    subentry = await add_resource(hass, account, values=[outside, CONDITION])
    before = entity_ids(hass, subentry)
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("pick")
    result = await changing.pick(
        "$.current.temperature",
        "$.battery",
    )

    assert result["reason"] == "reconfigure_successful"
    after = entity_ids(hass, subentry)
    assert after == {"outside": before["outside"], "battery": "sensor.weather_battery"}
    state = hass.states.get(before["outside"])
    assert state is not None
    assert state.attributes["friendly_name"] == "Weather Outside"


async def test_a_query_of_ones_own_is_typed_among_many_values(
    hass: HomeAssistant,
    account: ConfigEntry,
    adding: SubentryFlow,
    server: FakeServer,
) -> None:
    many = {f"v{number}": number for number in range(60)}
    server.api_faults.extend([Fault.json(200, many)] * 2)
    await adding.submit(**REQUEST)
    for typed, error in (("$.a[", "invalid_path"), ("$.nothing", "path_not_found")):
        result = await adding.pick(typed=[typed])
        # Below many values, so that it is told above the form too.
        assert result["errors"] == {"answer": error, "base": error}
    result = await adding.pick(typed=["$[?@ > 50]", "v7"])

    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = account.subentries.values()
    assert sorted(
        state_of(hass, entity) for entity in entity_ids(hass, subentry).values()
    ) == ["7", "9"]


async def test_several_values_of_one_path_are_kept_together(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    fahrenheit = {
        "name": "Fahrenheit",
        "path": TEMPERATURE["path"],
        "template": "{{ value * 1.8 + 32 }}",
    }
    subentry = await add_resource(hass, account, values=[TEMPERATURE, fahrenheit])
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    await changing.choose("pick")
    await changing.pick(TEMPERATURE["path"], "$.battery")

    assert set(entity_ids(hass, subentry)) == {"temperature", "fahrenheit", "battery"}


@pytest.mark.parametrize("kind", ["resource", "command"])
@pytest.mark.parametrize("has_base", [True, False])
async def test_the_hint_of_an_address_names_what_the_account_adds_to_it(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    kind: str,
    has_base: bool,
) -> None:
    base = server.api_base_url
    account = await flow.add_account()
    connected = account.runtime_data.account
    if not has_base:
        connected.provider = replace(connected.provider, api_base_url=None)
    result = await SubentryFlow(hass, account, kind).start()
    told = result["description_placeholders"]["address_form"]

    relative = f"only what comes after `{base}`, such as /me, or all of the address"
    assert told == (relative if has_base else "all of the address")
