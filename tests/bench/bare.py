"""What Home Assistant's registries take: entries with devices and entities that do nothing."""

from typing import Final

from pytest_homeassistant_custom_component.common import (
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

from homeassistant.components.button import ButtonEntity
from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import HANDLERS, ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

BARE: Final = "bare"


class _Bare(Entity):
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, key: str, name: str, identifier: str, *, enabled: bool = True
    ) -> None:
        self._attr_unique_id = f"{identifier}_{key}"
        self._attr_name = name
        self._attr_device_info = DeviceInfo(identifiers={(BARE, identifier)})
        self._attr_entity_registry_enabled_default = enabled


class _Sensor(_Bare, SensorEntity):
    _attr_native_value = 1


class _Button(_Bare, ButtonEntity):
    pass


def add_bare(hass: HomeAssistant) -> None:
    """Add the integration, whose entries have the devices and entities of accounts."""
    mock_integration(hass, MockModule(BARE, async_setup_entry=_async_setup_entry))
    mock_platform(hass, f"{BARE}.config_flow")
    HANDLERS.register(BARE)(ConfigFlow)
    for platform, add in (
        ("sensor", _async_add_sensors),
        ("button", _async_add_button),
    ):
        module = MockPlatform()
        module.async_setup_entry = add  # type: ignore[assignment]  # the plugin knows the older signature
        mock_platform(hass, f"{BARE}.{platform}", module)


async def _async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(BARE, entry.entry_id)},
        name=entry.title,
        manufacturer="Site",
        entry_type=DeviceEntryType.SERVICE,
    )
    await hass.config_entries.async_forward_entry_setups(
        entry, [Platform.BUTTON, Platform.SENSOR]
    )
    return True


async def _async_add_sensors(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    async_add_entities(
        _Sensor(key, key, entry.entry_id, enabled=False)
        for key in ("token_expiry", "requests_left")
    )
    account = dr.async_get(hass).async_get_device_by_identifier(
        (BARE, entry.entry_id), entry.entry_id
    )
    assert account is not None
    for subentry_id, subentry in entry.subentries.items():
        sensor = _Sensor("level", "Level", subentry_id)
        sensor._attr_device_info = DeviceInfo(
            identifiers={(BARE, subentry_id)},
            name=subentry.title,
            manufacturer="Site",
            entry_type=DeviceEntryType.SERVICE,
            via_device_id=account.id,
        )
        async_add_entities([sensor], config_subentry_id=subentry_id)


async def _async_add_button(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    async_add_entities([_Button("refresh", "Refresh now", entry.entry_id)])
