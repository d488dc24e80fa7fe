"""Repairs: opens the flow that fixes an issue."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

if TYPE_CHECKING:
    from homeassistant.components.repairs import RepairsFlow

    from .health.issues import IssueValue


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, IssueValue] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    await async_import_module(hass, f"{__package__}.flows.repair.choice")
    from .flows.repair.choice import fix_flow  # noqa: PLC0415 - imported just now, off the event loop

    return fix_flow(hass, issue_id, data or {})
