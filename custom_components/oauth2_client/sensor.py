"""The values of resources as sensors, and what an account tells of itself."""

from collections.abc import Mapping
from datetime import date, datetime
import logging
from typing import Any, Final, override

from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.components.sensor.const import NON_NUMERIC_DEVICE_CLASSES
from homeassistant.const import MAX_LENGTH_STATE_STATE, EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util
from homeassistant.util.enum import try_parse_enum

from .account_sensor import account_sensors
from .document import MISSING, as_day, as_moment, as_number
from .entity import ResourceEntity, async_add_resource_entities
from .runtime import OAuth2ClientConfigEntry
from .value import Value

_LOGGER = logging.getLogger(__name__)

# Entities send nothing: their coordinator does, and the account limits how much at once.
PARALLEL_UPDATES = 0

ATTR_FULL_TEXT: Final = "full_text"
# What the recorder would not keep anyway.
_LONGEST_TEXT: Final = 16 * 1024


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account and of every resource."""
    async_add_entities(account_sensors(entry))
    async_add_resource_entities(
        hass,
        entry,
        async_add_entities,
        platform=Platform.SENSOR,
        kind=ResourceSensor,
        describe=describe,
    )


class ResourceSensor(ResourceEntity, SensorEntity):
    """One value of a resource."""

    entity_description: SensorEntityDescription
    _unrecorded_attributes = frozenset({ATTR_FULL_TEXT})

    @property
    @override
    def native_value(self) -> StateType | date | datetime:
        return state_value(self.value, self.entity_description)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        attributes = super().extra_state_attributes
        value = self.value
        if not isinstance(value, str) or len(value) <= MAX_LENGTH_STATE_STATE:
            return attributes
        return {**(attributes or {}), ATTR_FULL_TEXT: value[:_LONGEST_TEXT]}


def describe(value: Value) -> SensorEntityDescription:
    """Return the sensor of a value.

    Where no state class was chosen, it is `measurement` for a quantity with a unit, if Home
    Assistant allows it. Whether a total is reset cannot be told from one answer.
    """
    device_class = try_parse_enum(SensorDeviceClass, value.device_class)
    unit = None if device_class in NON_NUMERIC_DEVICE_CLASSES else value.unit
    return SensorEntityDescription(
        key=value.key,
        name=value.name,
        device_class=device_class,
        native_unit_of_measurement=unit,
        state_class=_state_class(value, device_class, unit),
        suggested_display_precision=value.precision,
        entity_category=try_parse_enum(EntityCategory, value.category),
    )


def _state_class(
    value: Value, device_class: SensorDeviceClass | None, unit: str | None
) -> SensorStateClass | None:
    chosen = value.state_class
    if chosen is None:
        chosen = None if unit is None else SensorStateClass.MEASUREMENT
    state_class = try_parse_enum(SensorStateClass, chosen)
    if device_class is None:
        return state_class
    allowed = DEVICE_CLASS_STATE_CLASSES.get(device_class, set())
    return state_class if state_class in allowed else None


def state_value(
    value: object, description: SensorEntityDescription
) -> StateType | date | datetime:
    """Return a value of a document as the state of its sensor; None (unknown) where it fits none.

    A list shows how many it holds. Never raises, and never returns what Home Assistant would
    refuse.
    """
    if isinstance(value, list) and description.device_class is None:
        value = len(value)
    if value is None or value is MISSING:
        return None
    match description.device_class:
        case SensorDeviceClass.TIMESTAMP | SensorDeviceClass.UPTIME:
            return as_moment(value, zone=dt_util.get_default_time_zone())
        case SensorDeviceClass.DATE:
            return as_day(value, zone=dt_util.get_default_time_zone())
        case SensorDeviceClass.ENUM:
            return _as_text_or_number(value)
        case None if not _is_quantity(description):
            return _as_text_or_number(value)
    return as_number(value)


def _is_quantity(description: SensorEntityDescription) -> bool:
    """Tell whether Home Assistant takes numbers only."""
    return (
        description.native_unit_of_measurement is not None
        or description.state_class is not None
        or description.suggested_display_precision is not None
    )


def _as_text_or_number(value: object) -> str | int | float | None:
    if isinstance(value, bool):
        # As the answer spells it.
        return "true" if value else "false"
    if isinstance(value, int | float):
        return as_number(value)
    if not isinstance(value, str):
        _LOGGER.debug("A %s has no state of its own", type(value).__name__)
        return None
    if len(value) > MAX_LENGTH_STATE_STATE:
        return f"{value[: MAX_LENGTH_STATE_STATE - 1]}…"
    return value
