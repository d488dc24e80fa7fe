"""An integration that holds all that the kit asks."""

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
)
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, REVOKE_URL
from .session import Coordinator, Session

type GoodConfigEntry = ConfigEntry[Coordinator]


CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Add the action, which is there whether an account is set up or not."""

    async def update(call: ServiceCall) -> None:
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await entry.runtime_data.async_refresh()

    hass.services.async_register(DOMAIN, "update", update)
    return True


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
