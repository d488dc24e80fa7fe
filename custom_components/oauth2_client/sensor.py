"""The values of resources, as sensors."""

from datetime import UTC, date, datetime
import logging
from math import isfinite
from typing import Final, override

from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    DOMAIN as SENSOR_DOMAIN,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.components.sensor.const import NON_NUMERIC_DEVICE_CLASSES
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import MAX_LENGTH_STATE_STATE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util
from homeassistant.util.enum import try_parse_enum

from .account import OAuth2ClientConfigEntry
from .const import DOMAIN, SUBENTRY_RESOURCE
from .coordinator import ResourceCoordinator
from .document import MISSING
from .entity import ResourceEntity
from .resource import InvalidResource, Resource, Value

_LOGGER = logging.getLogger(__name__)

# Entities send nothing: their coordinator does, and the account limits how much at once.
PARALLEL_UPDATES = 0

# Epoch times above this are milliseconds: as seconds they would lie beyond the year 5000.
_FIRST_MILLISECONDS: Final = 100_000_000_000
# No quantity is larger, and a state could not hold its digits.
_MOST_BITS: Final = 256


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every resource, then fetch: no API holds up Home Assistant's start."""
    account_device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, entry.entry_id), entry.entry_id
    )
    for subentry in entry.get_subentries_of_type(SUBENTRY_RESOURCE):
        try:
            resource = Resource.from_subentry(subentry)
        except InvalidResource as err:
            _LOGGER.error(
                "Resource %s is stored wrongly at %s", subentry.subentry_id, err
            )
            continue
        coordinator = ResourceCoordinator(hass, entry, resource)
        device = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=resource.name,
            manufacturer=entry.runtime_data.provider.name,
            entry_type=dr.DeviceEntryType.SERVICE,
        )
        if account_device is not None:
            device["via_device_id"] = account_device.id
        sensors = [
            ResourceSensor(
                coordinator,
                describe(value),
                subentry_id=subentry.subentry_id,
                device=device,
            )
            for value in resource.values
        ]
        _async_remove_others(
            hass, entry, subentry, {sensor.unique_id for sensor in sensors}
        )
        async_add_entities(sensors, config_subentry_id=subentry.subentry_id)
        entry.async_create_background_task(
            hass, coordinator.async_refresh(), f"{DOMAIN} first fetch of a resource"
        )


class ResourceSensor(ResourceEntity, SensorEntity):
    """One value of a resource."""

    entity_description: SensorEntityDescription

    @property
    @override
    def native_value(self) -> StateType | date | datetime:
        return state_value(self.value, self.entity_description)


def describe(value: Value) -> SensorEntityDescription:
    """Return the sensor of a value.

    The state class is `measurement` for a quantity with a unit, where Home Assistant allows it.
    Whether a total is reset cannot be told from one answer, so totals have none.
    """
    device_class = try_parse_enum(SensorDeviceClass, value.device_class)
    unit = None if device_class in NON_NUMERIC_DEVICE_CLASSES else value.unit
    allowed = {SensorStateClass.MEASUREMENT}
    if device_class is not None:
        allowed = DEVICE_CLASS_STATE_CLASSES.get(device_class, set())
    measured = unit is not None and SensorStateClass.MEASUREMENT in allowed
    return SensorEntityDescription(
        key=value.key,
        name=value.name,
        device_class=device_class,
        native_unit_of_measurement=unit,
        state_class=SensorStateClass.MEASUREMENT if measured else None,
    )


def state_value(
    value: object, description: SensorEntityDescription
) -> StateType | date | datetime:
    """Return a value of a document as the state of its sensor; None (unknown) where it fits none.

    Never raises, and never returns what Home Assistant would refuse.
    """
    if value is None or value is MISSING:
        return None
    match description.device_class:
        case SensorDeviceClass.TIMESTAMP | SensorDeviceClass.UPTIME:
            return _as_timestamp(value)
        case SensorDeviceClass.DATE:
            return _as_date(value)
        case None if description.native_unit_of_measurement is None:
            return _as_text_or_number(value)
        case SensorDeviceClass.ENUM:
            return _as_text_or_number(value)
    return _as_number(value)


def _as_text_or_number(value: object) -> str | int | float | None:
    if isinstance(value, bool):
        # As the answer spells it.
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _as_number(value)
    if not isinstance(value, str):
        _LOGGER.debug("A %s has no state of its own", type(value).__name__)
        return None
    if len(value) > MAX_LENGTH_STATE_STATE:
        return f"{value[: MAX_LENGTH_STATE_STATE - 1]}…"
    return value


def _as_number(value: object) -> int | float | None:
    """Return a finite number, also one that is written as text."""
    if isinstance(value, str):
        try:
            value = float(value) if set(value) & set(".eE") else int(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if value.bit_length() <= _MOST_BITS else None
    return value if isfinite(value) else None


def _as_timestamp(value: object) -> datetime | None:
    """Return a point in time: RFC 3339 text, or seconds or milliseconds since the epoch.

    Text without an offset is local time, as everywhere in Home Assistant.
    """
    if (number := _as_number(value)) is not None:
        seconds = number / 1000 if abs(number) >= _FIRST_MILLISECONDS else number
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except OverflowError, OSError, ValueError:
            return None
    if not isinstance(value, str):
        return None
    try:
        moment = dt_util.parse_datetime(value)
        return None if moment is None else dt_util.as_utc(moment)
    except OverflowError, ValueError:
        # Well formed, and no such time: the 30th of February, or before the year 1.
        return None


def _as_date(value: object) -> date | None:
    """Return a day: ISO 8601 text, or the day in its own zone of a point in time."""
    if not isinstance(value, str):
        moment = _as_timestamp(value)
        return None if moment is None else dt_util.as_local(moment).date()
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


@callback
def _async_remove_others(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    subentry: ConfigSubentry,
    unique_ids: set[str | None],
) -> None:
    """Remove the sensors of values that the resource no longer has."""
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if (
            entity.config_subentry_id == subentry.subentry_id
            and entity.domain == SENSOR_DOMAIN
            and entity.unique_id not in unique_ids
        ):
            registry.async_remove(entity.entity_id)
