"""The authorization servers in use, and whether each answers now."""

from collections.abc import Iterable
from typing import Final

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..definitions.account import AccountSettings
from ..oauth2 import Request, TemporaryFailure
from ..providers.store import async_get_provider_store
from ..wire.host_policy import authority
from ..wire.transport import async_get_transport

# A person waits for the page, and each server is asked.
_MOST_SERVERS: Final = 20
_TIMEOUT_SECONDS: Final = 5.0
_MAX_BYTES: Final = 64 * 1024


async def async_servers_in_use(
    hass: HomeAssistant, entries: Iterable[ConfigEntry]
) -> dict[str, str]:
    """Return the origins of token endpoints by what they are called, each once.

    There is neither a path nor a query in them: a tenant or a user may be named there.
    """
    store = await async_get_provider_store(hass)
    bindings = {
        binding.identity: binding
        for binding in (AccountSettings.from_entry(entry).binding for entry in entries)
    }
    servers: dict[str, str] = {}
    for binding in bindings.values():
        if (provider := await store.async_complete_provider(binding)) is None:
            continue
        url = URL(provider.server.token_url)
        if len(servers) < _MOST_SERVERS:
            servers[f"{provider.name} ({authority(url)})"] = str(url.origin())
    return servers


async def async_check(hass: HomeAssistant, origin: str) -> str | dict[str, str]:
    """Return whether a server answers, whatever its status, as system health shows it."""
    request = Request(method="GET", url=f"{origin}/", headers={}, body=None)
    try:
        await async_get_transport(hass).send(
            request, timeout=_TIMEOUT_SECONDS, max_bytes=_MAX_BYTES
        )
    except TemporaryFailure as err:
        if err.code == "response_too_large":
            return "ok"
        error = "timeout" if err.code == "timeout" else "unreachable"
        return {"type": "failed", "error": error}
    return "ok"
