"""What the entities of a resource share."""

from typing import override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import ResourceCoordinator
from .document import MISSING


class ResourceEntity(CoordinatorEntity[ResourceCoordinator]):
    """An entity that shows one value of a resource."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: ResourceCoordinator,
        description: EntityDescription,
        *,
        subentry_id: str,
        device: DeviceInfo,
    ) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{subentry_id}_{description.key}"
        self._attr_device_info = device

    @property
    @override
    def available(self) -> bool:
        return super().available and self.value is not MISSING

    @property
    def value(self) -> object:
        """The value as it stands in the document; MISSING where there is none."""
        values: dict[str, object] | None = self.coordinator.data
        return MISSING if values is None else values[self.entity_description.key]
