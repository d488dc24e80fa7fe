"""The action `refresh_resource`: fetches resources now."""

from collections.abc import Sequence
from typing import Final

import voluptuous as vol

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)

from ..const import DOMAIN
from ..coordinator import ResourceCoordinator
from ..runtime import OAuth2ClientConfigEntry, async_fetch_all_now

CONF_RESOURCE: Final = "resource"

_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_RESOURCE): vol.All(cv.ensure_list, [cv.string])}
)


async def async_refresh(call: ServiceCall) -> None:
    """Fetch the resources of devices now, each once.

    Raises voluptuous.Invalid for invalid data, Unauthorized for a user who may not control all of their
    entities, ServiceValidationError for a device that is neither a resource's nor an account's, and,
    after all have been tried, the error of the first that failed.
    """
    hass = call.hass
    device_ids: list[str] = _SCHEMA(dict(call.data))[CONF_RESOURCE]
    await _async_check_permission(hass, device_ids, call.context)
    coordinators = {
        id(coordinator): coordinator
        for device_id in device_ids
        for coordinator in _coordinators(hass, device_id)
    }
    await async_fetch_all_now(coordinators.values())


async def _async_check_permission(
    hass: HomeAssistant, device_ids: Sequence[str], context: Context
) -> None:
    """Raise Unauthorized as the actions of entities do: a fetch changes their states."""
    if context.user_id is None:
        return
    if (user := await hass.auth.async_get_user(context.user_id)) is None:
        raise UnknownUser(context=context, permission=POLICY_CONTROL)
    if user.permissions.access_all_entities(POLICY_CONTROL):
        return
    registry = er.async_get(hass)
    for device_id in device_ids:
        entities = er.async_entries_for_device(registry, device_id)
        may_control = [
            user.permissions.check_entity(entity.entity_id, POLICY_CONTROL)
            for entity in entities
        ]
        if not may_control or not all(may_control):
            raise Unauthorized(context=context, permission=POLICY_CONTROL)


def _coordinators(hass: HomeAssistant, device_id: str) -> list[ResourceCoordinator]:
    """Return the coordinator of a resource's device, or all those of an account's."""
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
    """Return the name of a device as the user sees it."""
    return device.name_by_user or device.name or device.id
