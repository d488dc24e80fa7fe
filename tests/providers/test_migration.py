"""What earlier versions stored of an account, brought up to date."""

import json
from typing import Any, Final

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oauth2_client.catalogue import parse_provider
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.definitions.account import Binding
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from ..fake_server import FakeServer, Fault

KEY: Final = "planted-key/+=="
CREDENTIAL: Final = "oauth2_client_demo"
# Before secrets were kept apart.
VARIABLES: Final = {"api_key": KEY, "region": "eu"}


def _store(server: FakeServer, **changed: Any) -> dict[str, Any]:
    """Return what an earlier version stored of a service that wants a key, and of its credentials."""
    provider = {
        "id": "user_keyed",
        "name": "Keyed",
        "authorize_url": server.authorize_url,
        "token_url": server.token_url,
        "api_base_url": server.api_base_url,
        "api_headers": {"X-Key": "{api_key}"},
        "api_query": {"region": "{region}"},
        "allow_http": True,
        "variables": [{"name": "api_key"}, {"name": "region"}],
        **changed,
    }
    bound = {"provider": "user_keyed", "variables": VARIABLES}
    return {
        "bindings": {CREDENTIAL: bound, "oauth2_client_other": bound},
        "providers": {"user_keyed": provider},
    }


async def _account(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    stored: dict[str, Any],
    whose: str = "7",
) -> MockConfigEntry:
    """Set up an account as an earlier version stored it."""
    hass_storage[DOMAIN] = {
        "version": 1,
        "minor_version": 1,
        "key": DOMAIN,
        "data": stored,
    }
    client = {"domain": DOMAIN, "name": None, "client_secret": "s"}
    hass_storage["application_credentials"] = {
        "version": 1,
        "key": "application_credentials",
        "data": {
            "items": [
                {**client, "id": each, "client_id": f"client-of-{each}"}
                for each in stored["bindings"]
            ]
        },
    }
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Keyed",
        version=1,
        minor_version=1,
        unique_id=f"user_keyed:{KEY}:eu:{whose}",
        data={
            "auth_implementation": CREDENTIAL,
            "provider": "user_keyed",
            "variables": VARIABLES,
            "scopes": [],
            "token": {"access_token": "planted-access"},
        },
    )
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    return entry


async def test_a_key_among_the_variables_is_migrated_to_the_secrets(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    server: FakeServer,
    integration: None,
) -> None:
    entry = await _account(hass, hass_storage, _store(server))

    assert entry.state is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (1, 2)
    assert entry.data["variables"] == {"region": "eu"}
    assert entry.data["secrets"] == {"api_key": KEY}
    assert entry.unique_id == "user_keyed:eu:7"
    store = await async_get_provider_store(hass)
    binding = Binding(
        provider="user_keyed", variables={"region": "eu"}, secrets={"api_key": KEY}
    )
    assert store.binding(CREDENTIAL) == binding
    # Also of a credential that no account has.
    assert store.binding("oauth2_client_other") == binding
    written = hass_storage[DOMAIN]["data"]["bindings"]
    assert KEY not in json.dumps([each["variables"] for each in written.values()])


async def test_a_migrated_key_is_still_sent_with_requests(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    server: FakeServer,
    integration: None,
) -> None:
    entry = await _account(hass, hass_storage, _store(server))
    server.api_faults.append(Fault.json(200, {}))
    await entry.runtime_data.account.request("GET", "/anything")

    request = server.api_requests[-1]
    assert (request.headers["x-key"], request.query["region"]) == (KEY, "eu")


async def test_the_key_is_removed_from_the_id_of_an_account_without_a_name(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    server: FakeServer,
    integration: None,
) -> None:
    entry = await _account(hass, hass_storage, _store(server), CREDENTIAL)

    assert entry.unique_id == f"user_keyed:eu:{CREDENTIAL}"


async def test_an_account_without_its_provider_is_migrated_later(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    server: FakeServer,
    integration: None,
) -> None:
    stored = _store(server)
    entry = await _account(hass, hass_storage, {**stored, "providers": {}})
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.minor_version == 1

    store = await async_get_provider_store(hass)
    provider = parse_provider(stored["providers"]["user_keyed"], category="user")
    await store.async_keep_provider(provider)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.data["secrets"] == {"api_key": KEY}
