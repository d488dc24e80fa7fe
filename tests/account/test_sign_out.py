"""An account that is removed is signed out at the provider."""

import time

import pytest

from custom_components.oauth2_client.oauth2 import JWT_BEARER_GRANT_TYPE
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow, key_file
from ..fake_server import FakeServer, Fault


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account at a provider that revokes tokens."""
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


async def test_the_grant_is_ended_refresh_token_first(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await hass.config_entries.async_remove(account.entry_id)

    assert server.revocations[0]["token_type_hint"] == "refresh_token"
    assert server.grants[-1].revoked


async def test_a_provider_that_is_gone_keeps_nobody_from_removing(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        account, data={**account.data, "auth_implementation": "gone"}
    )
    before = time.monotonic()
    await hass.config_entries.async_remove(account.entry_id)

    assert not hass.config_entries.async_entries("oauth2_client")
    assert time.monotonic() - before < 5


async def test_a_provider_that_fails_keeps_nobody_from_removing(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    server.settings.clients.clear()
    await hass.config_entries.async_remove(account.entry_id)

    assert not hass.config_entries.async_entries("oauth2_client")


async def test_an_account_of_a_provider_that_revokes_nothing_is_removed(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    await hass.config_entries.async_remove(entry.entry_id)

    assert server.revocations == []


async def test_a_key_file_is_not_shown_when_its_account_is_signed_out(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {
        "grant_types_supported": [JWT_BEARER_GRANT_TYPE]
    }
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    answer = {"access_token": "planted-robot", "expires_in": 3600}
    server.token_faults.append(Fault.json(200, answer))
    result = await flow.submit(client_secret=key_file(), details={"scopes": []})
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(result["result"].entry_id)

    [revocation] = server.revocations
    assert revocation == {
        "token": "planted-robot",
        "token_type_hint": "access_token",
        "client_id": "robot@example.com",
    }
