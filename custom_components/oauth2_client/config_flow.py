"""Starts the flows. The modules with their steps are imported when a form is opened.

Home Assistant imports this module whenever an account is set up, so it has to be small
(docs/decisions/0007).
"""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowHandler
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler
from homeassistant.helpers.importlib import async_import_module

from .const import DOMAIN, SUBENTRY_COMMAND, SUBENTRY_RESOURCE
from .definitions.account import ENTRY_MINOR_VERSION, ENTRY_VERSION

_LOGGER = logging.getLogger(__name__)

# The module and the class that have all steps of a flow.
_ACCOUNT: Final = ("flows.account_flow", "AccountFlow")
_RESOURCE: Final = ("flows.resource.flow", "ResourceFlow")
_COMMAND: Final = ("flows.command_flow", "CommandFlow")


class OAuth2ClientConfigFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Adds an account, signs it in again, or changes it."""

    VERSION = ENTRY_VERSION
    MINOR_VERSION = ENTRY_MINOR_VERSION
    DOMAIN = DOMAIN
    logger = _LOGGER

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {
            SUBENTRY_RESOURCE: ResourceSubentryFlow,
            SUBENTRY_COMMAND: CommandSubentryFlow,
        }

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add an account."""
        flow = await _async_with_steps(self, _ACCOUNT)
        return await flow.async_step_user(user_input)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Sign an account in again."""
        flow = await _async_with_steps(self, _ACCOUNT)
        return await flow.async_step_reauth(entry_data)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change an account."""
        flow = await _async_with_steps(self, _ACCOUNT)
        return await flow.async_step_reconfigure(user_input)


class ResourceSubentryFlow(ConfigSubentryFlow):
    """Adds a resource to an account, or changes one."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a resource."""
        flow = await _async_with_steps(self, _RESOURCE)
        return await flow.async_step_user(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a resource."""
        flow = await _async_with_steps(self, _RESOURCE)
        return await flow.async_step_reconfigure(user_input)


class CommandSubentryFlow(ConfigSubentryFlow):
    """Adds a command to an account, or changes one."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a command."""
        flow = await _async_with_steps(self, _COMMAND)
        return await flow.async_step_user(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a command."""
        flow = await _async_with_steps(self, _COMMAND)
        return await flow.async_step_reconfigure(user_input)


async def _async_with_steps[Flow: FlowHandler[Any, Any, Any]](
    flow: Flow, steps: tuple[str, str]
) -> Flow:
    """Change a flow's class to the one that has all its steps, imported off the event loop."""
    module, name = steps
    imported = await async_import_module(flow.hass, f"{__package__}.{module}")
    flow.__class__ = getattr(imported, name)
    return flow
