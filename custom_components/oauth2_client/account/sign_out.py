"""Revokes grants that are no longer used, if the provider supports that (RFC 7009)."""

import asyncio
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
)

from ..credentials.any_implementation import AnyImplementation, async_implementation_of
from ..oauth2 import OAuth2Error, TemporaryFailure, TokenSet

_LOGGER = logging.getLogger(__name__)

# The user waits while an account is removed.
_TIMEOUT_SECONDS: Final = 10.0
_LONGEST_WAIT_SECONDS: Final = 5.0


async def async_sign_out(
    hass: HomeAssistant, entry: ConfigEntry, token_set: TokenSet
) -> None:
    """Revoke a token set, and log whether that worked.

    A failure must not keep an account from being removed.
    """
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            implementation = await async_implementation_of(hass, entry)
            is_revoked = await _async_revoke(implementation, token_set)
    except OAuth2Error as err:
        reason = err.code
    except TimeoutError:
        reason = "timeout"
    # ValueError: the credential was deleted, and revocation needs it.
    except ImplementationUnavailableError, ValueError:
        reason = "no credential"
    else:
        if is_revoked:
            _LOGGER.info("%s is signed out at the provider", entry.title)
            return
        reason = "the provider has no address for it"
    _LOGGER.warning(
        "%s could not be signed out at the provider (%s). Its access may go on until it expires: "
        "remove it in the settings of your account there",
        entry.title,
        reason,
    )


async def async_end_unused(
    implementation: AnyImplementation, token_set: TokenSet
) -> None:
    """Revoke the token set of a sign-in that did not become an account. A failure is only logged."""
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await _async_revoke(implementation, token_set)
    except OAuth2Error as err:
        _LOGGER.debug("A sign-in that failed was not ended at the provider: %s", err)
    except TimeoutError:
        _LOGGER.debug("A sign-in that failed was not ended at the provider: timeout")


async def _async_revoke(implementation: AnyImplementation, token_set: TokenSet) -> bool:
    """Revoke a token set, once more after a short wait that the server asks for (RFC 7009, 2.2.1).

    Returns and raises what `AnyImplementation.async_revoke` does.
    """
    try:
        return await implementation.async_revoke(token_set)
    except TemporaryFailure as err:
        wait = err.retry_after
        if wait is None or wait > _LONGEST_WAIT_SECONDS:
            raise
    await asyncio.sleep(wait)
    return await implementation.async_revoke(token_set)
