"""Diagnostics of an account. The code that collects them is imported when they are requested."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from .runtime import OAuth2ClientConfigEntry


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry
) -> dict[str, Any]:
    """Return what helps to find out why an account does not work, without secrets and identities."""
    await async_import_module(hass, f"{__package__}.actions.diagnosis")
    from .actions.diagnosis import async_diagnosis  # noqa: PLC0415 - imported just now, off the event loop

    return await async_diagnosis(hass, entry)
