"""Commands: entered in a form, sent by their button or by an action."""

from typing import Any

import pytest

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import SubentryFlow, add_resource, entity_ids, settle, state_of

ADD_TASK: dict[str, Any] = {
    "name": "Add task",
    "url": "/echo/{{ list | default('inbox') }}",
    "request": {
        "method": "POST",
        "query": {"n": "{{ 1 + 1 }}"},
        "headers": {"X-Own": "{{ own | default('none') }}"},
        "body": '{"content": {{ content | default("Milk") | to_json }}}',
    },
}
BUTTON = "button.add_task"


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


async def _add(
    hass: HomeAssistant, account: ConfigEntry, **changed: Any
) -> ConfigSubentry:
    known = set(account.subentries)
    adding = SubentryFlow(hass, account, "command")
    await adding.start()
    result = await adding.submit(**{**ADD_TASK, **changed})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    [added] = set(account.subentries) - known
    return account.subentries[added]


async def _press(hass: HomeAssistant, entity_id: str = BUTTON) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": entity_id}, blocking=True
    )


async def _send(hass: HomeAssistant, **variables: Any) -> Any:
    answers = await hass.services.async_call(
        DOMAIN,
        "send_command",
        {"entity_id": BUTTON, "variables": variables},
        blocking=True,
        return_response=True,
    )
    assert answers is not None
    return answers[BUTTON]


