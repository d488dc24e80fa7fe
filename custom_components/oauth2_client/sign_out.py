"""Ends the grant of an account that is removed, where the provider can end it (RFC 7009)."""

import asyncio
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
    async_get_config_entry_implementation,
)

from .implementation import ProviderImplementation
from .oauth2 import OAuth2Error, TokenSet

_LOGGER = logging.getLogger(__name__)

# Seconds: nobody who removes an account waits longer for a server that does not answer.
_TIMEOUT: Final = 10.0


async def async_sign_out(
    hass: HomeAssistant, entry: ConfigEntry, token_set: TokenSet
) -> None:
    """Revoke a token set. What fails is logged: it must not keep an account from being removed."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            implementation = await async_get_config_entry_implementation(hass, entry)
            if isinstance(implementation, ProviderImplementation):
                await implementation.async_revoke(token_set)
    except OAuth2Error as err:
        _LOGGER.debug("The grant could not be ended: %s", err.code)
    # ValueError: the credential is gone, and with it who could ask.
    except ImplementationUnavailableError, TimeoutError, ValueError:
        _LOGGER.debug("The grant could not be ended")
