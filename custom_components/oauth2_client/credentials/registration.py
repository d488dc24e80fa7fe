"""Registers clients at a provider automatically, and deletes them again (RFC 7591, 7592)."""

import logging
from typing import Final

from homeassistant.core import HomeAssistant

from ..catalogue import Provider
from ..const import DOMAIN
from ..definitions.account import AccountSettings
from ..oauth2 import (
    OAuth2Error,
    RefusedByPolicy,
    Registration,
    deletion_request,
    parse_registration,
    registration_request,
)
from ..providers.store import async_get_provider_store
from ..wire.clock import async_get_clock
from ..wire.host_policy import check_scheme, parse_url
from ..wire.transport import async_get_transport
from .collection import async_delete_credential

_LOGGER = logging.getLogger(__name__)

# RFC 6749, 4.4.3: this grant type has no refresh token.
_CLIENT_CREDENTIALS: Final = "client_credentials"
_CLIENT_NAME: Final = "Home Assistant"
# The user waits while an account is removed.
_TIMEOUT_SECONDS: Final = 10.0


async def async_register(
    hass: HomeAssistant, provider: Provider, *, redirect_uri: str, grant_type: str
) -> Registration:
    """Register a client for one grant type and return it.

    Raises what `parse_registration` raises, and RefusedByPolicy for a client that would have to
    authenticate in another way than the provider's entry says.
    """
    server = provider.server
    request = registration_request(
        server,
        redirect_uris=[redirect_uri],
        # Without scopes, since the client could never ask for any others than those.
        name=_CLIENT_NAME,
        client_authentication=server.client_authentication,
        grant_types=[grant_type]
        if grant_type == _CLIENT_CREDENTIALS
        else [grant_type, "refresh_token"],
    )
    check_scheme(parse_url(request.url), allow_http=provider.allow_http)
    response = await async_get_transport(hass).send(request)
    registration = parse_registration(response, now=async_get_clock(hass).now())
    if registration.client_authentication != server.client_authentication:
        raise RefusedByPolicy("unsupported_client_authentication")
    return registration


async def async_deregister(
    hass: HomeAssistant, credential: str, *, removed: str | None = None
) -> None:
    """Delete a credential and its client, if the client was registered and no account uses it.

    `removed` is the entry id of an account that is being removed. A failure is logged only: it must
    not keep the account from being removed.
    """
    users = {
        entry.entry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        if AccountSettings.from_entry(entry).credential == credential
    }
    store = await async_get_provider_store(hass)
    if (
        users - {removed}
        or (registration := await store.async_take_registration(credential)) is None
    ):
        return
    if (request := deletion_request(registration)) is not None:
        try:
            await async_get_transport(hass).send(request, timeout=_TIMEOUT_SECONDS)
        except OAuth2Error as err:
            _LOGGER.debug("The client could not be deleted: %s", err.code)
    await async_delete_credential(hass, credential)
