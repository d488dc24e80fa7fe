"""What other integrations are told of an account."""

from collections.abc import Generator

import pytest

from custom_components.oauth2_client.library import (
    AccountChange,
    async_get_account,
    async_listen,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow
from ..fake_server import FakeServer


@pytest.fixture
async def entry(flow: AccountFlow) -> ConfigEntry:
    """The config entry of an account that works."""
    return await flow.add_account()


@pytest.fixture
def told(hass: HomeAssistant, entry: ConfigEntry) -> Generator[list[AccountChange]]:
    """What a listener is told."""
    changes: list[AccountChange] = []
    end = async_listen(hass, entry.entry_id, changes.append)
    yield changes
    end()


async def _renew(hass: HomeAssistant, entry: ConfigEntry) -> None:
    account = async_get_account(hass, entry.entry_id)
    assert await account.renew(rejected=account.token_set)


async def test_a_new_token_is_told_once(
    hass: HomeAssistant, entry: ConfigEntry, told: list[AccountChange]
) -> None:
    await async_get_account(hass, entry.entry_id).request("GET", "/me")
    assert told == []

    await _renew(hass, entry)
    assert told == [AccountChange.RENEWED]


async def test_a_reload_is_told_and_the_new_account_is_listened_to(
    hass: HomeAssistant, entry: ConfigEntry, told: list[AccountChange]
) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
    assert told == [AccountChange.UNLOADED, AccountChange.LOADED]

    await _renew(hass, entry)
    assert told[2:] == [AccountChange.RENEWED]


async def test_when_an_account_is_told_to_be_loaded_it_can_be_asked_for(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    accounts = []

    def loaded(change: AccountChange) -> None:
        if change is AccountChange.LOADED:
            accounts.append(async_get_account(hass, entry.entry_id))

    end = async_listen(hass, entry.entry_id, loaded)
    await hass.config_entries.async_reload(entry.entry_id)
    end()

    assert accounts == [entry.runtime_data.account]


async def test_an_account_that_is_not_loaded_yet_is_listened_to(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    told: list[AccountChange] = []
    end = async_listen(hass, entry.entry_id, told.append)

    await hass.config_entries.async_setup(entry.entry_id)
    end()

    assert told == [AccountChange.LOADED]


async def test_a_removal_is_told(
    hass: HomeAssistant, entry: ConfigEntry, told: list[AccountChange]
) -> None:
    await hass.config_entries.async_remove(entry.entry_id)

    assert told == [AccountChange.UNLOADED, AccountChange.REMOVED]


async def test_a_sign_in_that_has_ended_unloads_nothing(
    hass: HomeAssistant,
    server: FakeServer,
    entry: ConfigEntry,
    told: list[AccountChange],
) -> None:
    server.revoke_grants()
    account = async_get_account(hass, entry.entry_id)
    with pytest.raises(Exception, match="invalid_grant"):
        await account.request("GET", "/me")

    assert told == []


async def test_who_listens_no_longer_is_told_nothing(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    told: list[AccountChange] = []
    async_listen(hass, entry.entry_id, told.append)()

    await _renew(hass, entry)
    await hass.config_entries.async_reload(entry.entry_id)

    assert told == []
