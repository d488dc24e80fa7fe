"""Asks a provider's token endpoint for token sets, as one client."""

from ..oauth2 import (
    GrantRejected,
    Request,
    TokenSet,
    authorization_code_request,
    parse_token_response,
    refresh_request,
    refusal as _refusal,  # noqa: F401 - loaded with this module, off the event loop, for the first refusal
)
from .provider_client import ProviderClient


async def async_exchange(
    client: ProviderClient, *, code: str, redirect_uri: str, code_verifier: str | None
) -> TokenSet:
    """Exchange an authorization code. Raises as `parse_token_response`."""
    request = authorization_code_request(
        client.server,
        client.client,
        code=code,
        redirect_uri=redirect_uri,
        code_verifier=code_verifier,
        authenticate=await client.async_authentication(),
    )
    return await async_token_set(client, request)


async def async_refresh(client: ProviderClient, previous: TokenSet) -> TokenSet:
    """Refresh. Raises GrantRejected where there is no refresh token, else as the parser."""
    if previous.refresh_token is None:
        raise GrantRejected("no_refresh_token")
    request = refresh_request(
        client.server,
        client.client,
        refresh_token=previous.refresh_token,
        authenticate=await client.async_authentication(),
    )
    return await async_token_set(client, request, previous=previous)


async def async_token_set(
    client: ProviderClient, request: Request, *, previous: TokenSet | None = None
) -> TokenSet:
    """Send a token request and return what it leads to. Raises as `parse_token_response`."""
    proofs = await client.async_proofs(previous)
    return parse_token_response(
        await client.async_send(request, proofs),
        server=client.server,
        now=client.clock.now(),
        previous=previous,
        requested_scopes=client.scopes,
        request=request,
        dpop_key=None if proofs is None else proofs.key,
    )
