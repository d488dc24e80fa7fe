"""The actions send_command and refresh_resource."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import device_registry as dr

from ..account_flow import AccountFlow
from ..commands import LAMP, add_command, send_command
from ..fake_server import FakeServer, Fault
from ..resources import add_resource


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


def _device(hass: HomeAssistant, account: ConfigEntry, identifier: str) -> str:
    """Return the id of the device of an account, a resource or a command."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), account.entry_id)
    [found] = [
        device.id for device in devices if (DOMAIN, identifier) in device.identifiers
    ]
    return found


async def _refresh(
    hass: HomeAssistant, *devices: str, context: Context | None = None
) -> None:
    await hass.services.async_call(
        DOMAIN,
        "refresh_resource",
        {"resource": list(devices)},
        blocking=True,
        context=context,
    )


async def test_variables_reach_every_part_of_a_command(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await add_command(hass, account)
    answer = await send_command(
        hass, lamp="desk", room="a & b", mode="dim", level=[1, 2]
    )

    assert answer["status"] == 200
    echo = answer["data"]
    assert (echo["method"], echo["path"]) == ("POST", "/api/echo/desk")
    assert echo["query"] == {"room": "a & b"}
    assert echo["headers"]["x-mode"] == "dim"
    assert echo["body"] == '{"level": [1, 2]}'


async def test_variables_of_one_time_are_gone_the_next(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await add_command(hass, account)
    await send_command(hass, lamp="desk")

    assert (await send_command(hass))["data"]["path"] == "/api/echo/all"


async def test_a_variable_does_not_lead_the_token_to_another_host(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await add_command(hass, account, url="{{ address }}")
    with pytest.raises(HomeAssistantError) as raised:
        await send_command(hass, address="https://elsewhere.example/x")

    assert raised.value.translation_key == "host_not_allowed"
    assert server.api_requests == []


async def test_a_variable_stays_within_its_segment(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await add_command(hass, account, url="/echo/{{ lamp }}")
    answer = await send_command(hass, lamp="../../admin?a=1")

    # Decoded: the server got it as one segment of its route.
    assert answer["data"]["path"] == "/api/echo/../../admin?a=1"


async def test_a_variable_does_not_add_a_header(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await add_command(hass, account)
    with pytest.raises(HomeAssistantError) as raised:
        await send_command(hass, mode="dim\r\nX-Evil: 1")

    assert raised.value.translation_key == "invalid_header"
    assert raised.value.translation_placeholders == {"header": "X-Mode"}
    assert server.api_requests == []


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Fault(204), {"status": 204, "data": None}),
        (
            Fault(200, {"Content-Type": "text/html"}, b"<html>Done</html>"),
            {"status": 200, "data": None},
        ),
        (Fault.json(201, {"id": 5}), {"status": 201, "data": {"id": 5}}),
    ],
)
async def test_an_answer_without_data_is_a_success_too(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    fault: Fault,
    answer: object,
) -> None:
    await add_command(hass, account)
    server.api_faults.append(fault)

    assert await send_command(hass) == answer


async def test_an_answer_that_repeats_the_token_comes_without_it(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await add_command(hass, account)
    token = account.runtime_data.account.token_set.access_token
    server.api_faults.append(Fault.json(200, {"seen": [f"Bearer {token}"]}))
    answer = await send_command(hass)

    assert answer["data"] == {"seen": ["Bearer **redacted**"]}


async def test_a_button_that_is_no_command_is_refused(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await send_command(hass, "button.sandbox_refresh_now")

    assert raised.value.translation_key == "not_a_command"
    assert raised.value.translation_placeholders == {
        "entity": "button.sandbox_refresh_now"
    }


@pytest.mark.parametrize(
    "data",
    [
        {"entity_id": LAMP, "variables": "lamp"},
        {"entity_id": LAMP, "variable": {}},
        {"variables": {}},
    ],
)
async def test_a_command_is_not_sent_with_data_that_does_not_fit(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer, data: dict[str, Any]
) -> None:
    await add_command(hass, account)
    server.api_requests.clear()

    with pytest.raises(vol.Invalid):
        await hass.services.async_call(DOMAIN, "send_command", data, blocking=True)

    assert server.api_requests == []


async def test_a_user_who_may_not_control_a_button_may_not_send_its_command(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    hass_read_only_user: MockUser,
) -> None:
    await add_command(hass, account)
    server.api_requests.clear()

    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "send_command",
            {"entity_id": LAMP},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )

    assert server.api_requests == []


async def _resources(
    hass: HomeAssistant, account: ConfigEntry
) -> tuple[ConfigSubentry, ConfigSubentry]:
    """Add two resources."""
    weather = await add_resource(hass, account)
    values = [{"name": "Name", "path": "$.name"}]
    me = await add_resource(hass, account, name="Me", url="/me", values=values)
    return weather, me


async def test_the_device_of_a_resource_stands_for_it_and_that_of_an_account_for_all(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    weather, me = await _resources(hass, account)
    of_account = _device(hass, account, account.entry_id)
    of_weather = _device(hass, account, weather.subentry_id)
    of_me = _device(hass, account, me.subentry_id)
    for devices, paths in (
        ([of_weather], ["/api/weather"]),
        ([of_me, of_me], ["/api/me"]),
        ([of_account, of_weather], ["/api/me", "/api/weather"]),
    ):
        server.api_requests.clear()
        await _refresh(hass, *devices)
        assert sorted(sent.path for sent in server.api_requests) == paths


async def test_a_resource_that_cannot_be_fetched_fails_the_action(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    weather = await add_resource(hass, account)
    server.api_faults.append(Fault.json(500, {}))
    with pytest.raises(HomeAssistantError) as raised:
        await _refresh(hass, _device(hass, account, weather.subentry_id))

    assert raised.value.translation_key == "api_refused"


async def test_a_device_that_is_no_resource_is_refused_by_its_name(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    registry = dr.async_get(hass)
    other = registry.async_get_or_create(
        config_entry_id=account.entry_id, identifiers={(DOMAIN, "other")}
    )
    registry.async_update_device(other.id, name_by_user="My lamp")
    for target, name in ((other.id, "My lamp"), ("nowhere", "nowhere")):
        with pytest.raises(ServiceValidationError) as raised:
            await _refresh(hass, target)
        assert raised.value.translation_key == "not_a_resource"
        assert raised.value.translation_placeholders == {"device": name}


async def test_a_resource_of_an_account_that_is_not_connected_is_refused(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    weather = await add_resource(hass, account)
    await hass.config_entries.async_unload(account.entry_id)
    with pytest.raises(ServiceValidationError):
        await _refresh(hass, _device(hass, account, weather.subentry_id))


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ({}, False),
        ({"entities": {"all": {"read": True}}}, False),
        ({"entities": {"all": {"control": True}}}, True),
        ({"entities": {"domains": {"sensor": True}}}, True),
        ({"entities": {"domains": {"light": True}}}, False),
    ],
)
async def test_only_who_may_control_its_entities_may_fetch_a_resource(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    hass_read_only_user: MockUser,
    policy: dict[str, Any],
    *,
    allowed: bool,
) -> None:
    hass_read_only_user.mock_policy(policy)
    weather = await add_resource(hass, account)
    server.api_requests.clear()
    device = _device(hass, account, weather.subentry_id)
    context = Context(user_id=hass_read_only_user.id)
    if allowed:
        await _refresh(hass, device, context=context)
    else:
        with pytest.raises(Unauthorized):
            await _refresh(hass, device, context=context)

    assert len(server.api_requests) == int(allowed)


async def test_a_user_who_is_gone_may_fetch_nothing(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    with pytest.raises(UnknownUser):
        await _refresh(hass, "any", context=Context(user_id="gone"))
