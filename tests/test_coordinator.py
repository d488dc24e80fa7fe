"""Polling: what the sensors of a resource show while its API works and fails."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from datetime import timedelta
import gc
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oauth2_client.account import Account
from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.oauth2 import Request, Response, TemporaryFailure
from custom_components.oauth2_client.wire import async_get_transport
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import LEVEL, add_resource, change_request, entity_ids, settle, state_of

type Wait = Callable[[float], Awaitable[None]]

TANK = "sensor.tank_level"
# A resource is polled within the second before its interval ends.
ALMOST, BEYOND = 58, 3


def _level(level: object) -> Fault:
    return Fault.json(200, {"level": level})


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.fixture
async def tank(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> ConfigEntry:
    """An account with a resource, whose answers are the server's `api_faults`."""
    server.api_faults.extend([_level(1), _level(1)])
    await add_resource(hass, account, **LEVEL)
    assert state_of(hass, TANK) == "1"
    return account


@pytest.fixture
def wait(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
) -> Generator[Wait]:
    """Let seconds pass, and run the timers that are due by then."""
    # As time passes, Home Assistant writes its stores, which the test plugin logs in full.
    plugin = logging.getLogger(async_fire_time_changed.__module__)
    plugin.setLevel(logging.INFO)

    async def wait(seconds: float) -> None:
        freezer.tick(seconds)
        async_fire_time_changed(hass)
        await settle(hass)

    yield wait
    plugin.setLevel(logging.NOTSET)


def _lines(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno == level and record.name.startswith("custom_components")
    ]


def _reauths(hass: HomeAssistant) -> list[Any]:
    return [
        progress
        for progress in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if progress["context"]["source"] == SOURCE_REAUTH
    ]


