"""A Home Assistant core with the integrations that are measured, in the process that measures."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import tempfile

from pytest_homeassistant_custom_component.common import async_test_home_assistant

from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component


@asynccontextmanager
async def running_home() -> AsyncGenerator[HomeAssistant]:
    """Run a core in an empty folder, as the test plugin makes one: no recorder, no frontend."""
    with tempfile.TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            frame.async_setup(hass)
            # The plugin hides custom integrations until they are asked for.
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            assert await async_setup_component(hass, "homeassistant", {})
            yield hass
            await hass.async_stop(force=True)
