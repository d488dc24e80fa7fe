"""Asks a provider whether a token is active (RFC 7662), and revokes a token set (RFC 7009)."""

from ..oauth2 import (
    TokenSet,
    introspection_request,
    is_revoked,
    parse_introspection,
    revocation_requests,
)
from .provider_client import ProviderClient


async def async_revoke(client: ProviderClient, token_set: TokenSet) -> None:
    """Revoke the grant, where the provider supports it (RFC 7009).

    Raises TemporaryFailure and RefusedByPolicy.
    """
    for request in revocation_requests(
        client.server,
        client.client,
        token_set,
        authenticate=await client.async_authentication(),
    ):
        if is_revoked(await client.async_send(request)):
            return


async def async_introspect(client: ProviderClient, token_set: TokenSet) -> bool | None:
    """Return whether the access token is active, None where the provider cannot be asked.

    Raises what `parse_introspection` raises.
    """
    if client.server.introspection_url is None:
        return None
    request = introspection_request(
        client.server,
        client.client,
        token=token_set.access_token,
        hint="access_token",
        authenticate=await client.async_authentication(),
    )
    return parse_introspection(await client.async_send(request))
