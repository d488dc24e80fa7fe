"""System health: the authorization servers in use, and how many accounts wait for a sign-in."""

from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.importlib import async_import_module

from .const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.components.system_health import SystemHealthRegistration


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is shown under *System information*."""
    register.async_register_info(async_health)


async def async_health(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown. Home Assistant awaits the check of each server while it shows the rest."""
    await async_import_module(hass, f"{__package__}.health.servers")
    from .health.servers import async_check, async_servers_in_use  # noqa: PLC0415 - imported just now, off the event loop

    entries = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    waiting = [
        entry
        for entry in entries
        if any(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
    ]
    servers = await async_servers_in_use(hass, entries)
    return {
        "accounts": len(entries),
        "accounts_to_sign_in": len(waiting),
        **{name: async_check(hass, provider) for name, provider in servers.items()},
    }
