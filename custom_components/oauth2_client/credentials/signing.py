"""Clients that sign instead of sending a secret (RFC 7523, 2.2; OpenID Connect Core, 9)."""

import secrets

from homeassistant.core import HomeAssistant

from ..oauth2 import (
    AuthorizationServer,
    ClientAuthentication,
    ClientRejected,
    InvalidKey,
    SigningKey,
    client_secret_jwt,
    parse_signing_key,
    private_key_jwt,
)


async def async_signing_key(hass: HomeAssistant, secret: str | None) -> SigningKey:
    """Return the private key that is stored as the credential's secret.

    Raises ClientRejected where the secret is not one.
    """
    try:
        # Checking a key is slow.
        return await hass.async_add_executor_job(parse_signing_key, secret or "")
    except InvalidKey:
        raise ClientRejected("invalid_key") from None


def signed(
    server: AuthorizationServer, key: SigningKey | None, *, now: float
) -> ClientAuthentication:
    """Return the authentication that signs with `key`, or with the client's secret without one."""
    if key is None:
        return client_secret_jwt(server, now=now, random_bytes=secrets.token_bytes)
    return private_key_jwt(server, key, now=now, random_bytes=secrets.token_bytes)
