"""Buttons: one that fetches all resources of an account, and one for each command."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module

from .const import SUBENTRY_COMMAND
from .runtime import OAuth2ClientConfigEntry, account_device, async_fetch_all_now

# The account limits how many requests are sent at once.
PARALLEL_UPDATES = 0

_REFRESH: Final = ButtonEntityDescription(key="refresh", translation_key="refresh")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of the account, and one for every command."""
    async_add_entities([RefreshButton(hass, entry)])
    if any(entry.get_subentries_of_type(SUBENTRY_COMMAND)):
        await async_import_module(hass, f"{__package__}.actions.command_entities")
        from .actions.command_entities import async_add_command_buttons  # noqa: PLC0415 - imported just now, off the event loop

        async_add_command_buttons(hass, entry, async_add_entities)


class RefreshButton(ButtonEntity):
    """Fetches every resource of an account now."""

    entity_description = _REFRESH
    _attr_has_entity_name = True

    def __init__(self, hass: HomeAssistant, entry: OAuth2ClientConfigEntry) -> None:
        self._runtime = entry.runtime_data
        self._attr_unique_id = f"{entry.entry_id}_{_REFRESH.key}"
        self.device_entry = account_device(hass, entry)

    @override
    async def async_press(self) -> None:
        await async_fetch_all_now(self._runtime.resources.values())
