"""Sensors for values of resources, and for an account's token and requests left."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
import logging
from typing import Any, Final, override

from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.components.sensor.const import (
    NON_NUMERIC_DEVICE_CLASSES,
    UNIT_CONVERTERS,
)
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    MAX_LENGTH_STATE_STATE,
    STATE_UNAVAILABLE,
    EntityCategory,
    Platform,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util
from homeassistant.util.enum import try_parse_enum

from .account import Account
from .const import SUBENTRY_COMMAND
from .definitions.readings import MAX_TEXT_CHARACTERS, Elements
from .definitions.value import Value
from .document import as_number
from .document.paths import MISSING
from .entity import ResourceEntity, async_add_resource_entities
from .runtime import OAuth2ClientConfigEntry, account_device

_LOGGER = logging.getLogger(__name__)

# Entities send no requests. Their coordinator does, and the account limits how many at once.
PARALLEL_UPDATES = 0

ATTR_FULL_TEXT: Final = "full_text"
_TIME_CLASSES: Final = frozenset(
    {SensorDeviceClass.TIMESTAMP, SensorDeviceClass.UPTIME, SensorDeviceClass.DATE}
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account, of every command and of every resource."""
    async_add_entities(
        AccountSensor(hass, entry, description, value_of)
        for description, value_of in _ACCOUNT_SENSORS
    )
    if any(entry.get_subentries_of_type(SUBENTRY_COMMAND)):
        await async_import_module(hass, f"{__package__}.actions.command_entities")
        from .actions.command_entities import async_add_command_sensors  # noqa: PLC0415 - imported just now, off the event loop

        async_add_command_sensors(hass, entry, async_add_entities)
    async_add_resource_entities(
        hass,
        entry,
        async_add_entities,
        platform=Platform.SENSOR,
        entity_class=ResourceSensor,
        describe=describe,
    )


class ResourceSensor(ResourceEntity, SensorEntity):
    """One value of a resource."""

    entity_description: SensorEntityDescription
    _unrecorded_attributes = frozenset({ATTR_FULL_TEXT})

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if not self.coordinator.must_write(self._key):
            return
        self.async_write_ha_state()
        quantities = self.coordinator.quantities
        if (state := self._unchanged_number_state()) is None:
            quantities.discard(self._key)
        else:
            quantities.add(self._key, state)

    def _unchanged_number_state(self) -> State | None:
        """Return the state if it is always the number of the answer unchanged, else None."""
        description = self.entity_description
        if not _is_quantity(description) or description.device_class in _TIME_CLASSES:
            return None
        if self._has_templates or self.extra_state_attributes is not None:
            return None
        state = self.hass.states.get(self.entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            return None
        # Numbers are converted if the user or Home Assistant has chosen another unit.
        if (
            state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
            != self.native_unit_of_measurement
        ):
            return None
        return state

    @property
    @override
    def native_value(self) -> StateType | date | datetime:
        return state_value(self.value, self.entity_description)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        attributes = super().extra_state_attributes
        if _is_quantity(self.entity_description):
            return attributes
        value = self.value
        if not isinstance(value, str) or len(value) <= MAX_LENGTH_STATE_STATE:
            return attributes
        return {**(attributes or {}), ATTR_FULL_TEXT: value[:MAX_TEXT_CHARACTERS]}


def describe(value: Value) -> SensorEntityDescription:
    """Return the sensor description of a value.

    If the user has chosen no state class, a value with a unit gets `measurement`, where its device class
    allows that. It never gets `total`: one answer does not show whether the value is ever reset.
    """
    device_class = try_parse_enum(SensorDeviceClass, value.device_class)
    unit = None if device_class in NON_NUMERIC_DEVICE_CLASSES else value.unit
    return SensorEntityDescription(
        key=value.key,
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
    """Return the sensor state for a value of a document, None (unknown) if it fits no state.

    A list becomes the number of its elements. Never raises, and never returns a state that Home
    Assistant would refuse.
    """
    if isinstance(value, list | Elements) and description.device_class is None:
        value = len(value)
    if value is None or value is MISSING:
        return None
    match description.device_class:
        case device_class if device_class in _TIME_CLASSES:
            return _as_time(value, device_class)
        case SensorDeviceClass.ENUM:
            return _as_text_or_number(value)
        case None if not _is_quantity(description):
            return _as_text_or_number(value)
    if (number := as_number(value)) is None and isinstance(value, str):
        return _written_number(value, description)
    return number


def _written_number(
    text: str, description: SensorEntityDescription
) -> int | float | None:
    """Return the number of a text that people read, in the sensor's unit: "21,5 °C".

    None where the text has another unit, from which there is no conversion.
    """
    from .document.quantities import as_written  # noqa: PLC0415 - few numbers are written so; the coordinator has imported it

    unit = description.native_unit_of_measurement
    if (written := as_written(text)) is None:
        return None
    if written.unit in ("", unit) or unit in written.units:
        return written.number
    converter = UNIT_CONVERTERS.get(description.device_class)
    if converter is None or unit not in converter.VALID_UNITS:
        return None
    for other in converter.VALID_UNITS.intersection(written.units):
        return converter.convert(written.number, other, unit)
    return None


def _is_quantity(description: SensorEntityDescription) -> bool:
    """Return whether Home Assistant accepts only numbers as the state."""
    return (
        description.native_unit_of_measurement is not None
        or description.state_class is not None
        or description.suggested_display_precision is not None
    )


def _as_time(value: object, device_class: SensorDeviceClass) -> date | datetime | None:
    from .document.times import as_day, as_moment  # noqa: PLC0415 - few values are times

    zone = dt_util.get_default_time_zone()
    if device_class is SensorDeviceClass.DATE:
        return as_day(value, zone=zone)
    return as_moment(value, zone=zone)


def _as_text_or_number(value: object) -> str | int | float | None:
    if isinstance(value, bool):
        # As in JSON.
        return "true" if value else "false"
    if isinstance(value, int | float):
        return as_number(value)
    if not isinstance(value, str):
        _LOGGER.debug("A %s cannot be a state", type(value).__name__)
        return None
    if len(value) > MAX_LENGTH_STATE_STATE:
        return f"{value[: MAX_LENGTH_STATE_STATE - 1]}…"
    return value


def _token_expiry(account: Account) -> datetime | None:
    expires_at = account.token_set.expires_at
    return None if expires_at is None else datetime.fromtimestamp(expires_at, UTC)


def _requests_left(account: Account) -> int | None:
    limit = account.rate_limit
    return None if limit is None else limit.remaining


_ACCOUNT_SENSORS: Final = (
    (
        SensorEntityDescription(
            key="token_expiry",
            translation_key="token_expiry",
            device_class=SensorDeviceClass.TIMESTAMP,
        ),
        _token_expiry,
    ),
    (
        SensorEntityDescription(
            key="requests_left",
            translation_key="requests_left",
            state_class=SensorStateClass.MEASUREMENT,
        ),
        _requests_left,
    ),
)


class AccountSensor(SensorEntity):
    """A diagnostic sensor of an account, disabled until the user enables it."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False

    def __init__(
        self,
        hass: HomeAssistant,
        entry: OAuth2ClientConfigEntry,
        description: SensorEntityDescription,
        value_of: Callable[[Account], datetime | int | None],
    ) -> None:
        self.entity_description = description
        self._value_of = value_of
        self._account = entry.runtime_data.account
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self.device_entry = account_device(hass, entry)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._account.listen(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> datetime | int | None:
        return self._value_of(self._account)
