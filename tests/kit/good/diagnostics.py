"""What helps with an issue."""

from typing import Any

from homeassistant.core import HomeAssistant

from . import GoodConfigEntry


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: GoodConfigEntry
) -> dict[str, Any]:
    """Return an allow-list."""
    return {
        "scope": entry.data["token"].get("scope"),
        "last_update_success": entry.runtime_data.last_update_success,
    }
