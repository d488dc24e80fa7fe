"""Registers the actions, once for all accounts. Their code is imported when one is called."""

from typing import Final

import voluptuous as vol

from homeassistant.core import (
    EntityServiceResponse,
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.service import async_register_admin_service

from .const import DOMAIN

ACTION_REFRESH_RESOURCE: Final = "refresh_resource"
ACTION_REQUEST: Final = "request"
ACTION_SEND_COMMAND: Final = "send_command"

# The data is checked with the rest of an action's code, which a start does not import.
_ANY: Final = vol.Schema(dict)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions `request`, `send_command` and `refresh_resource`."""
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_REQUEST,
        _async_request,
        schema=_ANY,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        ACTION_SEND_COMMAND,
        _async_send_command,
        schema=_ANY,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        ACTION_REFRESH_RESOURCE,
        _async_refresh_resource,
        schema=_ANY,
    )


async def _async_request(call: ServiceCall) -> ServiceResponse:
    """Send a request. Raises voluptuous.Invalid, as Home Assistant does with a schema."""
    await async_import_module(call.hass, f"{__package__}.actions.request")
    from .actions.request import async_request  # noqa: PLC0415 - loaded just now, off the event loop
    from .actions.schema import request_schema, valid_call  # noqa: PLC0415 - loaded with the one before

    return await async_request(valid_call(call, request_schema()))


async def _async_send_command(call: ServiceCall) -> EntityServiceResponse | None:
    """Send commands by their buttons. Raises voluptuous.Invalid too."""
    await async_import_module(call.hass, f"{__package__}.actions.send_command")
    from .actions.send_command import async_send_commands  # noqa: PLC0415 - loaded just now, off the event loop

    return await async_send_commands(call)


async def _async_refresh_resource(call: ServiceCall) -> None:
    """Fetch resources now. Raises voluptuous.Invalid too."""
    await async_import_module(call.hass, f"{__package__}.actions.refresh")
    from .actions.refresh import async_refresh  # noqa: PLC0415 - loaded just now, off the event loop

    await async_refresh(call)
