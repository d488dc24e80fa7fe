"""One value of the account."""

from typing import override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from . import GoodConfigEntry
from .session import Coordinator


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GoodConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensor."""
    async_add_entities([Steps(entry.runtime_data, entry)])


class Steps(CoordinatorEntity[Coordinator], SensorEntity):
    """Steps of today."""

    _attr_name = "Steps"

    def __init__(self, coordinator: Coordinator, entry: GoodConfigEntry) -> None:
        super().__init__(coordinator)
        self._attr_unique_id = f"{entry.unique_id}_steps"

    @property
    @override
    def native_value(self) -> int:
        """Return the number."""
        steps: int = self.coordinator.data["steps"]
        return steps
