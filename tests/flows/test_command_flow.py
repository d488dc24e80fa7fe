"""Adding and changing commands, through the front door."""

import asyncio
from typing import Any

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..account_flow import AccountFlow, suggested
from ..commands import LAMP, REQUEST, add_command
from ..fake_server import FakeServer
from ..resources import SubentryFlow, entity_ids

FORM: dict[str, Any] = {"name": "Lamp", "url": "/echo", "request": {"method": "POST"}}


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.fixture
async def adding(hass: HomeAssistant, account: ConfigEntry) -> SubentryFlow:
    """The form of a new command."""
    adding = SubentryFlow(hass, account, "command")
    await adding.start()
    return adding


async def test_one_form_leads_to_a_button_and_sends_nothing(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    subentry = await add_command(hass, account)

    assert (subentry.subentry_type, subentry.title) == ("command", "Lamp")
    assert subentry.data == {"url": "/echo/{{ lamp | default('all') }}", **REQUEST}
    assert entity_ids(hass, subentry) == {
        "answer": "sensor.sandbox_lamp_answer",
        "command": LAMP,
    }
    assert server.api_requests == []


async def test_a_command_usually_posts(adding: SubentryFlow) -> None:
    assert suggested(adding.result)["request"] == {"method": "POST"}


async def test_numbers_and_flags_are_stored_as_apis_spell_them(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_command(hass, account, query={"count": 5, "on": True})

    assert subentry.data["query"] == {"count": "5", "on": "true"}


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"name": " "}, "name", "name_missing"),
        ({"url": " "}, "url", "address_missing"),
        ({"url": "https://elsewhere.example/x"}, "url", "host_not_allowed"),
        ({"url": "/{{ nothing( }}"}, "url", "invalid_template"),
        ({"url": "http://example.com/me"}, "url", "https_required"),
        ({"url": "ftp://example.com/me"}, "url", "invalid_url"),
        (
            {"request": {"method": "POST", "query": {"a": "{{ nothing( }}"}}},
            "request",
            "query_template",
        ),
        (
            {"request": {"method": "POST", "headers": {"X-A": "{{ nothing( }}"}}},
            "request",
            "headers_template",
        ),
        (
            {"request": {"method": "POST", "headers": [1]}},
            "request",
            "headers_not_a_mapping",
        ),
        (
            {"request": {"method": "POST", "body": "{% if %}"}},
            "request",
            "body_template",
        ),
        (
            {"request": {"method": "POST", "headers": {"Host": "x"}}},
            "request",
            "header_not_allowed",
        ),
        (
            {"request": {"method": "POST", "headers": {"X Y": "x"}}},
            "request",
            "invalid_header",
        ),
        (
            {"request": {"method": "POST", "headers": {"authorization": "x"}}},
            "request",
            "authorization_header",
        ),
        (
            {"request": {"method": "POST", "query": [1]}},
            "request",
            "query_not_a_mapping",
        ),
        (
            {"request": {"method": "POST", "query": {"a": [1]}}},
            "request",
            "query_not_a_mapping",
        ),
        (
            {"request": {"method": "POST", "body": '{"a": 1,}'}},
            "request",
            "body_not_json",
        ),
    ],
)
async def test_a_mistake_is_shown_at_its_field_and_can_be_mended(
    adding: SubentryFlow, changed: dict[str, Any], field: str, error: str
) -> None:
    result = await adding.submit(**{**FORM, **changed})

    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {field: error})
    assert (await adding.submit(**FORM))["type"] is FlowResultType.CREATE_ENTRY


async def test_without_an_api_base_an_address_has_to_be_whole(
    account: ConfigEntry, adding: SubentryFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = account.runtime_data.account._sending
    monkeypatch.setattr(sending, "_base_url", "")

    result = await adding.submit(**FORM)
    assert result["errors"] == {"url": "no_api_base_url"}


async def test_a_template_in_the_address_is_not_checked_before_it_is_known(
    adding: SubentryFlow,
) -> None:
    result = await adding.submit(**{**FORM, "url": "{{ address }}"})

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_changed_command_keeps_its_entity(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_command(hass, account)
    before = entity_ids(hass, subentry)
    changing = SubentryFlow(hass, account, "command")
    await changing.change(subentry)
    answers = suggested(changing.result)
    assert answers == {"name": "Lamp", "url": subentry.data["url"], "request": REQUEST}

    result = await changing.submit(**{**answers, "name": "Light", "url": "/echo"})

    assert result["reason"] == "reconfigure_successful"
    changed = account.subentries[subentry.subentry_id]
    assert (changed.title, changed.data["url"]) == ("Light", "/echo")
    assert entity_ids(hass, changed) == before


async def test_what_is_stored_wrongly_can_be_entered_anew(
    hass: HomeAssistant, account: ConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    subentry = await add_command(hass, account)
    hass.config_entries.async_update_subentry(
        account, subentry, data={**subentry.data, "method": "SHOUT"}
    )
    await hass.async_block_till_done()
    assert "is stored wrongly at method" in caplog.text
    changing = SubentryFlow(hass, account, "command")
    await changing.change(subentry)
    result = await changing.submit(**FORM)

    assert result["reason"] == "reconfigure_successful"
    assert account.subentries[subentry.subentry_id].data["method"] == "POST"


async def test_a_command_that_is_removed_takes_its_button_and_device_along(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_command(hass, account)
    hass.config_entries.async_remove_subentry(account, subentry.subentry_id)
    await hass.async_block_till_done()

    assert er.async_get(hass).async_get(LAMP) is None
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), account.entry_id)
    assert [device.name for device in devices] == ["Sandbox"]


async def test_an_account_that_is_not_connected_gets_no_command(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    result = await SubentryFlow(hass, account, "command").start()

    assert result["reason"] == "entry_not_loaded"


async def test_two_commands_of_an_account_have_two_names(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    lamp = await add_command(hass, account)
    adding = SubentryFlow(hass, account, "command")
    await adding.start()
    result = await adding.submit(**{**FORM, "name": "lamp "})
    assert result["errors"] == {"name": "name_taken"}

    # The one that is changed may keep its own.
    changing = SubentryFlow(hass, account, "command")
    await changing.change(lamp)
    result = await changing.submit(**FORM)
    assert result["reason"] == "reconfigure_successful"


async def test_a_command_can_be_added_while_the_last_one_reloads_the_account(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    async with account.setup_lock:
        await account.async_unload(hass)
        starting = asyncio.create_task(SubentryFlow(hass, account, "command").start())
        await asyncio.sleep(0)
        await account.async_setup(hass)
    result = await starting

    assert result["type"] is FlowResultType.FORM
