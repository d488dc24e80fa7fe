"""Binary sensors for the values of resources that are on or off."""

from typing import override

from homeassistant.components.binary_sensor import (  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.enum import try_parse_enum

from .definitions.readings import Elements
from .definitions.value import Value
from .document.flags import as_flag
from .entity import ResourceEntity, async_add_resource_entities
from .runtime import OAuth2ClientConfigEntry

# Entities send no requests. Their coordinator does, and the account limits how many at once.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of every resource."""
    async_add_resource_entities(
        hass,
        entry,
        async_add_entities,
        platform=Platform.BINARY_SENSOR,
        entity_class=ResourceBinarySensor,
        describe=describe,
    )


class ResourceBinarySensor(ResourceEntity, BinarySensorEntity):
    """One value of a resource that is on or off."""

    entity_description: BinarySensorEntityDescription

    @property
    @override
    def is_on(self) -> bool | None:
        return flag(self.value)


def describe(value: Value) -> BinarySensorEntityDescription:
    """Return the description of a value's binary sensor."""
    return BinarySensorEntityDescription(
        key=value.key,
        device_class=try_parse_enum(BinarySensorDeviceClass, value.device_class),
        entity_category=try_parse_enum(EntityCategory, value.category),
    )


def flag(value: object) -> bool | None:
    """Return whether a value is on, None if it is neither on nor off. A list is on if it has elements."""
    return bool(value) if isinstance(value, list | Elements) else as_flag(value)
