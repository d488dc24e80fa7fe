"""Registers clients at a provider dynamically, and deletes them again (RFC 7591, 7592)."""

from collections.abc import Sequence
import logging
from typing import Final

from homeassistant.core import HomeAssistant

from ..catalogue import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Provider
from ..const import DOMAIN
from ..definitions.account import AccountSettings
from ..oauth2 import (
    ClientRejected,
    OAuth2Error,
    Registration,
    deletion_request,
    parse_registration,
    registered_as,
    registration_request,
)
from ..providers.store import async_get_provider_store
from ..wire.clock import async_get_clock
from . import async_delete_credential, async_stored_credentials
from .provider_client import async_send_to_provider

_LOGGER = logging.getLogger(__name__)

_CLIENT_NAME: Final = "Home Assistant"
# Short, since the user waits while an account is removed.
_TIMEOUT_SECONDS: Final = 10.0


async def async_register(
    hass: HomeAssistant,
    provider: Provider,
    *,
    redirect_uri: str,
    grant_type: str,
    scopes: Sequence[str],
) -> Registration:
    """Register a client for one grant type and these scopes, and return it.

    Its authentication method and redirect URIs are those of the answer, which may differ from the
    requested ones. A client that cannot be used is deleted again.

    Raises what `parse_registration` and `registered_as` raise.
    """
    server = provider.server
    grant_types = [grant_type]
    # RFC 6749, 4.4.3: the client credentials grant has no refresh token.
    if grant_type != CLIENT_CREDENTIALS:
        grant_types.append("refresh_token")
    request = registration_request(
        server,
        redirect_uris=[redirect_uri],
        name=_CLIENT_NAME,
        client_authentication=server.client_authentication,
        grant_types=grant_types,
        scopes=scopes,
    )
    response = await async_send_to_provider(hass, provider, request)
    registration = parse_registration(
        response,
        now=async_get_clock(hass).now(),
        request=request,
        requested_scopes=scopes,
    )
    try:
        return registered_as(
            registration,
            response,
            redirect_uri=redirect_uri if grant_type == AUTHORIZATION_CODE else None,
            grant_types=grant_types,
            scopes=scopes,
        )
    except ClientRejected:
        await async_delete_client(hass, provider, registration)
        raise


async def async_deregister(
    hass: HomeAssistant, credential: str, *, removed: str | None = None
) -> None:
    """Delete a credential and its client, if the client was registered and no account uses it.

    `removed` is the entry id of an account that is being removed. A failure is only logged, since the
    removal of the account must not depend on it.
    """
    users = {
        entry.entry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        if AccountSettings.from_entry(entry).credential == credential
    }
    store = await async_get_provider_store(hass)
    # Read first: deleting the credential deletes its binding.
    binding = store.binding(credential)
    if (
        users - {removed}
        or (registration := await store.async_take_registration(credential)) is None
    ):
        return
    provider = None if binding is None else await store.async_complete_provider(binding)
    client_id = registration.client.id
    is_renewed = any(
        stored.client_id == client_id and store.binding(key) == binding
        for key, stored in async_stored_credentials(hass).items()
        if key != credential
    )
    # Another credential has the same client where the server issued a new secret for it.
    if provider is not None and not is_renewed:
        await async_delete_client(hass, provider, registration)
    await async_delete_credential(hass, credential)


async def async_delete_client(
    hass: HomeAssistant, provider: Provider, registration: Registration
) -> None:
    """Delete a client at its provider, where the server offers that. A failure is only logged."""
    if (request := deletion_request(registration)) is None:
        return
    try:
        # The server named this URL in its answer to the registration.
        await async_send_to_provider(
            hass,
            provider,
            request,
            named_by=provider.naming_server,
            timeout=_TIMEOUT_SECONDS,
        )
    except OAuth2Error as err:
        _LOGGER.debug("The client could not be deleted: %s", err.code)
