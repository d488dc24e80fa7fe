"""The authorization servers in use, and whether each answers now, for system health."""

from collections.abc import Iterable
from typing import Final

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..catalogue import Provider
from ..credentials.provider_client import async_send_to_provider
from ..definitions.account import AccountSettings
from ..oauth2 import OAuth2Error, Request
from ..providers.store import async_get_provider_store
from ..wire.host_policy import authority

# The page of system health waits for all servers.
_MAX_SERVERS: Final = 20
_TIMEOUT_SECONDS: Final = 5.0


async def async_servers_in_use(
    hass: HomeAssistant, entries: Iterable[ConfigEntry]
) -> dict[str, Provider]:
    """Return the accounts' providers by name and host of their server, each server once.

    The names have neither path nor query, which may identify a tenant or a user.
    """
    store = await async_get_provider_store(hass)
    bindings = {
        binding.identity: binding
        for binding in (AccountSettings.from_entry(entry).binding for entry in entries)
    }
    servers: dict[str, Provider] = {}
    for binding in bindings.values():
        if (provider := await store.async_complete_provider(binding)) is None:
            continue
        if len(servers) < _MAX_SERVERS:
            host = authority(URL(provider.server.token_url))
            servers[f"{provider.name} ({host})"] = provider
    return servers


async def async_check(hass: HomeAssistant, provider: Provider) -> str | dict[str, str]:
    """Return whether a server answers, with any status, in the form of system health."""
    origin = URL(provider.server.token_url).origin()
    request = Request(method="GET", url=f"{origin}/")
    try:
        await async_send_to_provider(hass, provider, request, timeout=_TIMEOUT_SECONDS)
    except OAuth2Error as err:
        if err.code == "response_too_large":
            return "ok"
        error = "timeout" if err.code == "timeout" else "unreachable"
        return {"type": "failed", "error": error}
    return "ok"
