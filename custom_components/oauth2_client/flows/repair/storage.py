"""Fixes a folder that could not be written: tries again, and writes what was waiting."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_BASE
from homeassistant.util.file import WriteError

from ...const import DOMAIN
from ...grant.token_store import async_get_token_store
from ...health.storage import async_check_storage, async_storage_placeholders
from ...providers.store import async_get_provider_store


class StorageFlow(RepairsFlow):
    """Writes what was waiting, and says whether that worked."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show what is wrong."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Write what was waiting, once confirmed; set up the accounts that waited for it."""
        errors = None
        if user_input is not None:
            if await self._async_write_waiting():
                return self.async_create_entry(data={})
            errors = {CONF_BASE: "still_not_writable"}
        return self.async_show_form(
            step_id="confirm",
            errors=errors,
            description_placeholders=async_storage_placeholders(self.hass),
        )

    async def _async_write_waiting(self) -> bool:
        """Write what was waiting, and set up the accounts that waited. Return whether all was written."""
        if not await async_check_storage(self.hass):
            return False
        if not await (await async_get_provider_store(self.hass)).async_save():
            return False
        entries = self.hass.config_entries
        store = async_get_token_store(self.hass)
        for entry in entries.async_entries(DOMAIN):
            try:
                # This also saves a token set that could not be saved before.
                await store.async_load(entry.entry_id)
            except WriteError:
                return False
            if entry.state is ConfigEntryState.SETUP_RETRY:
                entries.async_schedule_reload(entry.entry_id)
        return True