async def test_a_resource_is_fetched_once_an_interval(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    sent = len(server.api_requests)
    server.api_faults.extend([_level(2), _level(3)])

    await wait(ALMOST)
    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (0, "1")
    await wait(BEYOND)
    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (1, "2")
    await wait(ALMOST)
    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (1, "2")
    await wait(BEYOND)
    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (2, "3")


async def test_a_resource_is_not_polled_where_a_person_turned_that_off(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    hass.config_entries.async_update_entry(tank, pref_disable_polling=True)
    await hass.config_entries.async_reload(tank.entry_id)
    await settle(hass)
    sent = len(server.api_requests)
    for _ in range(3):
        await wait(ALMOST + BEYOND)

    assert len(server.api_requests) == sent


async def test_a_resource_can_be_fetched_when_asked_for(
    hass: HomeAssistant, server: FakeServer, tank: ConfigEntry
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    server.api_faults.append(_level(2))
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": TANK}, blocking=True
    )

    assert state_of(hass, TANK) == "2"


async def test_what_failed_and_is_mended_is_no_failure_of_the_next_fetch(
    hass: HomeAssistant, server: FakeServer, tank: ConfigEntry
) -> None:
    [coordinator] = tank.runtime_data.resources.values()
    server.api_faults.append(Fault.json(500, {}))
    with pytest.raises(UpdateFailed):
        await coordinator.async_fetch_now()
    server.api_faults.append(_level(2))
    await coordinator.async_fetch_now()

    assert state_of(hass, TANK) == "2"


async def test_what_is_the_same_again_is_not_written(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    before = hass.states.get(TANK)
    assert before is not None
    server.api_faults.append(_level(1))
    await wait(ALMOST + BEYOND)

    after = hass.states.get(TANK)
    assert after is not None
    assert after.last_reported == before.last_reported


async def test_a_number_is_written_with_all_that_its_entity_shows(
    hass: HomeAssistant, server: FakeServer, wait: Wait, account: ConfigEntry
) -> None:
    quantity = {"name": "Level", "path": "$.level", "unit": "points"}
    server.api_faults.extend([_level(1)] * 2)
    await add_resource(hass, account, **{**LEVEL, "values": [quantity]})
    server.api_faults.extend([_level(2), _level(3), _level(4.25)])
    await wait(ALMOST + BEYOND)
    er.async_get(hass).async_update_entity(TANK, name="Rain")
    await settle(hass)
    await wait(ALMOST + BEYOND)
    await wait(ALMOST + BEYOND)

    state = hass.states.get(TANK)
    assert state is not None
    assert (state.state, state.name) == ("4.25", "Rain")
    assert state.attributes["unit_of_measurement"] == "points"
    assert state.attributes["state_class"] == "measurement"


async def test_what_changed_is_written_and_nothing_else(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    values = [
        {"name": "In", "path": "$.in", "unit": "W"},
        {"name": "Out", "path": "$.out", "unit": "W"},
        {"name": "Mode", "path": "$.mode"},
    ]
    sensors = ("sensor.tank_in", "sensor.tank_out", "sensor.tank_mode")
    server.api_faults.extend([Fault.json(200, {"in": 1, "out": 1, "mode": "a"})] * 2)
    await add_resource(hass, account, **{**LEVEL, "values": values})
    [coordinator] = account.runtime_data.resources.values()
    written = []
    for document in (
        {"in": 2, "out": 2, "mode": "b"},
        {"in": 3.5, "out": 2, "mode": "b"},
        {"in": 3.5, "out": 2, "mode": "c"},
        {"in": 4, "out": None, "mode": "c"},
        {"in": 4, "out": 5, "mode": "d"},
    ):
        before = [hass.states.get(sensor) for sensor in sensors]
        server.api_faults.append(Fault.json(200, document))
        await coordinator.async_fetch_now()
        after = [hass.states.get(sensor) for sensor in sensors]
        written.append(
            [
                now.state if now and now is not then else None
                for now, then in zip(after, before, strict=True)
            ]
        )

    assert written == [
        ["2", "2", "b"],
        ["3.5", None, None],
        [None, None, "c"],
        ["4", "unknown", None],
        [None, "5", "d"],
    ]


async def test_numbers_of_one_answer_are_written_without_their_entities(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    values = [
        {"name": name, "path": f"$.{name}", "unit": "W"} for name in ("in", "out")
    ]
    server.api_faults.extend([Fault.json(200, {"in": 1, "out": 1})] * 2)
    await add_resource(hass, account, **{**LEVEL, "values": values})
    [coordinator] = account.runtime_data.resources.values()
    server.api_faults.append(Fault.json(200, {"in": 2, "out": 3}))
    await coordinator.async_fetch_now()
    states = [
        hass.states.get(sensor) for sensor in ("sensor.tank_in", "sensor.tank_out")
    ]

    assert [state.state for state in states if state] == ["2", "3"]
    # Each write of an entity would have a context of its own.
    assert len({state.context.id for state in states if state}) == 1


async def test_hours_are_kept_and_the_values_stay(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    account: ConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    # Where the clocks change, an hour may come twice.
    await hass.config.async_set_time_zone("UTC")
    now = dt_util.now()
    start, end = now - timedelta(minutes=30), now + timedelta(seconds=90)
    hours = {"start": f"{start:%H:%M:%S}", "end": f"{end:%H:%M:%S}"}
    server.api_faults.extend([_level(1)] * 2)
    await add_resource(hass, account, **LEVEL, schedule=hours)
    server.api_faults.append(_level(2))
    await wait(61)
    assert state_of(hass, TANK) == "2"
    sent = len(server.api_requests)
    for _ in range(5):
        await wait(61)

    assert len(server.api_requests) == sent
    assert state_of(hass, TANK) == "2"


async def test_nothing_is_fetched_for_an_account_that_is_unloaded(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(tank.entry_id)
    sent = len(server.api_requests)
    await wait(ALMOST + BEYOND)

    assert len(server.api_requests) == sent


async def test_a_value_that_is_null_is_unknown_and_one_that_vanishes_unavailable(
    hass: HomeAssistant, server: FakeServer, wait: Wait, account: ConfigEntry
) -> None:
    both = [{"name": "Level", "path": "level"}, {"name": "Leak", "path": "leak"}]
    document = {"level": 1, "leak": False}
    server.api_faults.extend([Fault.json(200, document)] * 2)
    await add_resource(hass, account, **{**LEVEL, "values": both})
    shown = []
    for changed in ({"level": 2, "leak": None}, {"level": 3}, document):
        server.api_faults.append(Fault.json(200, changed))
        await wait(ALMOST + BEYOND)
        shown.append((state_of(hass, TANK), state_of(hass, "sensor.tank_leak")))

    assert shown == [("2", "unknown"), ("3", "unavailable"), ("1", "false")]


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ([Fault.json(500, {})], "with status 500"),
        ([Fault.json(404, {})], "The API has nothing at http"),
        ([Fault.json(403, {})], "The account may not do this"),
        ([Fault(200, {}, b"<html>Sign in</html>")], "web page"),
        ([Fault(200)], "is empty"),
        ([Fault(disconnect=True)] * 2, "cannot be reached"),
        (
            [Fault(302, {"Location": "https://example.com/"})],
            "sends on to a host that may not receive the token",
        ),
    ],
)
async def test_an_api_that_fails_makes_its_sensors_unavailable_until_it_is_back(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    faults: list[Fault],
    told: str,
) -> None:
    server.api_faults.extend(faults * 2)
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "unavailable"
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "unavailable"
    server.api_faults.append(_level(2))
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "2"

    # One line when it becomes unavailable; Home Assistant logs its recovery with another level.
    [line] = _lines(caplog, logging.ERROR)
    assert line.startswith("Error fetching Tank data: ")
    assert told in line
    assert server.api_base_url in line
    assert "Fetching Tank data recovered" in _lines(caplog, logging.INFO)
    assert tank.state is ConfigEntryState.LOADED


async def test_a_failure_that_is_remembered_keeps_no_answer_alive(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    server.expire_access_tokens()
    server.token_faults.append(Fault(200, body=b"<html>down until noon</html>"))
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "unavailable"
    gc.collect()
    alive = [each for each in gc.get_objects() if isinstance(each, Response)]
    assert [each for each in alive if b"until noon" in each.body] == []


async def test_an_api_that_cannot_be_reached_is_asked_again_soon(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    # As after a power cut, while the router comes up. aiohttp sends each of them twice.
    server.api_faults.extend([Fault(disconnect=True)] * 6)
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "unavailable"
    sent = len(server.requested)
    # Ten seconds, then twice as long; Home Assistant rounds up.
    for seconds, requests in ((9, 0), (3, 2), (12, 2), (10, 4)):
        await wait(seconds)
        assert len(server.requested) - sent == requests
    server.api_faults.append(_level(2))
    # Forty seconds are almost the interval.
    await wait(42)
    assert state_of(hass, TANK) == "2"


@pytest.mark.parametrize("status", [502, 503, 504, 522])
async def test_an_api_whose_gateway_fails_is_asked_again_soon(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    status: int,
) -> None:
    server.api_faults.extend([*[Fault(status)] * 2, _level(2)])
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "unavailable"
    sent = len(server.requested)
    for seconds, requests in ((9, 0), (3, 1), (19, 1), (3, 2)):
        await wait(seconds)
        assert len(server.requested) - sent == requests
    assert state_of(hass, TANK) == "2"


async def test_after_a_refusal_the_pause_of_a_network_failure_begins_anew(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    lost = [Fault(disconnect=True)] * 2
    server.api_faults.extend([*lost, Fault.json(500, {}), *lost, _level(2)])
    await wait(ALMOST + BEYOND)
    # The API refuses after ten seconds, and is lost again after the interval.
    await wait(12)
    await wait(ALMOST + BEYOND)
    await wait(12)
    assert state_of(hass, TANK) == "2"


async def test_after_an_ended_grant_the_pause_of_a_network_failure_begins_anew(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    lost = [Fault(disconnect=True)] * 2
    server.api_faults.extend([*lost, Fault.json(401, {}), *lost, _level(2)])
    server.token_faults.append(Fault.json(400, {"error": "invalid_grant"}))
    await wait(ALMOST + BEYOND)
    await wait(12)
    assert len(_reauths(hass)) == 1
    # Home Assistant polls no more, but a person fetches.
    button = {"entity_id": "button.sandbox_refresh_now"}
    with pytest.raises(UpdateFailed):
        await hass.services.async_call("button", "press", button, blocking=True)
    await wait(12)
    assert state_of(hass, TANK) == "2"


async def test_an_api_that_refuses_is_not_asked_again_sooner(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    server.api_faults.extend([Fault.json(500, {}), _level(2)])
    await wait(ALMOST + BEYOND)
    await wait(50)
    assert state_of(hass, TANK) == "unavailable"
    await wait(BEYOND + 10)
    assert state_of(hass, TANK) == "2"


async def test_an_answer_without_content_has_no_values(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    server.api_faults.append(Fault(204))
    await wait(ALMOST + BEYOND)

    assert state_of(hass, TANK) == "unavailable"


@pytest.mark.parametrize("status", [429, 503])
async def test_an_api_that_asks_for_a_pause_is_left_alone_for_as_long(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    status: int,
) -> None:
    server.api_faults.append(Fault.json(status, {}, Retry_After="150"))
    await wait(ALMOST + BEYOND)
    sent = len(server.api_requests)
    server.api_faults.append(_level(2))
    await wait(75)
    await wait(74)
    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (0, "unavailable")
    await wait(BEYOND)
    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (1, "2")


async def test_a_pause_of_no_time_is_one_of_ten_seconds(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    server.api_faults.append(Fault.json(429, {}, Retry_After="0"))
    await wait(ALMOST + BEYOND)
    sent = len(server.api_requests)
    server.api_faults.append(_level(2))
    await wait(8)
    assert len(server.api_requests) == sent
    await wait(BEYOND)
    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (1, "2")


async def test_a_pause_is_for_every_resource_of_the_host_and_ends_for_all(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
) -> None:
    await add_resource(hass, tank, interval=100)
    server.api_faults.append(Fault.json(429, {}, Retry_After="120"))
    await wait(ALMOST + BEYOND)
    sent = len(server.api_requests)
    await wait(41)
    assert len(server.api_requests) == sent
    assert state_of(hass, "sensor.weather_condition") == "unavailable"
    await wait(82)
    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_the_end_of_a_pause_is_not_waited_for_in_a_loop(
    hass: HomeAssistant,
    server: FakeServer,
    freezer: FrozenDateTimeFactory,
    wait: Wait,
    tank: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Home Assistant counts a pause from the last full second, which is nearly over here.
    late = dt_util.utcnow().replace(microsecond=0) + timedelta(seconds=65.9)
    server.api_faults.append(Fault.json(429, {}, Retry_After="20"))
    freezer.move_to(late)
    await wait(0)
    sent = len(server.api_requests)
    server.api_faults.append(_level(2))
    caplog.clear()
    for _ in range(5):
        await wait(4.9)

    assert (len(server.api_requests) - sent, state_of(hass, TANK)) == (1, "2")
    assert sum("Finished fetching" in line for line in caplog.messages) == 1


async def test_a_token_that_the_api_no_longer_takes_is_renewed_unseen(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_resource(hass, account)
    api, token = len(server.api_requests), len(server.token_requests)
    server.expire_access_tokens()
    await wait(ALMOST + BEYOND)

    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"
    assert len(server.api_requests) - api == 2
    [refresh] = server.token_requests[token:]
    assert refresh["grant_type"] == "refresh_token"
    assert _lines(caplog, logging.ERROR) == []


async def test_a_401_that_stays_makes_no_refresh_at_each_poll(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    api, token = len(server.api_requests), len(server.token_requests)
    server.api_faults.extend([Fault.json(401, {})] * 20)
    for _ in range(4):
        await wait(ALMOST + BEYOND)

    assert len(server.api_requests) - api == 5
    assert len(server.token_requests) - token == 1


async def test_an_api_that_takes_no_token_gets_one_new_one_and_no_more(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    api, token = len(server.api_requests), len(server.token_requests)
    server.api_faults.extend([Fault.json(401, {})] * 3)
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "unavailable"
    assert len(server.api_requests) - api == 2
    assert len(server.token_requests) - token == 1

    # Within a minute, another 401 leads to no other token.
    assert (await tank.runtime_data.account.request("GET", "/tank")).status == 401
    assert len(server.api_requests) - api == 3
    assert len(server.token_requests) - token == 1
    # The new token is refused as well, so signing in again would not help.
    assert _reauths(hass) == []

    server.api_faults.append(_level(2))
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "2"


async def test_a_grant_that_has_ended_is_asked_for_once_and_polling_goes_on_after_it(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    wait: Wait,
    account: ConfigEntry,
) -> None:
    await add_resource(hass, account)
    await add_resource(hass, account, name="Garden")
    server.revoke_grants()
    await wait(ALMOST + BEYOND)
    for name in ("weather", "garden"):
        assert state_of(hass, f"sensor.{name}_condition") == "unavailable"
    [reauth] = _reauths(hass)

    api, token = len(server.api_requests), len(server.token_requests)
    await wait(ALMOST + BEYOND)
    assert [again["flow_id"] for again in _reauths(hass)] == [reauth["flow_id"]]
    assert (len(server.api_requests), len(server.token_requests)) == (api, token)

    await flow.take(await hass.config_entries.flow.async_configure(reauth["flow_id"]))
    await flow.submit()
    await flow.sign_in()
    await settle(hass)
    for name in ("weather", "garden"):
        assert state_of(hass, f"sensor.{name}_condition") == "partly cloudy"
    sent = len(server.api_requests)
    await wait(ALMOST + BEYOND)
    # Both resources have the same request, which is sent once.
    assert len(server.api_requests) - sent == 1


async def test_a_token_server_that_is_down_is_no_reason_to_sign_in_again(
    hass: HomeAssistant, server: FakeServer, wait: Wait, account: ConfigEntry
) -> None:
    await add_resource(hass, account)
    server.expire_access_tokens()
    server.token_faults.append(Fault.json(503, {}))
    await wait(ALMOST + BEYOND)

    assert state_of(hass, "sensor.weather_condition") == "unavailable"
    assert _reauths(hass) == []


@pytest.mark.parametrize(
    ("stored", "place"),
    [
        ({"url": 5, "values": []}, "url"),
        ({"url": "/me"}, "values"),
        ({"url": "/me", "values": [{"key": "a", "name": "A", "path": "$.."}]}, "path"),
    ],
)
async def test_a_resource_that_is_stored_wrongly_is_told_and_the_others_go_on(
    hass: HomeAssistant,
    wait: Wait,
    account: ConfigEntry,
    server: FakeServer,
    caplog: pytest.LogCaptureFixture,
    stored: dict[str, Any],
    place: str,
) -> None:
    garden = await add_resource(hass, account, name="Garden")
    server.api_faults.append(_level(1))
    await add_resource(hass, account, **LEVEL)
    caplog.clear()
    server.api_faults.append(_level(2))
    hass.config_entries.async_update_subentry(account, garden, data=stored)
    await settle(hass)

    [line] = _lines(caplog, logging.ERROR)
    assert garden.subentry_id in line
    assert f"{place}: restore" in line
    assert account.state is ConfigEntryState.LOADED
    assert state_of(hass, TANK) == "2"
    # Its entities stay registered, for when the resource is corrected.
    for entity_id in entity_ids(hass, garden).values():
        assert state_of(hass, entity_id) == "unavailable"
    server.api_faults.append(_level(3))
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "3"


async def test_the_same_request_of_two_resources_is_sent_once_an_interval(
    hass: HomeAssistant, server: FakeServer, wait: Wait, account: ConfigEntry
) -> None:
    await add_resource(hass, account)
    await add_resource(hass, account, name="Garden")
    sent = len(server.api_requests)
    shown = []
    for _ in range(3):
        await wait(ALMOST + BEYOND)
        shown.append(
            [
                state_of(hass, f"sensor.{name}_temperature")
                for name in ("weather", "garden")
            ]
        )

    assert len(server.api_requests) - sent == 3
    assert all(weather == garden for weather, garden in shown)
    # The fake server's weather differs at each request.
    assert len({weather for weather, _ in shown}) == 3


async def test_an_answer_that_is_not_new_writes_no_state(
    hass: HomeAssistant, server: FakeServer, wait: Wait, account: ConfigEntry
) -> None:
    unchanged = Fault.json(200, {"level": 1}, ETag='"1"')
    server.api_faults.extend([unchanged] * 2)
    await add_resource(hass, account, **LEVEL)
    before = hass.states.get(TANK)
    assert before is not None
    server.api_faults.append(Fault(304))
    await wait(ALMOST + BEYOND)

    assert server.api_requests[-1].headers["if-none-match"] == '"1"'
    after = hass.states.get(TANK)
    assert after is not None
    assert (after.state, after.last_reported) == ("1", before.last_reported)


async def test_while_home_assistant_starts_resources_start_apart(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    await add_resource(hass, tank)
    hass.set_state(CoreState.not_running)
    server.api_faults.append(_level(2))
    sent = len(server.api_requests)
    assert await hass.config_entries.async_reload(tank.entry_id)
    await settle(hass)
    assert [request.path for request in server.api_requests[sent:]] == ["/api/tank"]
    await wait(1)

    assert [request.path for request in server.api_requests[sent + 1 :]] == [
        "/api/weather"
    ]
    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_a_resource_that_fails_leaves_the_others_alone(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    await add_resource(hass, tank, interval=90)
    server.api_faults.append(Fault.json(500, {}))
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "unavailable"
    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"

    sent = len(server.api_requests)
    await wait(30)
    assert [request.path for request in server.api_requests[sent:]] == ["/api/weather"]
    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_an_api_that_is_slow_does_not_hold_up_the_start(
    hass: HomeAssistant, server: FakeServer, tank: ConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(tank.entry_id)
    server.api_faults.append(
        Fault(200, {"Content-Type": "application/json"}, b'{"level": 2}', delay=0.2)
    )
    assert await hass.config_entries.async_setup(tank.entry_id)

    assert tank.state is ConfigEntryState.LOADED
    assert state_of(hass, TANK) == "unavailable"
    await settle(hass)
    assert state_of(hass, TANK) == "2"


async def test_an_api_that_is_down_at_the_start_is_asked_again(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    server.api_faults.extend([Fault.json(500, {}), _level(2)])
    assert await hass.config_entries.async_reload(tank.entry_id)
    await settle(hass)
    assert state_of(hass, TANK) == "unavailable"
    await wait(ALMOST + BEYOND)

    assert state_of(hass, TANK) == "2"


@pytest.fixture
def hanging(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Paths whose requests hang."""
    transport = async_get_transport(hass)
    send = transport.send
    paths: set[str] = set()

    async def hang(request: Request, **options: Any) -> Response:
        if any(path in request.url for path in paths):
            await asyncio.Event().wait()
        return await send(request, **options)

    monkeypatch.setattr(transport, "send", hang)
    return paths


async def _press(hass: HomeAssistant) -> None:
    button = {"entity_id": "button.sandbox_refresh_now"}
    await hass.services.async_call("button", "press", button, blocking=True)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_polls_wait_where_others_hang_and_a_person_does_not(
    hass: HomeAssistant, server: FakeServer, tank: ConfigEntry, hanging: set[str]
) -> None:
    hanging.add("/echo/")
    account: Account = tank.runtime_data.account
    polls = [
        asyncio.create_task(
            account.send(ApiRequest(url=f"/echo/{number}"), is_poll=True)
        )
        for number in range(3)
    ]
    await asyncio.sleep(0)
    sent = len(server.api_requests)
    server.api_faults.extend([_level(2), _level(3)])
    await _press(hass)
    assert state_of(hass, TANK) == "2"

    [coordinator] = tank.runtime_data.resources.values()
    poll = asyncio.create_task(coordinator.async_refresh())
    assert (await account.request("GET", "/me")).status == 200
    assert len(server.api_requests) == sent + 2
    await _end(poll, *polls)


@pytest.mark.parametrize("last", ["1", "unavailable"])
async def test_a_poll_that_hangs_gives_way_to_a_person(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    hanging: set[str],
    caplog: pytest.LogCaptureFixture,
    last: str,
) -> None:
    if last != "1":
        server.api_faults.append(Fault.json(500, {}))
        await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == last
    caplog.clear()
    hanging.add("/tank")
    [coordinator] = tank.runtime_data.resources.values()
    poll = asyncio.create_task(coordinator.async_refresh())
    await asyncio.sleep(0)
    hanging.clear()
    server.api_faults.extend([_level(2)] * 2)
    await _press(hass)

    assert state_of(hass, TANK) == "2"
    assert poll.done()
    assert _lines(caplog, logging.ERROR) == []


async def test_a_person_does_not_wait_for_a_first_fetch_that_hangs(
    hass: HomeAssistant,
    server: FakeServer,
    tank: ConfigEntry,
    hanging: set[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hanging.add("/tank")
    assert await hass.config_entries.async_reload(tank.entry_id)
    assert state_of(hass, TANK) == "unavailable"
    hanging.clear()
    server.api_faults.extend([_level(2), _level(3)])
    await _press(hass)

    assert state_of(hass, TANK) == "3"
    assert _lines(caplog, logging.ERROR) == []


async def test_a_new_interval_holds_at_once(
    hass: HomeAssistant, server: FakeServer, wait: Wait, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account, interval=600)
    await change_request(hass, account, subentry, interval=60)
    sent = len(server.api_requests)
    await wait(ALMOST + BEYOND)

    assert len(server.api_requests) - sent == 1


async def test_a_large_answer_is_read_as_well(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await add_resource(
        hass,
        account,
        name="Large",
        url="/large?bytes=200000",
        values=[{"name": "All", "path": "$"}],
    )

    assert state_of(hass, "sensor.large_all") == "x" * 254 + "…"


async def test_an_api_that_repeats_the_token_does_not_make_it_a_state(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    token = account.runtime_data.account.token_set.access_token
    echo = Fault.json(
        200, {"seen": f"Bearer {token}", "all": {"token": token}, "count": 1}
    )
    server.api_faults.extend([echo] * 3)
    seen = {"name": "Seen", "path": "$.seen", "attributes": ["$.all"]}
    await add_resource(hass, account, name="Echo", values=[seen])
    state = hass.states.get("sensor.echo_seen")

    assert state is not None
    assert state.state == "Bearer **redacted**"
    assert state.attributes["all"] == {"token": "**redacted**"}


WITHINGS = Fault.json(200, {"status": 401, "body": {}, "error": "invalid_token"})


async def test_a_dead_token_that_is_told_in_an_answer_is_renewed_unseen(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api, token = len(server.api_requests), len(server.token_requests)
    server.api_faults.extend([WITHINGS, _level(2)])
    await wait(ALMOST + BEYOND)

    assert state_of(hass, TANK) == "2"
    assert len(server.api_requests) - api == 2
    assert len(server.token_requests) - token == 1
    first, second = server.api_requests[-2:]
    assert first.headers["authorization"] != second.headers["authorization"]
    assert _lines(caplog, logging.ERROR) == []


async def test_a_token_that_stays_dead_is_told_once_and_no_loop(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api, token = len(server.api_requests), len(server.token_requests)
    server.api_faults.extend([WITHINGS] * 20)
    for _ in range(4):
        await wait(ALMOST + BEYOND)

    assert state_of(hass, TANK) == "unavailable"
    assert len(server.api_requests) - api == 5
    assert len(server.token_requests) - token == 1
    [line] = _lines(caplog, logging.ERROR)
    assert "does not accept this account's token" in line
    assert "invalid_token" in line


async def test_a_token_that_was_renewed_in_vain_is_renewed_again_once_it_worked(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    token = len(server.token_requests)
    server.api_faults.extend([WITHINGS, WITHINGS, _level(2), WITHINGS, _level(3)])
    for _ in range(2):
        await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "2"
    await wait(ALMOST + BEYOND)

    assert state_of(hass, TANK) == "3"
    assert len(server.token_requests) - token == 2


async def test_a_token_that_was_renewed_in_vain_gives_way_to_another(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    server.api_faults.extend([WITHINGS] * 4)
    await wait(ALMOST + BEYOND)
    account = tank.runtime_data.account
    await wait(60)
    assert await account.renew(rejected=account.token_set)
    token = len(server.token_requests)
    await wait(60)
    await wait(ALMOST + BEYOND)

    assert len(server.token_requests) - token == 1


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"error": "The tank is gone"}, "The tank is gone"),
        ({"success": False, "message": "Not today"}, "Not today"),
        ({"code": 7, "msg": "No such tank"}, "No such tank"),
        ({"fault": {"faultstring": "Out of order"}}, "Out of order"),
        ({"errors": [{"message": "Boom"}], "data": None}, "Boom"),
        ({"error": "Dry", "level": None}, "Dry"),
    ],
)
async def test_an_error_in_an_answer_is_told_once_in_the_services_words(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    document: dict[str, Any],
    told: str,
) -> None:
    server.api_faults.extend([Fault.json(200, document)] * 2)
    for _ in range(2):
        await wait(ALMOST + BEYOND)
        assert state_of(hass, TANK) == "unavailable"
    server.api_faults.append(_level(2))
    await wait(ALMOST + BEYOND)
    assert state_of(hass, TANK) == "2"

    [line] = _lines(caplog, logging.ERROR)
    assert told in line


async def test_an_error_in_an_answer_is_told_without_secrets(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = server.api_requests[-1].headers["authorization"].split()[-1]
    server.api_faults.append(Fault.json(200, {"error": f"Bad key: {token}"}))
    await wait(ALMOST + BEYOND)

    [line] = _lines(caplog, logging.ERROR)
    assert "Bad key: **redacted**" in line


async def test_a_pause_that_is_told_in_an_answer_is_kept(
    hass: HomeAssistant, server: FakeServer, wait: Wait, tank: ConfigEntry
) -> None:
    told = {"status": 601, "body": {}, "error": "Too many, retry in 150 seconds"}
    server.api_faults.extend([Fault.json(200, told), _level(2)])
    await wait(ALMOST + BEYOND)
    sent = len(server.api_requests)
    await wait(140)
    assert len(server.api_requests) == sent
    # The pause is that of the host, as after a 429.
    with pytest.raises(TemporaryFailure) as raised:
        await tank.runtime_data.account.request("GET", "/other")
    assert raised.value.code == "rate_limited"
    assert len(server.api_requests) == sent
    await wait(15)

    assert state_of(hass, TANK) == "2"


@pytest.mark.parametrize(
    ("document", "state"),
    [
        ({"level": 3, "error": "E7"}, "3"),
        ({"level": 3, "status": 401}, "3"),
        ({"level": 0, "errors": ["Low"]}, "0"),
        ({"level": "", "success": False}, ""),
        ({"level": None, "error": None}, "unknown"),
        # The value is missing, and there is no error.
        ({"status": "ok", "error": ""}, "unavailable"),
        ({"errors": [], "items": []}, "unavailable"),
    ],
)
async def test_an_error_beside_what_was_picked_is_data(
    hass: HomeAssistant,
    server: FakeServer,
    wait: Wait,
    tank: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    document: dict[str, Any],
    state: str,
) -> None:
    token = len(server.token_requests)
    server.api_faults.append(Fault.json(200, document))
    await wait(ALMOST + BEYOND)

    assert state_of(hass, TANK) == state
    assert len(server.token_requests) == token
    assert _lines(caplog, logging.ERROR) == []
