"""Fixes an issue of configuration.yaml: reads the file again, without a restart."""

from typing import Any

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config import async_hass_config_yaml
from homeassistant.const import CONF_BASE
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from ...const import DOMAIN
from ...credentials.yaml_import import (
    YAML_PROVIDER_UNKNOWN,
    async_check_yaml,
    async_forget_yaml,
)


class YamlFlow(RepairsFlow):
    """Checks that the credential is gone from the file, or that it names a known provider now."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show what is wrong."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Read the file, once confirmed."""
        error = None
        if user_input is not None:
            if (error := await self._async_error()) is None:
                return self.async_create_entry(data={})
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="confirm",
            errors=None if error is None else {CONF_BASE: error},
            description_placeholders=None
            if issue is None
            else issue.translation_placeholders,
        )

    async def _async_error(self) -> str | None:
        """Return the key of what is still wrong, None where nothing is."""
        try:
            config = await async_hass_config_yaml(self.hass)
        except HomeAssistantError:
            return "yaml_unreadable"
        if DOMAIN not in config:
            async_forget_yaml(self.hass)
            return None
        if self.issue_id != YAML_PROVIDER_UNKNOWN:
            return "yaml_still_there"
        try:
            known = await async_check_yaml(self.hass, config[DOMAIN])
        except vol.Invalid:
            # The exception is not shown: it may quote the secret.
            return "yaml_wrong"
        return None if known else "yaml_provider_unknown"
