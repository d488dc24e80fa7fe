"""Revokes the grant of an account that is removed, where the provider supports that (RFC 7009)."""

import asyncio
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
)

from ..credentials.any_implementation import async_implementation_of
from ..oauth2 import OAuth2Error, TokenSet

_LOGGER = logging.getLogger(__name__)

# The user waits while an account is removed.
_TIMEOUT_SECONDS: Final = 10.0


async def async_sign_out(
    hass: HomeAssistant, entry: ConfigEntry, token_set: TokenSet
) -> None:
    """Revoke a token set. A failure is logged: it must not keep an account from being removed."""
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            implementation = await async_implementation_of(hass, entry)
            await implementation.async_revoke(token_set)
    except OAuth2Error as err:
        _LOGGER.debug("The grant could not be ended: %s", err.code)
    # ValueError: the credential was deleted, and revocation needs it.
    except ImplementationUnavailableError, TimeoutError, ValueError:
        _LOGGER.debug("The grant could not be ended")
