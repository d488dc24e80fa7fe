"""Clients that sign instead of sending a secret (RFC 7523, 2.2; OpenID Connect Core, 9)."""

from collections.abc import Awaitable, Callable
from functools import partial
import secrets
from typing import Final

from homeassistant.core import HomeAssistant

from ...oauth2 import (
    AuthorizationServer,
    ClientAuthentication,
    ClientRejected,
    InvalidKey,
    OAuth2Error,
    SigningKey,
    audiences,
    client_secret_jwt,
    may_be_of_the_audience,
    parse_signing_key,
    private_key_jwt,
)
from ...providers.store import ProviderStore, async_get_provider_store
from . import async_ask_in_turn

# RFC 9449, 8.
_USE_NONCE: Final = "use_dpop_nonce"


async def async_signing_key(hass: HomeAssistant, secret: str | None) -> SigningKey:
    """Return the private key that is stored as the credential's secret.

    Raises ClientRejected where the secret is not one.
    """
    try:
        # Checking a key is slow.
        return await hass.async_add_executor_job(parse_signing_key, secret or "")
    except InvalidKey:
        raise ClientRejected("invalid_key") from None


async def async_ask_signed[Answer](
    hass: HomeAssistant,
    server: AuthorizationServer,
    key: SigningKey | None,
    *,
    url: str,
    ask: Callable[[ClientAuthentication], Awaitable[Answer]],
    now: Callable[[], float],
) -> Answer:
    """Try assertions with one audience after another, and remember which one the endpoint accepts.

    `ask` sends one request, and raises the error of its answer. Assertions are signed with `key`, or
    with the client's secret where it is None, for the time that `now` returns. Raises the first refusal
    where all audiences are refused.
    """
    store = await async_get_provider_store(hass)

    def attempt(audience: str) -> Callable[[], Awaitable[Answer]]:
        return lambda: _ask_with_nonce(
            ask, _authentication(server, key, audience=audience, now=now())
        )

    tried = audiences(server, url, known=_known_audiences(store, server, url))
    return await async_ask_in_turn(
        {name: attempt(audience) for name, audience in tried.items()},
        is_of_client=may_be_of_the_audience,
        keep=partial(store.async_keep_assertion_audience, url),
    )


async def _ask_with_nonce[Answer](
    ask: Callable[[ClientAuthentication], Awaitable[Answer]],
    authenticate: ClientAuthentication,
) -> Answer:
    """Call `ask`, and once more where the server requires another nonce in the proof (RFC 9449, 8)."""
    try:
        return await ask(authenticate)
    except OAuth2Error as err:
        if err.code != _USE_NONCE:
            raise
    # With the nonce of the answer. `ask` signs a new assertion, since a server may accept each only once.
    return await ask(authenticate)


def _authentication(
    server: AuthorizationServer, key: SigningKey | None, *, audience: str, now: float
) -> ClientAuthentication:
    if key is None:
        return client_secret_jwt(
            server, now=now, random_bytes=secrets.token_bytes, audience=audience
        )
    return private_key_jwt(
        server, key, now=now, random_bytes=secrets.token_bytes, audience=audience
    )


def _known_audiences(
    store: ProviderStore, server: AuthorizationServer, url: str
) -> list[str | None]:
    """Return the audiences that worked at an endpoint, then those at other endpoints of the server."""
    others = (
        server.token_url,
        server.pushed_authorization_url,
        server.device_authorization_url,
    )
    return [store.assertion_audience(each) for each in (url, *others) if each]
