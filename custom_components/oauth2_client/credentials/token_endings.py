"""Revokes token sets (RFC 7009), and asks providers whether a token is active (RFC 7662)."""

from collections.abc import Awaitable, Callable, Sequence

from ..oauth2 import (
    ClientAuthentication,
    OAuth2Error,
    TokenSet,
    authentication_elsewhere,
    introspection_request,
    parse_introspection,
    revocation_error,
    revocation_requests,
)
from .provider_client import ProviderClient


async def async_revoke(client: ProviderClient, token_set: TokenSet) -> bool:
    """Revoke the grant at the provider (RFC 7009). Return False where it has no revocation endpoint.

    Revoking the first token ends the grant. Where that is refused, the next token is tried too, but the
    refusal is raised whatever comes of it.

    Raises ClientRejected, GrantRejected, ScopeRejected, TemporaryFailure and RefusedByPolicy.
    """
    if (url := client.server.revocation_url) is None:
        return False

    async def revoke(authenticate: ClientAuthentication | None) -> None:
        refused: OAuth2Error | None = None
        for request in revocation_requests(
            client.server, client.client, token_set, authenticate=authenticate
        ):
            error = revocation_error(await client.async_send(request))
            if error is None:
                break
            refused = refused or error
        if refused is not None:
            raise refused

    await _async_ask(
        client, revoke, url, taken=client.server.revocation_authentications
    )
    return True


async def _async_ask[Answer](
    client: ProviderClient,
    ask: Callable[[ClientAuthentication | None], Awaitable[Answer]],
    url: str,
    *,
    taken: Sequence[str],
) -> Answer:
    """Call `ask` with how to authenticate at an endpoint that accepts the methods `taken`."""
    elsewhere = authentication_elsewhere(client.server, client.client, taken)
    if elsewhere is not None and client.key_file is None:
        return await ask(elsewhere)
    return await client.async_ask(ask, url)


async def async_introspect(client: ProviderClient, token_set: TokenSet) -> bool | None:
    """Return whether the access token is active, None where the provider cannot be asked.

    Raises what `parse_introspection` raises.
    """
    if (url := client.server.introspection_url) is None:
        return None

    async def ask(authenticate: ClientAuthentication | None) -> bool:
        request = introspection_request(
            client.server,
            client.client,
            token=token_set.access_token,
            hint="access_token",
            authenticate=authenticate,
        )
        return parse_introspection(await client.async_send(request), request=request)

    return await _async_ask(
        client, ask, url, taken=client.server.introspection_authentications
    )
