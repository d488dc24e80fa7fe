"""A kill right after a sign-in: Home Assistant saves entries and credentials late."""

from pathlib import Path
from typing import Any

import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow
from ..fake_server import FakeServer

_SINGLETONS = ("oauth2_client.token_store", "oauth2_client.provider_store")


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account whose user has just signed in."""
    return await flow.add_account()


def _lose_credential(hass: HomeAssistant) -> dict[str, Any]:
    """Forget what Home Assistant has not saved yet, as a kill does; return it."""
    collection = hass.data[DATA_COMPONENT]
    [item] = collection.async_items()
    del collection.data[item["id"]]
    collection.id_manager.collections[0] = collection.data
    for name in _SINGLETONS:
        hass.data.pop(name, None)
    return dict(item)


async def _start_again(hass: HomeAssistant, account: ConfigEntry) -> None:
    await hass.config_entries.async_setup(account.entry_id)
    await hass.async_block_till_done()


async def test_a_credential_that_was_not_saved_comes_back(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    binding = (await async_get_provider_store(hass)).binding(
        account.data["auth_implementation"]
    )
    await hass.config_entries.async_unload(account.entry_id)
    lost = _lose_credential(hass)
    await _start_again(hass, account)

    assert account.state is ConfigEntryState.LOADED
    assert hass.data[DATA_COMPONENT].async_items() == [lost]
    store = await async_get_provider_store(hass)
    assert store.binding(lost["id"]) == binding
    server.expire_access_tokens()
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


async def test_a_credential_is_stored_twice_until_the_next_start_only(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    path = Path(hass.config.path(f".storage/{DOMAIN}.token.{account.entry_id}"))
    assert "demo-secret" in path.read_text()

    await hass.config_entries.async_reload(account.entry_id)
    server.expire_access_tokens()
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200

    assert "demo-secret" not in path.read_text()


async def test_a_flow_removes_what_a_kill_left_before_the_entry_was_saved(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    store = await async_get_provider_store(hass)
    folder = Path(hass.config.path(".storage"))
    orphan = folder / f"{DOMAIN}.token.gone"
    await flow.to_credential()
    await flow.to_sign_in()
    [credential] = [item["id"] for item in hass.data[DATA_COMPONENT].async_items()]
    assert store.binding(credential) is not None
    folder.mkdir(exist_ok=True)
    orphan.write_text("{}")
    hass.data[DATA_COMPONENT].data.pop(credential)
    await flow.start()

    assert not orphan.exists()
    assert store.binding(credential) is None
