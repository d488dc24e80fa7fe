"""Fixes a request to a host that may not receive the token: allows the host."""

from typing import Any, override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.config_entries import ConfigEntry

from ...definitions.account import CONF_ALLOWED_HOSTS, AccountSettings
from .reconfigure import ReconfigureFlow


class HostFlow(ReconfigureFlow):
    """Allows the host, once the person has confirmed it."""

    def __init__(self, entry: ConfigEntry, host: str) -> None:
        super().__init__(entry)
        self._host = host

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Allow the host of the issue for this account."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", description_placeholders=self._issue_placeholders()
            )
        allowed = AccountSettings.from_entry(self._entry).allowed_hosts
        hosts = list(dict.fromkeys((*allowed, self._host)))
        self.hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_ALLOWED_HOSTS: hosts}
        )
        self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return self.async_create_entry(data={})
