"""Asks for the action `request`, as an automation does."""

from typing import Any

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant


async def send_request(
    hass: HomeAssistant, account: ConfigEntry, url: str = "/echo", **asked: Any
) -> Any:
    """Send a request as an account, and return the answer of the action."""
    return await hass.services.async_call(
        DOMAIN,
        "request",
        {"account": account.entry_id, "url": url, **asked},
        blocking=True,
        return_response=True,
    )
