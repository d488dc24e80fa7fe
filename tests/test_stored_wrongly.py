"""What is stored with wrong types: it is told where, nothing is deleted, and other accounts go on."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.diagnostics import (
    async_get_config_entry_diagnostics,
)
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import LEVEL, add_resource, settle

WRONG: Final[list[object]] = [None, 5, "text", ["a"], [5], {"a": 5}, {"a": "b"}, True]
# What each key of the entry may be.
RIGHT: Final[dict[str, tuple[object, ...]]] = {
    "auth_implementation": ("text",),
    "provider": ("text",),
    "variables": (None, {"a": "b"}),
    "secrets": (None, {"a": "b"}),
    "grant": (None, "text"),
    "scopes": (None, ["a"]),
    "allowed_hosts": (None, ["a"]),
}


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


async def _reload(hass: HomeAssistant, entry: ConfigEntry, **data: object) -> None:
    changed = {**entry.data, **data}
    hass.config_entries.async_update_entry(entry, data=changed)
    await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)


async def test_an_entry_that_is_stored_wrongly_says_where(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    before = dict(account.data)
    for key, right in RIGHT.items():
        for value in (each for each in WRONG if each not in right):
            await _reload(hass, account, **{**before, key: value})

            assert account.state is ConfigEntryState.SETUP_ERROR, (key, value)
            assert account.error_reason_translation_key == "entry_stored_wrongly"
            placeholders = account.error_reason_translation_placeholders
            assert placeholders == {"place": key, "entry": account.entry_id}
            assert account.data[key] == value
    await _reload(hass, account, **before)
    assert account.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("key", ["signed_in_at", "grants_lasted"])
async def test_a_record_that_is_stored_wrongly_is_no_trouble(
    hass: HomeAssistant, account: ConfigEntry, key: str
) -> None:
    for value in (*WRONG, 1e300, [1e300], [1, 2, "a"]):
        await _reload(hass, account, **{key: value})

        assert account.state is ConfigEntryState.LOADED, value
        assert await async_get_config_entry_diagnostics(hass, account)


@pytest.mark.parametrize("token", [5, "text", ["a"], {}, {"access_token": 5}])
async def test_a_token_set_of_a_flow_that_cannot_be_read_is_left_where_it_is(
    hass: HomeAssistant,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    token: object,
) -> None:
    # The one in the store is used.
    await _reload(hass, account, token=token)

    assert account.state is ConfigEntryState.LOADED
    assert account.data["token"] == token
    assert f"in the entry of {account.title} cannot be read; sign in again" in (
        caplog.text
    )


async def test_without_any_token_set_that_can_be_read_one_has_to_sign_in(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    stored = Path(hass.config.path(f".storage/{DOMAIN}.token.{account.entry_id}"))
    document = json.loads(stored.read_text())
    document["data"]["expires_at"] = 1e300
    stored.write_text(json.dumps(document))
    await _reload(hass, account)

    assert account.state is ConfigEntryState.SETUP_ERROR
    assert account.error_reason_translation_key == "no_token_set"
    assert json.loads(stored.read_text()) == document


async def test_another_account_goes_on(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    other = await flow.add_account(name="Other")
    await _reload(hass, account, provider=[5], auth_implementation={"a": 5}, scopes=5)
    await hass.config_entries.async_reload(other.entry_id)

    assert other.state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_remove(account.entry_id)
    assert other.state is ConfigEntryState.LOADED


async def test_a_resource_that_is_stored_wrongly_is_told_and_the_others_go_on(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.api_faults.extend([Fault.json(200, {"level": 1})] * 6)
    await add_resource(hass, account, **LEVEL)
    await add_resource(hass, account, **{**LEVEL, "name": "Well"})
    first = next(iter(account.subentries.values()))
    data: dict[str, Any] = {**first.data, "values": [{**first.data["values"][0]}]}
    data["values"][0]["precision"] = 10**9
    hass.config_entries.async_update_subentry(account, first, data=data)
    await _reload(hass, account)

    assert account.state is ConfigEntryState.LOADED
    assert len(account.runtime_data.resources) == 1
    assert f"Resource Tank of {account.title}" in caplog.text
    assert "stored wrongly at values[0].precision: restore a backup" in caplog.text
