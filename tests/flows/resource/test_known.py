"""Adding what a service is known to have: all that is ticked, at once."""

from copy import replace
from typing import Any, Final

import pytest

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ...account_flow import SCOPES, AccountFlow
from ...fake_server import FakeServer, Fault
from ...resources import SubentryFlow, entity_ids, settle, state_of

WEATHER: Final[dict[str, Any]] = {
    "id": "weather",
    "name": "Weather",
    "url": "/weather",
    "interval": 900,
    "values": [
        {"key": "outside", "name": "Outside", "path": "$.current.temperature"},
        {"key": "later", "name": "Later", "path": "$.later"},
    ],
}
# The same request as that of the weather, with values of its own.
WIND: Final[dict[str, Any]] = {
    "id": "wind",
    "name": "Wind",
    "url": "/weather",
    "values": [{"key": "speed", "name": "Speed", "path": "$.wind.speed"}],
}
USAGE: Final[dict[str, Any]] = {
    "id": "usage",
    "name": "Usage",
    "url": "/usage",
    "values": [
        {"key": f"v{number}", "name": f"V{number}", "path": f"$.v{number}"}
        for number in range(1, 9)
    ],
}
BROKEN: Final[dict[str, Any]] = {
    "id": "broken",
    "name": "Broken",
    "url": "/status/500",
    "values": [{"key": "a", "name": "A", "path": "$.a"}],
}
SECRET: Final[dict[str, Any]] = {
    "id": "secret",
    "name": "Secret",
    "url": "/status/403",
    "scopes": ["read", "secret:read"],
    "values": [{"key": "a", "name": "A", "path": "$.a"}],
}


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account of a service that is known to have all of the above."""
    account = await flow.add_account()
    _know(account, WEATHER, WIND, USAGE, BROKEN, SECRET)
    return account


@pytest.fixture
async def adding(hass: HomeAssistant, account: ConfigEntry) -> SubentryFlow:
    """The form of what is known."""
    adding = SubentryFlow(hass, account)
    result = await adding.start()
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    return adding


def _know(account: ConfigEntry, *known: dict[str, Any]) -> None:
    connected = account.runtime_data.account
    connected.provider = replace(connected.provider, known_resources_json=known)


def _labels(result: Any) -> dict[str, str]:
    options = result["data_schema"].schema["known"].config["options"]
    return {option["value"]: option["label"] for option in options}


def _ticked(result: Any) -> list[str]:
    [key] = result["data_schema"].schema
    ticked: list[str] = key.description["suggested_value"]
    return ticked


def _titles(account: ConfigEntry) -> list[str]:
    return [subentry.title for subentry in account.subentries.values()]


async def test_each_says_what_it_gives_and_nothing_is_to_be_typed(
    adding: SubentryFlow,
) -> None:
    assert list(adding.result["data_schema"].schema) == ["known"]
    assert _labels(adding.result) == {
        "weather": "Weather · Outside, Later",
        "wind": "Wind · Speed",
        "usage": "Usage · V1, V2, V3, V4, V5, V6, …",
        "broken": "Broken · A",
        "secret": "Secret · A",
        # The translations name it.
        "other": "other",
    }
    placeholders = adding.result["description_placeholders"]
    assert (placeholders["provider"], placeholders["who"]) == ("Sandbox", "Sandbox")


@pytest.mark.parametrize(
    ("confirmed", "told"),
    [
        ((), "any of these"),
        (("weather", "usage"), "these yet: Wind."),
        (("weather", "wind", "usage"), ""),
    ],
)
async def test_what_nobody_has_seen_is_named_once_at_the_top(
    flow: AccountFlow, confirmed: tuple[str, ...], told: str
) -> None:
    account = await flow.add_account()
    known = (WEATHER, WIND, USAGE)
    _know(account, *({**each, "confirmed": each["id"] in confirmed} for each in known))
    # As if it were in the catalogue.
    connected = account.runtime_data.account
    connected.provider = replace(connected.provider, category="home", id="acme")
    result = await SubentryFlow(flow.hass, account).start()
    unseen = result["description_placeholders"]["unseen"]

    assert told in unseen
    assert ("service=acme)" in unseen) is bool(told)


async def test_of_a_service_of_ones_own_none_is_said_to_be_unseen(
    adding: SubentryFlow,
) -> None:
    assert adding.result["description_placeholders"]["unseen"] == ""


async def test_one_tick_makes_a_device_with_all_values_and_its_own_interval(
    hass: HomeAssistant, account: ConfigEntry, adding: SubentryFlow
) -> None:
    result = await adding.submit(known=["weather"])

    assert (result["type"], result["title"]) == (
        FlowResultType.CREATE_ENTRY,
        "Sandbox weather",
    )
    [subentry] = account.subentries.values()
    assert subentry.data["interval"] == 900
    assert set(entity_ids(hass, subentry)) == {"outside", "later"}
    # What is not in the answer now may be in it later.
    assert state_of(hass, "sensor.sandbox_weather_later") == "unavailable"


async def test_several_ticks_make_several_devices_with_one_fetch_of_each(
    hass: HomeAssistant,
    account: ConfigEntry,
    adding: SubentryFlow,
    server: FakeServer,
) -> None:
    result = await adding.submit(known=["weather", "wind", "usage"])

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert sorted(_titles(account)) == [
        "Sandbox usage",
        "Sandbox weather",
        "Sandbox wind",
    ]
    assert account.state is ConfigEntryState.LOADED
    assert state_of(hass, "sensor.sandbox_wind_speed") == "3.4"
    # The form's own, and that of the coordinator once the account is loaded again.
    paths = [request.path for request in server.api_requests]
    assert paths.count("/api/usage") == 2


async def test_what_is_there_already_is_not_offered_again(
    hass: HomeAssistant, account: ConfigEntry, adding: SubentryFlow
) -> None:
    await adding.submit(known=["weather"])
    _know(account, WEATHER, WIND)
    assert set(_labels(await adding.start())) == {"wind", "other"}
    await adding.submit(known=["wind"])
    _know(account, WEATHER, WIND)

    assert (await adding.start())["step_id"] == "address"


async def test_nothing_ticked_is_told(adding: SubentryFlow) -> None:
    result = await adding.submit()

    assert result["errors"] == {"known": "nothing_ticked"}
    assert (await adding.submit(known=["wind"]))["type"] is FlowResultType.CREATE_ENTRY


async def test_one_that_fails_leaves_the_others_and_says_why(
    account: ConfigEntry, adding: SubentryFlow, server: FakeServer
) -> None:
    result = await adding.submit(known=["weather", "broken"])

    assert result["errors"] == {"base": "api_refused", "known": "not_added"}
    told = result["description_placeholders"]
    assert (told["failed"], told["status"]) == ("Broken", "500")
    assert told["address"] == f"{server.api_base_url}/status/500"
    assert _titles(account) == ["Sandbox weather"]
    assert _ticked(result) == ["broken"]


async def test_one_that_is_refused_for_its_scopes_leads_on_to_the_sign_in(
    hass: HomeAssistant,
    flow: AccountFlow,
    account: ConfigEntry,
    adding: SubentryFlow,
) -> None:
    result = await adding.submit(known=["weather", "secret"])

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert sorted(_titles(account)) == ["Sandbox secret", "Sandbox weather"]
    kind, flow_id = result["next_flow"]
    assert kind == "config_flow"
    await flow.take(await hass.config_entries.flow.async_configure(flow_id))
    await flow.sign_in()
    await settle(hass)
    assert account.data["scopes"] == [*SCOPES, "secret:read"]


async def test_one_whose_scope_has_another_name_here_asks_for_none(
    account: ConfigEntry, adding: SubentryFlow
) -> None:
    _know(account, {**WEATHER, "scopes": ["weather:read"]})
    await adding.start()
    result = await adding.submit(known=["weather"])

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in result


async def test_one_that_has_no_content_now_is_added(
    account: ConfigEntry, adding: SubentryFlow, server: FakeServer
) -> None:
    server.api_faults.append(Fault(204))
    await adding.submit(known=["usage"])

    assert _titles(account) == ["Sandbox usage"]


async def test_something_else_can_be_ticked_beside_them(
    account: ConfigEntry, adding: SubentryFlow
) -> None:
    result = await adding.submit(known=["weather", "other"])
    assert (result["step_id"], _titles(account)) == ("address", ["Sandbox weather"])
    await adding.submit(url="/usage", interval=60)
    result = await adding.pick("$.energy.total")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _titles(account) == ["Sandbox weather", "Sandbox usage"]


async def test_scopes_are_asked_for_after_something_else(
    account: ConfigEntry, adding: SubentryFlow
) -> None:
    await adding.submit(known=["secret", "other"])
    await adding.submit(url="/usage", interval=60)
    result = await adding.pick("$.energy.total")

    assert _titles(account) == ["Sandbox secret", "Sandbox usage"]
    assert result["next_flow"][0] == "config_flow"


MOWERS: Any = {
    "id": "mowers",
    "name": "Mowers",
    "url": "/mowers",
    "each": {"path": "$.mowers", "key": "id", "name": ["name"]},
    "values": [{"key": "level", "name": "Battery", "path": "$.mowers[0].level"}],
}


async def test_each_thing_that_is_listed_has_its_own_entities(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    account = await flow.add_account()
    _know(account, MOWERS)
    listed = [
        {"id": "a", "name": "Lawn", "level": 81},
        {"id": "b", "name": "Back", "level": 64},
    ]
    answer = Fault.json(200, {"mowers": listed})
    turned = Fault.json(200, {"mowers": listed[::-1]})
    server.api_faults.extend([answer, turned, turned])
    adding = SubentryFlow(hass, account)
    await adding.start()
    await adding.submit(known=["mowers"])
    await settle(hass)

    states = {each.name: each.state for each in hass.states.async_all("sensor")}
    assert states["Sandbox mowers Lawn battery"] == "81"
    assert states["Sandbox mowers Back battery"] == "64"
    # It is known again, and not offered once more.
    _know(account, MOWERS, WIND)
    assert list(_labels(await SubentryFlow(hass, account).start())) == ["wind", "other"]


async def test_another_address_leads_back_to_what_is_known(
    account: ConfigEntry, adding: SubentryFlow
) -> None:
    result = await adding.submit(known=["other"])
    assert result["step_id"] == "address"

    result = await adding.submit(interval=300, way="user")
    assert (result["step_id"], result["errors"]) == ("user", {})
    result = await adding.submit(known=["weather"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
