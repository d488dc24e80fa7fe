"""Asks a provider's token endpoint for token sets, as one client."""

from functools import partial
from typing import Protocol

from ..oauth2 import (
    ClientAuthentication,
    GrantRejected,
    Request,
    TokenSet,
    authorization_code_request,
    parse_token_response,
    refresh_request,
)
from .provider_client import ProviderClient


class Build(Protocol):
    """Builds a token request of one grant."""

    def __call__(self, *, authenticate: ClientAuthentication | None) -> Request:
        """Return the request, authenticated in this way."""


async def async_exchange(
    client: ProviderClient, *, code: str, redirect_uri: str, code_verifier: str | None
) -> TokenSet:
    """Exchange an authorization code. Raises as `parse_token_response`."""
    build = partial(
        authorization_code_request,
        client.server,
        client.client,
        code=code,
        redirect_uri=redirect_uri,
        code_verifier=code_verifier,
    )
    return await async_token_set(client, build)


async def async_refresh(client: ProviderClient, previous: TokenSet) -> TokenSet:
    """Refresh. Raises GrantRejected where there is no refresh token, else as the parser."""
    if previous.refresh_token is None:
        raise GrantRejected("no_refresh_token")
    build = partial(
        refresh_request,
        client.server,
        client.client,
        refresh_token=previous.refresh_token,
    )
    return await async_token_set(
        client, build, previous=previous, url=client.server.refresh_url
    )


async def async_token_set(
    client: ProviderClient,
    build: Build,
    *,
    previous: TokenSet | None = None,
    url: str | None = None,
) -> TokenSet:
    """Send a token request and return what it leads to. Raises as `parse_token_response`."""
    proofs = await client.async_proofs(previous)

    async def ask(authenticate: ClientAuthentication | None) -> TokenSet:
        request = build(authenticate=authenticate)
        return parse_token_response(
            await client.async_send(request, proofs),
            server=client.server,
            now=client.clock.now(),
            previous=previous,
            requested_scopes=client.scopes,
            request=request,
            dpop_key=None if proofs is None else proofs.key,
        )

    return await client.async_ask(ask, url)
