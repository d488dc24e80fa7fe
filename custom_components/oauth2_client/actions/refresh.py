"""The action `refresh_resource`: fetches resources now."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..coordinator import ResourceCoordinator, async_fetch_all_now
from ..runtime import OAuth2ClientConfigEntry


async def async_refresh(hass: HomeAssistant, device_ids: Iterable[str]) -> None:
    """Fetch the resources of devices now, each once.

    Raises ServiceValidationError for a device that is neither a resource's nor an account's, and,
    after all have been tried, the error of the first that failed.
    """
    coordinators = {
        id(coordinator): coordinator
        for device_id in device_ids
        for coordinator in _coordinators(hass, device_id)
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
    """Return the name of a device as the user sees it."""
    return device.name_by_user or device.name or device.id
