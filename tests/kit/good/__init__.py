"""An integration that holds all that the kit asks."""

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
)

from .const import REVOKE_URL
from .session import Coordinator, Session

type GoodConfigEntry = ConfigEntry[Coordinator]


async def async_setup_entry(hass: HomeAssistant, entry: GoodConfigEntry) -> bool:
    """Set an account up."""
    implementation = await async_get_config_entry_implementation(hass, entry)
    session = Session(hass, entry, implementation)
    await session.async_ensure_token_valid()
    entry.runtime_data = Coordinator(hass, entry, session)
    await entry.runtime_data.async_config_entry_first_refresh()
    await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR])
    return True


async def async_unload_entry(hass: HomeAssistant, entry: GoodConfigEntry) -> bool:
    """Unload an account."""
    return await hass.config_entries.async_unload_platforms(entry, [Platform.SENSOR])


async def async_remove_entry(hass: HomeAssistant, entry: GoodConfigEntry) -> None:
    """End the grant."""
    form = {"token": entry.data["token"]["refresh_token"]}
    try:
        await async_get_clientsession(hass).post(REVOKE_URL, data=form)
    except ClientError:
        return
