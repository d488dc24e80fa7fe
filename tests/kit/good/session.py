"""A session that nobody's hurry makes lose a token, and the account's data."""

import asyncio
from datetime import timedelta
import logging
from typing import Any, override

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.config_entry_oauth2_flow import OAuth2Session
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN, ME_URL

_LOGGER = logging.getLogger(__name__)


class Session(OAuth2Session):
    """Renews in a task of its own."""

    @override
    async def async_ensure_token_valid(self) -> None:
        renewal = self.hass.async_create_task(super().async_ensure_token_valid())
        await asyncio.shield(renewal)


class Coordinator(DataUpdateCoordinator[dict[str, Any]]):
    """Polls the account."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, session: Session
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=timedelta(minutes=5),
        )
        self.session = session

    @override
    async def _async_update_data(self) -> dict[str, Any]:
        await self.session.async_ensure_token_valid()
        try:
            response = await self.session.async_request("GET", ME_URL)
            if response.status == 401:
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key="sign_in_ended"
                )
            response.raise_for_status()
            document: dict[str, Any] = await response.json()
        except ClientError:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="cannot_connect"
            ) from None
        return document
