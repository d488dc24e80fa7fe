"""Registers clients at a provider automatically, and deletes them again (RFC 7591, 7592)."""

from collections.abc import Sequence
from copy import replace
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
    is_at_home,
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
    hass: HomeAssistant,
    provider: Provider,
    *,
    redirect_uri: str,
    grant_type: str,
    scopes: Sequence[str],
) -> Registration:
    """Register a client for one grant type and these scopes, and return it.

    How it authenticates is what the server answers, which may differ from what it was asked.

    Raises what `parse_registration` raises.
    """
    server = provider.server
    request = registration_request(
        server,
        redirect_uris=[redirect_uri],
        name=_CLIENT_NAME,
        client_authentication=server.client_authentication,
        grant_types=[grant_type]
        if grant_type == _CLIENT_CREDENTIALS
        else [grant_type, "refresh_token"],
        scopes=scopes,
    )
    check_scheme(parse_url(request.url), allow_http=provider.allow_http)
    response = await async_get_transport(hass).send(request)
    registration = parse_registration(
        response,
        now=async_get_clock(hass).now(),
        request=request,
        requested_scopes=scopes,
    )
    # Not the scopes of the answer: asking again would not bring those that are missing in it.
    return replace(registration, scopes=tuple(scopes))


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
    # Before the credential is deleted, and its binding with it.
    binding = store.binding(credential)
    if (
        users - {removed}
        or (registration := await store.async_take_registration(credential)) is None
    ):
        return
    provider = None if binding is None else await store.async_complete_provider(binding)
    request = deletion_request(registration)
    if request is not None and provider is not None:
        try:
            check_management(request.url, provider)
            await async_get_transport(hass).send(request, timeout=_TIMEOUT_SECONDS)
        except OAuth2Error as err:
            _LOGGER.debug("The client could not be deleted: %s", err.code)
    await async_delete_credential(hass, credential)


def check_management(url: str, provider: Provider) -> None:
    """Raise RefusedByPolicy when a client's token must not be sent to where it is managed.

    The server named that URL itself (RFC 7592, 3), so it is checked like any other endpoint: a
    server outside of the home must not name an address inside of it.
    """
    address, token_url = parse_url(url), parse_url(provider.server.token_url)
    check_scheme(address, allow_http=provider.allow_http)
    if is_at_home(address.host or "") and not is_at_home(token_url.host or ""):
        raise RefusedByPolicy("private_address")
