"""What a provider can be asked of a token set afterwards: whether it is active, and to end it."""

from ..oauth2 import (
    TokenSet,
    introspection_request,
    is_revoked,
    parse_introspection,
    revocation_requests,
)
from .provider_client import ProviderClient


async def async_revoke(client: ProviderClient, token_set: TokenSet) -> None:
    """End the grant at the provider, where it can be ended (RFC 7009).

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
    """Return whether the provider takes the access token; None where it cannot be asked.

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
