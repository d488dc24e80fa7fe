"""Pressing the buttons of commands and of accounts."""

from typing import Any

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MAX_LENGTH_STATE_STATE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .account_flow import AccountFlow
from .commands import LAMP, add_command, press, send_command
from .fake_server import FakeServer, Fault
from .resources import LEVEL, add_resource, state_of

ANSWER = "sensor.sandbox_lamp_answer"
REFRESH = "button.sandbox_refresh_now"


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.fixture
async def lamp(hass: HomeAssistant, account: ConfigEntry) -> ConfigEntry:
    """An account with a command."""
    await add_command(hass, account)
    return account


async def _add_level(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, name: str
) -> None:
    """Add a resource; the reload that follows fetches the existing ones again."""
    count = len(account.subentries) + 2
    server.api_faults.extend([Fault.json(200, {"level": 1})] * count)
    await add_resource(
        hass, account, **{**LEVEL, "name": name, "url": f"/{name.lower()}"}
    )
    server.api_faults.clear()


def _last(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the button shows of its last command."""
    state = hass.states.get(LAMP)
    assert state is not None
    return {
        key: value for key, value in state.attributes.items() if key.startswith("last_")
    }


async def test_a_press_sends_the_command_as_the_account(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry
) -> None:
    assert _last(hass) == {}
    await press(hass)

    [sent] = server.api_requests
    assert (sent.method, sent.path) == ("POST", "/api/echo/all")
    assert (sent.query, sent.body) == ({"room": "hall"}, b'{"level": 1}')
    assert sent.headers["content-type"] == "application/json"
    token = lamp.runtime_data.account.token_set.access_token
    assert sent.headers["authorization"] == f"Bearer {token}"
    assert _last(hass) == {"last_status": 200, "last_message": None}
    assert state_of(hass, LAMP) != "unknown"


async def test_a_refusal_is_an_error_with_the_words_of_the_api(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry
) -> None:
    server.api_faults.append(Fault.json(422, {"message": "The lamp is broken"}))
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass)

    assert raised.value.translation_key == "api_refused"
    assert raised.value.translation_placeholders == {
        "status": "422",
        "quotation": ": “The lamp is broken”",
        "address": f"{server.api_base_url}/echo/all",
    }
    assert _last(hass) == {"last_status": 422, "last_message": "The lamp is broken"}


@pytest.mark.parametrize(
    ("document", "key", "status"),
    [
        ({"success": False, "message": "No"}, "api_reported_error", 200),
        ({"response": {"result": False, "reason": "No"}}, "api_reported_error", 200),
        ({"status": 403, "message": "No"}, "api_forbidden", 403),
        (
            {"errors": [{"message": "No"}], "data": {"lamp": None}},
            "api_reported_error",
            200,
        ),
        (
            [{"success": {}}, {"error": {"description": "No"}}],
            "api_reported_error",
            200,
        ),
    ],
    ids=str,
)
async def test_an_error_in_an_answer_of_200_is_a_refusal_too(
    hass: HomeAssistant,
    server: FakeServer,
    lamp: ConfigEntry,
    document: object,
    key: str,
    status: int,
) -> None:
    server.api_faults.append(Fault.json(200, document))
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass)

    assert raised.value.translation_key == key
    assert raised.value.translation_placeholders == {
        "status": str(status),
        "quotation": ": “No”",
        "address": f"{server.api_base_url}/echo/all",
    }
    assert _last(hass) == {"last_status": status, "last_message": "No"}


@pytest.mark.parametrize(
    "document",
    [
        {"id": 4, "state": "off", "error": "E18"},
        {"lamp": {"error": {"code": 18, "message": "Hot"}, "level": 4}},
        {"status": "ok", "errors": []},
        {"message": "The lamp goes on"},
        [{"success": {"on": True}}, {"success": {"level": 4}}],
    ],
    ids=str,
)
async def test_what_a_command_tells_of_a_thing_is_its_answer(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry, document: object
) -> None:
    server.api_faults.append(Fault.json(200, document))

    assert (await send_command(hass))["data"] == document


async def test_a_dead_token_that_is_told_in_an_answer_is_renewed_unseen(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry
) -> None:
    asked = len(server.token_requests)
    told = Fault.json(200, {"status": 401, "error": "invalid_token"})
    server.api_faults.extend([told, Fault.json(200, {"level": 1})])

    assert (await send_command(hass))["data"] == {"level": 1}
    assert len(server.token_requests) - asked == 1


async def test_a_later_success_takes_the_message_back(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry
) -> None:
    server.api_faults.append(Fault.json(422, {"message": "The lamp is broken"}))
    with pytest.raises(HomeAssistantError):
        await press(hass)
    await press(hass)

    assert _last(hass) == {"last_status": 200, "last_message": None}


async def test_without_an_answer_there_are_words_and_no_status(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry
) -> None:
    await press(hass)
    server.api_faults.append(Fault(disconnect=True))
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass)

    assert raised.value.translation_key == "cannot_connect"
    assert _last(hass) == {"last_status": None, "last_message": str(raised.value)}
    assert state_of(hass, ANSWER) == str(raised.value)


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        ({"url": "/{{ 'x' | float }}"}, "address_template"),
        ({"query": {"a": "{{ 'x' | float }}"}}, "query_template"),
        ({"headers": {"X-A": "{{ 'x' | float }}"}}, "headers_template"),
        ({"body": "{{ 'x' | float }}"}, "body_template"),
        ({"body": '{"a": "{{ \'x\' | float }}"}'}, "body_template"),
    ],
)
async def test_a_template_that_fails_sends_nothing_and_its_field_is_named(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    request_: dict[str, Any],
    key: str,
) -> None:
    await add_command(hass, account, **request_)
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass)

    assert raised.value.translation_key == key
    assert server.api_requests == []


async def test_a_sensor_beside_the_button_says_how_a_command_was_answered(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry
) -> None:
    assert state_of(hass, ANSWER) == "unknown"
    await press(hass)
    assert state_of(hass, ANSWER) == "200"

    server.api_faults.append(Fault.json(422, {"message": "The lamp is broken"}))
    with pytest.raises(HomeAssistantError):
        await send_command(hass)
    assert "The lamp is broken" in state_of(hass, ANSWER)
    assert "422" in state_of(hass, ANSWER)


async def test_a_long_message_is_cut_in_the_sensor(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry
) -> None:
    server.api_faults.append(Fault.json(422, {"message": "Broken " * 1000}))
    with pytest.raises(HomeAssistantError):
        await press(hass)

    assert len(state_of(hass, ANSWER)) <= MAX_LENGTH_STATE_STATE
    assert len(_last(hass)["last_message"]) <= MAX_LENGTH_STATE_STATE


@pytest.mark.parametrize("scheme", ["", "Bearer "])
async def test_a_refusal_that_repeats_the_token_shows_it_nowhere(
    hass: HomeAssistant, server: FakeServer, lamp: ConfigEntry, scheme: str
) -> None:
    token = lamp.runtime_data.account.token_set.access_token
    server.api_faults.append(Fault.json(400, {"message": f"No {scheme}{token}"}))
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass)

    assert token not in str(raised.value.translation_placeholders)
    assert token not in str(_last(hass))
    assert token not in state_of(hass, ANSWER)


async def test_what_the_request_held_is_not_repeated_by_a_refusal(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await add_command(hass, account, headers={"X-Api-Key": "planted-header"})
    server.api_faults.append(Fault.json(400, {"message": "Bad key planted-header"}))
    with pytest.raises(HomeAssistantError):
        await press(hass)

    assert _last(hass)["last_message"] == "Bad key **redacted**"


async def test_refresh_fetches_every_resource_whatever_its_schedule(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    for name in ("Tank", "Pond"):
        await _add_level(hass, server, account, name)
    server.api_requests.clear()
    server.api_faults.extend([Fault.json(200, {"level": 7})] * 2)
    await press(hass, REFRESH)

    assert {sent.path for sent in server.api_requests} == {"/api/tank", "/api/pond"}
    assert state_of(hass, "sensor.tank_level") == "7"
    assert state_of(hass, "sensor.pond_level") == "7"


async def test_refresh_fails_with_the_resource_that_fails_once_all_are_tried(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    for name in ("Tank", "Pond"):
        await _add_level(hass, server, account, name)
    server.api_faults.extend([Fault.json(500, {}), Fault.json(200, {"level": 7})])
    with pytest.raises(HomeAssistantError) as raised:
        await press(hass, REFRESH)

    assert raised.value.translation_key == "api_refused"
    states = {state_of(hass, f"sensor.{name}_level") for name in ("tank", "pond")}
    assert states == {"unavailable", "7"}
