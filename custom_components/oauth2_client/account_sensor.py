"""What an account tells of itself: when its token expires, how many requests are left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.helpers.device_registry import DeviceInfo

from .account import Account
from .const import DOMAIN
from .runtime import OAuth2ClientConfigEntry


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """What an account's sensor shows of it."""

    shown: Callable[[Account], datetime | int | None]


def _token_expiry(account: Account) -> datetime | None:
    expires_at = account.token_set.expires_at
    return None if expires_at is None else datetime.fromtimestamp(expires_at, UTC)


def _requests_left(account: Account) -> int | None:
    limit = account.rate_limit
    return None if limit is None else limit.remaining


_SENSORS: Final = (
    AccountSensorDescription(
        key="token_expiry",
        translation_key="token_expiry",
        device_class=SensorDeviceClass.TIMESTAMP,
        shown=_token_expiry,
    ),
    AccountSensorDescription(
        key="requests_left",
        translation_key="requests_left",
        state_class=SensorStateClass.MEASUREMENT,
        shown=_requests_left,
    ),
)


def account_sensors(entry: OAuth2ClientConfigEntry) -> list[AccountSensor]:
    """Return the sensors of an account."""
    return [AccountSensor(entry, description) for description in _SENSORS]


class AccountSensor(SensorEntity):
    """A fact of an account, off unless someone wants it."""

    entity_description: AccountSensorDescription
    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False

    def __init__(
        self, entry: OAuth2ClientConfigEntry, description: AccountSensorDescription
    ) -> None:
        self.entity_description = description
        self._account = entry.runtime_data.account
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._account.listen(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> datetime | int | None:
        return self.entity_description.shown(self._account)
