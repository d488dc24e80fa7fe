"""The actions on what an account has: send a command, fetch a resource."""

from typing import Final

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
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.service import async_register_platform_entity_service

from .button import CommandButton
from .const import DOMAIN
from .coordinator import ResourceCoordinator, async_fetch_all_now
from .runtime import OAuth2ClientConfigEntry

ACTION_REFRESH_RESOURCE: Final = "refresh_resource"
ACTION_SEND_COMMAND: Final = "send_command"

CONF_RESOURCE: Final = "resource"
CONF_VARIABLES: Final = "variables"


@callback
def async_register_subentry_actions(hass: HomeAssistant) -> None:
    """Register the actions, once for all accounts."""
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
        schema=vol.Schema(
            {vol.Required(CONF_RESOURCE): vol.All(cv.ensure_list, [cv.string])}
        ),
    )


async def _async_send_command(entity: Entity, call: ServiceCall) -> ServiceResponse:
    if not isinstance(entity, CommandButton):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_command",
            translation_placeholders={"entity": entity.entity_id},
        )
    return await entity.async_send_command(call.data[CONF_VARIABLES])


async def _async_refresh_resource(call: ServiceCall) -> None:
    """Fetch resources now; fail with the first that fails, once all have been tried."""
    coordinators = {
        id(coordinator): coordinator
        for device_id in call.data[CONF_RESOURCE]
        for coordinator in _coordinators(call.hass, device_id)
    }
    await async_fetch_all_now(coordinators.values())


def _coordinators(hass: HomeAssistant, device_id: str) -> list[ResourceCoordinator]:
    """Return the coordinators of a resource's device, or all of an account's."""
    device = dr.async_get(hass).async_get(device_id)
    found: list[ResourceCoordinator] = []
    if device is not None:
        entries: list[OAuth2ClientConfigEntry] = (
            hass.config_entries.async_loaded_entries(DOMAIN)
        )
        for entry in entries:
            resources = entry.runtime_data.resources
            if (DOMAIN, entry.entry_id) in device.identifiers:
                found += resources.values()
            found += [
                coordinator
                for subentry_id, coordinator in resources.items()
                if (DOMAIN, subentry_id) in device.identifiers
            ]
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_resource",
            translation_placeholders={
                "device": device_id if device is None else _name(device)
            },
        )
    return found


def _name(device: dr.DeviceEntry | dr.ChildDeviceEntry) -> str:
    """Return what a person calls a device."""
    return device.name_by_user or device.name or device.id
