"""A Home Assistant made by hand: as bootstrap makes it, with the integrations that are asked for."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from homeassistant import bootstrap, loader
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component

# What bootstrap sets up before anything that a user chooses. Nobody can do without it.
CORE: Final = ("homeassistant", "persistent_notification", "network")
# Of what every home has, all that one of the measured integrations needs. Bootstrap sets up
# application_credentials, system_health, every base component (sensor, button, ...) and the
# frontend, which depends on the others. The frontend itself is no package of the tests.
EVERY_HOME: Final = (
    *CORE,
    "auth",
    "http",
    "websocket_api",
    "api",
    "config",
    "system_log",
    "diagnostics",
    "repairs",
    "file_upload",
    "application_credentials",
    "system_health",
    "sensor",
    "binary_sensor",
    "button",
)


async def start_home(folder: str, integrations: Iterable[str]) -> HomeAssistant:
    """Return a Home Assistant that has read its folder and set up some integrations, in order."""
    hass = HomeAssistant(folder)
    loader.async_setup(hass)
    # Nothing is installed while it is measured.
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    await loader.async_get_custom_components(hass)
    assert await bootstrap.async_load_base_functionality(hass)
    await async_process_ha_core_config(hass, {})
    for integration in integrations:
        assert await async_setup_component(hass, integration, {}), integration
    # Its connector too is there in every home.
    async_get_clientsession(hass)
    return hass


@asynccontextmanager
async def running_home(folder: str) -> AsyncGenerator[HomeAssistant]:
    """Run a Home Assistant; what it has to store is in its folder afterwards."""
    hass = await start_home(folder, EVERY_HOME)
    hass.set_state(CoreState.running)
    try:
        yield hass
    finally:
        await hass.async_stop(force=True)
