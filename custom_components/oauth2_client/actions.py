"""Registers the actions, once for all accounts."""

from typing import Final

from homeassistant.core import HomeAssistant, SupportsResponse, callback
from homeassistant.helpers.service import async_register_admin_service

from .const import DOMAIN
from .request_action import REQUEST_SCHEMA, async_request
from .subentry_actions import async_register_subentry_actions

ACTION_REQUEST: Final = "request"


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_REQUEST,
        async_request,
        schema=REQUEST_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    async_register_subentry_actions(hass)
