"""Requests token sets at a provider's token endpoint, as one client."""

from collections.abc import Callable, Mapping
from copy import replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from ..oauth2 import (
    AuthorizationServer,
    ClientAuthentication,
    GrantRejected,
    OAuth2Error,
    Request,
    Response,
    TemporaryFailure,
    TokenSet,
    authorization_code_request,
    exchange_request,
    parse_token_response,
    refresh_request,
    refusal as _refusal,  # noqa: F401 - loaded with this module, off the event loop, for the first refusal
    renewal_request,
)
from .provider_client import Keep, ProviderClient

if TYPE_CHECKING:
    from ..wire.proofs import Proofs

_REDIRECT_URI: Final = "{redirect_uri}"


class Build(Protocol):
    """Builds one token request."""

    def __call__(self, *, authenticate: ClientAuthentication | None) -> Request:
        """Return the request, authenticated with this method, or the server's usual one for None."""


async def async_exchange(
    client: ProviderClient,
    *,
    code: str,
    redirect_uri: str,
    code_verifier: str | None,
    values: Mapping[str, str],
) -> TokenSet:
    """Exchange an authorization code. Raises as `parse_token_response`.

    `values` are those of the authorization response that `callback_values` names.
    """
    build = partial(
        authorization_code_request,
        _signed_in_server(client, values),
        client.client,
        code=code,
        redirect_uri=redirect_uri,
        code_verifier=code_verifier,
    )
    token_set = await async_token_set(client, build)
    if client.server.exchange_url is not None:
        token_set = await _async_long_lived(client, token_set)
    if _REDIRECT_URI in "".join(client.server.refresh_parameters.values()):
        values = {**values, "redirect_uri": redirect_uri}
    if not values:
        return token_set
    return replace(token_set, values={**values, **token_set.values})


def _signed_in_server(
    client: ProviderClient, values: Mapping[str, str]
) -> AuthorizationServer:
    """Return the server with values of the sign-in filled in its addresses and parameters."""
    return client.provider.signed_in(values).server


async def _async_long_lived(client: ProviderClient, token_set: TokenSet) -> TokenSet:
    """Exchange an access token for one that lasts longer. Raises as `parse_token_response`."""
    request = exchange_request(
        client.server, client.client, access_token=token_set.access_token
    )
    return await async_token_set(
        client, lambda authenticate: request, previous=token_set, is_complete=True
    )


async def async_refresh(
    client: ProviderClient, previous: TokenSet, *, keep: Keep | None = None
) -> TokenSet:
    """Refresh a token set.

    `keep` is called with the new token set as soon as it has been read, in a thread.

    Raises GrantRejected without a refresh token, and as `parse_token_response`.
    """
    if previous.refresh_token is None:
        raise GrantRejected("no_refresh_token")
    server = _signed_in_server(client, previous.values)
    if server.renewal_url is not None:
        renewal = renewal_request(
            server, client.client, access_token=previous.access_token
        )
        return await async_token_set(
            client,
            lambda authenticate: renewal,
            previous=previous,
            keep=keep,
            is_complete=True,
        )
    build = partial(
        refresh_request,
        server,
        client.client,
        refresh_token=previous.refresh_token,
        redirect_uri=previous.values.get("redirect_uri"),
    )
    return await async_token_set(
        client, build, previous=previous, url=server.refresh_url, keep=keep
    )


async def async_token_set(
    client: ProviderClient,
    build: Build,
    *,
    previous: TokenSet | None = None,
    held: TokenSet | None = None,
    url: str | None = None,
    keep: Keep | None = None,
    is_complete: bool = False,
) -> TokenSet:
    """Send a token request and return its token set. Raises as `parse_token_response`.

    `previous` and `held` are those of `parse_token_response`, `keep` that of `async_refresh`.
    `is_complete`: the request has the client in its parameters, so there is no other way to send it.
    """
    proofs = await client.async_proofs(previous)

    async def ask(authenticate: ClientAuthentication | None) -> TokenSet:
        request = build(authenticate=authenticate)

        def parse(response: Response) -> TokenSet:
            return parse_token_response(
                response,
                server=client.server,
                now=client.clock.now(),
                previous=previous,
                held=held,
                requested_scopes=client.scopes,
                request=request,
                dpop_key=None if proofs is None else proofs.key,
            )

        if keep is None:
            return parse(await client.async_send(request, proofs))
        return await _async_ask_and_keep(
            client, request, proofs, parse, keep, previous=previous
        )

    if is_complete:
        return await ask(None)
    return await client.async_ask(ask, url)


async def _async_ask_and_keep(
    client: ProviderClient,
    request: Request,
    proofs: Proofs | None,
    parse: Callable[[Response], TokenSet],
    keep: Keep,
    *,
    previous: TokenSet | None,
) -> TokenSet:
    """Send a token request in a thread that passes the token set to `keep` as soon as it is read."""
    kept: list[TokenSet] = []
    failed: list[OAuth2Error] = []

    def receive(response: Response) -> None:
        try:
            token_set = parse(response)
        except OAuth2Error as err:
            # Raised below, unless a second request with another proof succeeds.
            if previous is not None and err.next_refresh_token is not None:
                keep(previous.rotated(err.next_refresh_token))
                failed.append(err)
            return
        keep(token_set)
        kept.append(token_set)

    try:
        response = await client.async_send(request, proofs, receive=receive)
    except TemporaryFailure:
        # The response may have come just as the time limit ended.
        if failed:
            raise failed[-1] from None
        if not kept:
            raise
    return kept[-1] if kept else parse(response)
