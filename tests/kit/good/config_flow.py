"""The sign-in."""

from collections.abc import Mapping
import logging
from typing import Any, override

from aiohttp import ClientError

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigFlowResult,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    async_oauth2_request,
)

from .const import DOMAIN, ME_URL


class GoodFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """From a credential to an entry."""

    DOMAIN = DOMAIN
    logger = logging.getLogger(__name__)

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Ask who signed in."""
        try:
            response = await async_oauth2_request(
                self.hass, data["token"], "GET", ME_URL
            )
            response.raise_for_status()
            account = await response.json()
            account_id = account["id"]
        except ClientError, LookupError, TypeError:
            return self.async_abort(reason="cannot_connect")
        await self.async_set_unique_id(account_id)
        if self.source == SOURCE_REAUTH:
            self._abort_if_unique_id_mismatch()
            return self.async_update_reload_and_abort(
                self._get_reauth_entry(), data=data
            )
        if self.source == SOURCE_RECONFIGURE:
            self._abort_if_unique_id_mismatch()
            return self.async_update_reload_and_abort(
                self._get_reconfigure_entry(), data=data
            )
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title=account["name"], data=data)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin a new sign-in."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait until the person is there."""
        if user_input is None:
            return self.async_show_form(step_id="reauth_confirm")
        return await self.async_step_user()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in again."""
        return await self.async_step_user()
