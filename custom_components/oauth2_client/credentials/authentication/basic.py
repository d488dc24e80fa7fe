"""Basic (RFC 6749, 2.3.1), which some servers read in a way of their own."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant

from ...oauth2 import (
    BASIC,
    BASIC_UNENCODED,
    AuthorizationServer,
    Client,
    ClientAuthentication,
    ClientRejected,
    OAuth2Error,
    TokenRequest,
    client_secret_basic,
    named_parameters,
    none,
)
from ...oauth2.client import (
    client_secret_basic_unencoded,
    client_secret_post,
    is_changed_by_encoding,
)
from ...providers.store import async_get_provider_store
from . import async_ask_in_turn

# Parameters with which a refusal is not about how the client authenticated.
_UNRELATED: Final = frozenset({"redirect_uri", "grant_type"})
_STATUS: Final = "http_"
# Refusals without a reason.
_SILENT_REFUSALS: Final = frozenset({"http_400", "http_401"})
_POST: Final = "client_secret_post"
# Basic, with the id of the client in the body as well.
_BASIC_AND_ID: Final = "client_secret_basic_and_id"


async def async_ask_basic[Answer](
    hass: HomeAssistant,
    server: AuthorizationServer,
    client: Client,
    ask: Callable[[ClientAuthentication | None], Awaitable[Answer]],
) -> Answer:
    """Authenticate with Basic as RFC 6749 says, and after a refusal as the server may want it instead.

    Some want the id in the body as well (the Python SDK of MCP). Others do not decode the id and the
    secret (Authlib; django-allauth, whose own secrets nearly always have characters that are encoded).
    Where a server accepts Basic only of some clients, this one may have to send its secret in the body.
    """
    store = await async_get_provider_store(hass)
    methods: dict[str, ClientAuthentication] = {
        BASIC: client_secret_basic,
        _BASIC_AND_ID: _basic_and_id,
        BASIC_UNENCODED: client_secret_basic_unencoded,
        _POST: client_secret_post,
    }
    known = store.accepted_authentication(server.token_url)
    names = sorted(methods, key=lambda name: name != known)
    return await async_ask_in_turn(
        {name: partial(ask, methods[name]) for name in names},
        is_of_client=_may_be_of_basic,
        may_help=partial(_may_help, client),
        keep=partial(store.async_keep_accepted_authentication, server.token_url),
    )


def _basic_and_id(request: TokenRequest, client: Client) -> TokenRequest:
    return client_secret_basic(none(request, client), client)


def _may_be_of_basic(error: OAuth2Error) -> bool:
    """Tell whether a refusal can mean that the server did not find the id or the secret."""
    if error.code.startswith(_STATUS):
        return error.code in _SILENT_REFUSALS
    named = named_parameters(error)
    return isinstance(error, ClientRejected) and not _UNRELATED.intersection(named)


def _may_help(client: Client, name: str, refusal: OAuth2Error) -> bool:
    """Tell whether a way to authenticate differs in what a refusal may be about."""
    if name == _BASIC_AND_ID:
        return "client_id" in named_parameters(refusal)
    return name != BASIC_UNENCODED or is_changed_by_encoding(client)
