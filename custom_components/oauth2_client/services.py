"""Registers the actions, once for all accounts. Their code is imported when one is called."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.const import Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.service import (
    async_register_admin_service,
    async_register_platform_entity_service,
)

from .const import CONF_VARIABLES, DOMAIN

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
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_SEND_COMMAND,
        entity_domain=Platform.BUTTON,
        schema={vol.Optional(CONF_VARIABLES, default=dict): dict},
        func=_async_send_command,
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
    from .actions.schema import request_schema  # noqa: PLC0415 - loaded with the one before

    data: dict[str, Any] = request_schema()(dict(call.data))
    valid = ServiceCall(
        call.hass,
        call.domain,
        call.service,
        data,
        call.context,
        call.return_response,
    )
    return await async_request(valid)


async def _async_send_command(entity: Entity, call: ServiceCall) -> ServiceResponse:
    await async_import_module(entity.hass, f"{__package__}.actions.command_entities")
    from .actions.command_entities import CommandButton  # noqa: PLC0415 - loaded just now, off the event loop

    if not isinstance(entity, CommandButton):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_command",
            translation_placeholders={"entity": entity.entity_id},
        )
    return await entity.async_send_command(call.data[CONF_VARIABLES])


async def _async_refresh_resource(call: ServiceCall) -> None:
    """Fetch resources now. Raises voluptuous.Invalid too."""
    await async_import_module(call.hass, f"{__package__}.actions.refresh")
    from .actions.refresh import async_refresh  # noqa: PLC0415 - loaded just now, off the event loop

    await async_refresh(call)
