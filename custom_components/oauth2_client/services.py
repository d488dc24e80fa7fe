"""Registers the actions, once for all accounts. The code of an action is imported when it is called."""

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

# An action's code checks its data, since a start does not import the real schemas.
_ANY_DATA: Final = vol.Schema(dict)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions `request`, `send_command` and `refresh_resource`."""
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_REQUEST,
        _async_request,
        schema=_ANY_DATA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        ACTION_SEND_COMMAND,
        _async_send_command,
        schema=_ANY_DATA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        ACTION_REFRESH_RESOURCE,
        _async_refresh_resource,
        schema=_ANY_DATA,
    )


async def _async_request(call: ServiceCall) -> ServiceResponse:
    """Send a request. Raises voluptuous.Invalid for wrong data, as a registered schema would."""
    await async_import_module(call.hass, f"{__package__}.actions.request")
    from .actions.request import async_request  # noqa: PLC0415 - imported just now, off the event loop
    from .actions.schema import request_schema, valid_call  # noqa: PLC0415 - as above

    return await async_request(valid_call(call, request_schema()))


async def _async_send_command(call: ServiceCall) -> EntityServiceResponse | None:
    """Send the commands of buttons. Raises voluptuous.Invalid for wrong data."""
    await async_import_module(call.hass, f"{__package__}.actions.send_command")
    from .actions.send_command import async_send_commands  # noqa: PLC0415 - imported just now, off the event loop

    return await async_send_commands(call)


async def _async_refresh_resource(call: ServiceCall) -> None:
    """Fetch resources now. Raises voluptuous.Invalid for wrong data."""
    await async_import_module(call.hass, f"{__package__}.actions.refresh")
    from .actions.refresh import async_refresh  # noqa: PLC0415 - imported just now, off the event loop

    await async_refresh(call)