async def test_a_form_leads_to_a_button_and_sends_nothing(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    sent = len(server.api_requests)
    subentry = await _add(hass, account)

    assert (subentry.subentry_type, subentry.title) == ("command", "Add task")
    assert subentry.data == {"url": ADD_TASK["url"], **ADD_TASK["request"]}
    assert entity_ids(hass, subentry) == {"command": BUTTON}
    assert len(server.api_requests) == sent


async def test_a_button_sends_its_request(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    await _add(hass, account)
    await _press(hass)

    sent = server.api_requests[-1]
    assert (sent.method, sent.path, sent.query) == (
        "POST",
        "/api/echo/inbox",
        {"n": "2"},
    )
    assert sent.body == b'{"content": "Milk"}'
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["x-own"] == "none"
    state = hass.states.get(BUTTON)
    assert state is not None
    assert state.attributes["last_status"] == 200
    assert state.attributes["last_message"] is None


async def test_an_action_sends_it_with_variables_and_answers(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await _add(hass, account)
    answer = await _send(hass, list="work", own="mine", content='Say "hello"')

    assert answer["status"] == 200
    assert answer["data"]["path"] == "/api/echo/work"
    assert answer["data"]["headers"]["x-own"] == "mine"
    assert answer["data"]["body"] == '{"content": "Say \\"hello\\""}'


async def test_a_refusal_is_told_in_the_words_of_the_api_and_seen_at_the_button(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    await _add(hass, account)
    server.api_faults.append(Fault.json(400, {"error": {"message": "No such list"}}))
    with pytest.raises(HomeAssistantError) as raised:
        await _press(hass)

    assert raised.value.translation_key == "api_refused"
    assert raised.value.translation_placeholders == {
        "status": "400",
        "message": "No such list",
    }
    state = hass.states.get(BUTTON)
    assert state is not None
    assert state.attributes["last_status"] == 400
    assert state.attributes["last_message"] == "No such list"


async def test_no_words_of_the_api_repeat_what_was_sent(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    await _add(hass, account)
    token = account.runtime_data.account.token_set.access_token
    told = {"message": f"Bearer {token} may not say private-content"}
    server.api_faults.append(Fault.json(403, told))
    with pytest.raises(HomeAssistantError) as raised:
        await _send(hass, content="private-content")

    assert raised.value.translation_placeholders == {
        "status": "403",
        "message": "Bearer … may not say …",
    }


async def test_the_answer_does_not_repeat_the_token(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    await _add(hass, account)
    token = account.runtime_data.account.token_set.access_token
    server.api_faults.append(Fault.json(200, {"yours": f"Bearer {token}"}))

    assert (await _send(hass))["data"] == {"yours": "Bearer **redacted**"}


@pytest.mark.parametrize(
    "body", [Fault(204), Fault(200, {"Content-Type": "text/html"}, b"<html>")]
)
async def test_an_answer_without_data_is_none(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer, body: Fault
) -> None:
    await _add(hass, account)
    server.api_faults.append(body)

    assert (await _send(hass))["data"] is None


async def test_a_server_that_is_down_is_told(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    await _add(hass, account)
    server.api_faults.append(Fault(disconnect=True))
    with pytest.raises(HomeAssistantError) as raised:
        await _press(hass)

    assert raised.value.translation_key == "cannot_connect"


async def test_a_template_that_fails_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await _add(hass, account, url="/echo/{{ 1 / nothing | default(0) }}")
    with pytest.raises(HomeAssistantError) as raised:
        await _press(hass)

    assert raised.value.translation_key == "template_failed"


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"name": " "}, "name", "name_missing"),
        ({"url": " "}, "url", "address_missing"),
        ({"url": "https://example.com/"}, "url", "host_not_allowed"),
        ({"url": "ftp://example.com/"}, "url", "invalid_url"),
        ({"url": "http://example.com/"}, "url", "https_required"),
        ({"url": "/{{ open"}, "url", "invalid_template"),
        ({"request": {"body": "{{ open"}}, "url", "invalid_template"),
        ({"request": {"headers": {"Host": "a"}}}, "base", "header_not_allowed"),
        ({"request": {"headers": {"A B": "a"}}}, "base", "invalid_header"),
        ({"request": {"query": ["a"]}}, "base", "not_a_mapping"),
    ],
)
async def test_a_mistake_is_told_at_its_field(
    hass: HomeAssistant,
    account: ConfigEntry,
    changed: dict[str, Any],
    field: str,
    error: str,
) -> None:
    adding = SubentryFlow(hass, account, "command")
    await adding.start()
    result = await adding.submit(**{**ADD_TASK, **changed})

    assert (result["step_id"], result["errors"]) == ("user", {field: error})
    assert account.subentries == {}


async def test_a_command_is_changed_and_keeps_its_button(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    subentry = await _add(hass, account)
    before = entity_ids(hass, subentry)
    changing = SubentryFlow(hass, account, "command")
    result = await changing.change(subentry)
    shown = {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }
    assert shown["name"] == "Add task"
    result = await changing.submit(**{**ADD_TASK, "url": "/echo/other"})
    assert result["reason"] == "reconfigure_successful"
    await _press(hass)

    assert entity_ids(hass, subentry) == before
    assert server.api_requests[-1].path == "/api/echo/other"


async def test_a_command_that_is_stored_wrongly_is_told_and_the_others_work(
    hass: HomeAssistant, account: ConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = await _add(hass, account, name="Wrong")
    await _add(hass, account)
    hass.config_entries.async_update_subentry(account, wrong, data={"url": 5})
    await settle(hass)

    assert "is stored wrongly at url" in caplog.text
    await _press(hass)
    changing = SubentryFlow(hass, account, "command")
    result = await changing.change(account.subentries[wrong.subentry_id])
    assert result["step_id"] == "reconfigure"


async def test_an_account_that_is_not_connected_takes_no_command(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(account.entry_id)
    result = await SubentryFlow(hass, account, "command").start()

    assert result["reason"] == "entry_not_loaded"


async def test_refresh_now_fetches_every_resource(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    await add_resource(hass, account)
    await add_resource(hass, account, name="Me", url="/me", values=[_NAME])
    sent = len(server.api_requests)
    await _press(hass, "button.sandbox_refresh_now")

    paths = [request.path for request in server.api_requests[sent:]]
    assert sorted(paths) == ["/api/me", "/api/weather"]


_NAME = {"name": "Name", "path": "$.name"}


async def _refresh(hass: HomeAssistant, *devices: str) -> None:
    await hass.services.async_call(
        DOMAIN, "refresh_resource", {"resource": list(devices)}, blocking=True
    )


def _device(hass: HomeAssistant, account: ConfigEntry, identifier: str) -> str:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), account.entry_id
    )
    assert device is not None
    return device.id


async def test_a_resource_is_fetched_when_an_action_asks_for_it(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    weather = await add_resource(hass, account)
    await add_resource(hass, account, name="Me", url="/me", values=[_NAME])
    sent = len(server.api_requests)
    await _refresh(hass, _device(hass, account, weather.subentry_id))
    assert [request.path for request in server.api_requests[sent:]] == ["/api/weather"]

    sent = len(server.api_requests)
    own = _device(hass, account, account.entry_id)
    await _refresh(hass, own, _device(hass, account, weather.subentry_id))
    assert len(server.api_requests) == sent + 2


async def test_a_fetch_that_fails_is_told_and_the_others_are_done(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    await add_resource(hass, account, name="Me", url="/me", values=[_NAME])
    await add_resource(hass, account)
    server.api_faults.append(Fault.json(500, {}))
    with pytest.raises(HomeAssistantError) as raised:
        await _refresh(hass, _device(hass, account, account.entry_id))

    assert raised.value.translation_key == "api_refused"
    assert state_of(hass, "sensor.weather_condition") == "partly cloudy"


async def test_a_device_that_is_no_resource_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    command = await _add(hass, account)
    for device in ("unknown", _device(hass, account, command.subentry_id)):
        with pytest.raises(ServiceValidationError) as raised:
            await _refresh(hass, device)
        assert raised.value.translation_key == "not_a_resource"


async def test_a_button_that_is_no_command_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(
            DOMAIN,
            "send_command",
            {"entity_id": "button.sandbox_refresh_now"},
            blocking=True,
        )

    assert raised.value.translation_key == "not_a_command"
