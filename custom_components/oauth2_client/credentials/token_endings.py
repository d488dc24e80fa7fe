"""Revokes token sets (RFC 7009), and asks providers whether a token is active (RFC 7662)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from homeassistant.util.hass_dict import HassKey

from ..oauth2 import (
    ClientAuthentication,
    OAuth2Error,
    TemporaryFailure,
    TokenSet,
    authentication_elsewhere,
    client_secret_basic,
    introspection_request,
    parse_introspection,
    revocation_error,
    revocation_requests,
)
from .provider_client import ProviderClient

# Of each introspection endpoint that failed: the failure's code, and on the timer when it may be asked again.
_PAUSES: Final[HassKey[dict[str, tuple[str, float]]]] = HassKey(
    "oauth2_client.introspection_pauses"
)


async def async_revoke(client: ProviderClient, token_set: TokenSet) -> bool:
    """Revoke the grant at the provider (RFC 7009). Return False where it has no revocation endpoint.

    Revoking the first token ends the grant. Where that is refused, the next token is tried too, but the
    refusal is raised whatever comes of it. A server that asks to wait is asked nothing more.

    Raises ClientRejected, GrantRejected, ScopeRejected, TemporaryFailure and RefusedByPolicy.
    """
    if (url := client.server.revocation_url) is None:
        return False

    async def revoke(authenticate: ClientAuthentication | None) -> None:
        refused: OAuth2Error | None = None
        for request in revocation_requests(
            client.server, client.client, token_set, authenticate=authenticate
        ):
            response = await client.async_send(request)
            error = revocation_error(response, now=client.clock.now())
            if error is None:
                break
            refused = refused or error
            if isinstance(error, TemporaryFailure) and error.retry_after is not None:
                break
        if refused is not None:
            raise refused

    await _async_ask(
        client, revoke, url, accepted=client.server.revocation_authentications
    )
    return True


async def _async_ask[Answer](
    client: ProviderClient,
    ask: Callable[[ClientAuthentication | None], Awaitable[Answer]],
    url: str,
    *,
    accepted: Sequence[str],
) -> Answer:
    """Call `ask` with how to authenticate at an endpoint that accepts the methods `accepted`."""
    authenticate = authentication_elsewhere(client.server, client.client, accepted)
    if authenticate is client_secret_basic and client.key_file is None:
        return await client.async_ask_basic(ask)
    if authenticate is not None and client.key_file is None:
        return await ask(authenticate)
    return await client.async_ask(ask, url)


async def async_introspect(client: ProviderClient, token_set: TokenSet) -> bool | None:
    """Return whether the access token is active, None where the provider cannot be asked.

    While the server wants nobody to ask, its last failure is raised. Raises what `parse_introspection`
    raises.
    """
    if (url := client.server.introspection_url) is None:
        return None
    pauses = client.hass.data.setdefault(_PAUSES, {})
    code, until = pauses.get(url, ("", 0.0))
    if (left := until - client.clock.timer()) > 0:
        raise TemporaryFailure(code, retry_after=left)

    async def ask(authenticate: ClientAuthentication | None) -> bool:
        request = introspection_request(
            client.server,
            client.client,
            token=token_set.access_token,
            hint="access_token",
            authenticate=authenticate,
        )
        response = await client.async_send(request)
        return parse_introspection(response, now=client.clock.now(), request=request)

    try:
        return await _async_ask(
            client, ask, url, accepted=client.server.introspection_authentications
        )
    except TemporaryFailure as err:
        if err.retry_after is not None:
            pauses[url] = (err.code, client.clock.timer() + err.retry_after)
        raise
