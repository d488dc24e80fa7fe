"""Tries one way to authenticate a client after another, and remembers which one the server accepts."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant

from ..oauth2 import (
    BASIC,
    BASIC_UNENCODED,
    AuthorizationServer,
    Client,
    ClientAuthentication,
    ClientRejected,
    OAuth2Error,
    RefusedByPolicy,
    TemporaryFailure,
    TokenRequest,
    client_secret_basic,
    named_parameters,
    none,
)
from ..oauth2.client import (
    client_secret_basic_unencoded,
    client_secret_post,
    is_changed_by_encoding,
)
from ..providers.store import async_get_provider_store

# RFC 6749, 5.2.
_INVALID_GRANT: Final = "invalid_grant"
# Parameters with which a refusal is not about how the client authenticated.
_UNRELATED: Final = frozenset({"redirect_uri", "grant_type"})
_STATUS: Final = "http_"
# Refusals without a reason.
_SILENT_REFUSALS: Final = frozenset({"http_400", "http_401"})
_POST: Final = "client_secret_post"
# Basic, with the id of the client in the body as well.
_BASIC_AND_ID: Final = "client_secret_basic_and_id"


async def async_ask_in_turn[Answer](
    attempts: Mapping[str, Callable[[], Awaitable[Answer]]],
    *,
    is_of_client: Callable[[OAuth2Error], bool],
    may_help: Callable[[str, OAuth2Error], bool] = lambda name, refusal: True,
    keep: Callable[[str], Awaitable[None]],
) -> Answer:
    """Return the answer to the first of the attempts that the server accepts.

    `is_of_client` tells whether a refusal may be due to the way in which the client authenticated, and
    `may_help` whether an attempt may be accepted after the first refusal. `keep` is awaited with the name
    of a later attempt that was accepted. Raises the first refusal where all are refused.
    """
    refusals: list[OAuth2Error] = []
    for name, ask in attempts.items():
        if refusals and not may_help(name, refusals[0]):
            continue
        try:
            answer = await ask()
        except OAuth2Error as err:
            if is_of_client(err):
                refusals.append(err)
                continue
            if refusals and not isinstance(err, TemporaryFailure | RefusedByPolicy):
                # The server accepts the client now, and refuses only the grant.
                await keep(name)
            if refusals and err.code == _INVALID_GRANT:
                # The first request may have used up the authorization code.
                break
            raise
        if refusals:
            await keep(name)
        return answer
    raise refusals[0]


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
