"""The ways to sign in: with the browser, with a code on another device, or without a person."""

import asyncio
from copy import replace
from functools import partial
import secrets
from typing import TYPE_CHECKING

from ..catalogue import JWT_BEARER
from ..oauth2 import (
    ClientAuthentication,
    ClientRejected,
    DeviceAuthorization,
    GrantRejected,
    InvalidKey,
    Request,
    TemporaryFailure,
    TokenSet,
    authorization_parameters,
    authorization_url,
    bearer_assertion_request,
    client_credentials_request,
    code_verifier,
    device_authorization_request,
    device_token_request,
    parse_device_authorization,
    parse_pushed,
    parse_service_account,
    poll_outcome,
    pushed_authorization_url,
    pushed_request,
    service_account_assertion,
)
from ..oauth2.device import first_wait, wait_after
from .provider_client import ProviderClient
from .token_requests import async_token_set

if TYPE_CHECKING:
    from ..oauth2.device import Wait
    from ..wire.proofs import Proofs


def new_code_verifier() -> str:
    """Return a verifier for one sign-in (RFC 7636, 4.1)."""
    return code_verifier(secrets.token_bytes)


async def async_authorize_url(
    client: ProviderClient,
    *,
    redirect_uri: str,
    state: str,
    verifier: str | None,
    nonce: str | None,
) -> str:
    """Return the authorization URL to open in the browser.

    `nonce` is what the id token has to repeat (OpenID Connect Core, 3.1.2.1), None without id token.

    Raises what `parse_pushed` raises.
    """
    parameters = authorization_parameters(
        client.server,
        client.client,
        redirect_uri=redirect_uri,
        state=state,
        scopes=client.scopes,
        code_verifier=verifier,
    )
    if nonce is not None:
        parameters["nonce"] = nonce
    if client.server.pushed_authorization_url is None:
        return authorization_url(client.server, parameters)

    async def push(authenticate: ClientAuthentication | None) -> str:
        request = pushed_request(
            client.server,
            client.client,
            parameters=parameters,
            authenticate=authenticate,
        )
        return parse_pushed(
            await client.async_send(request),
            now=client.clock.now(),
            request=request,
            requested_scopes=client.scopes,
        )

    pushed = await client.async_ask(push, client.server.pushed_authorization_url)
    return pushed_authorization_url(client.server, client.client, pushed)


async def async_own_token(
    client: ProviderClient, grant_type: str, held: TokenSet | None = None
) -> TokenSet:
    """Get a token for the client itself (RFC 6749, 4.4; RFC 7523, 2.1), which replaces that of `held`.

    Raises what `parse_token_response` raises, and ClientRejected where the credential should be a
    key file and is not one.
    """
    if grant_type == JWT_BEARER:

        async def ask() -> TokenSet:
            request = await _async_bearer_assertion_request(client)
            return await async_token_set(
                client, lambda authenticate: request, held=held
            )

        return await client.async_in_time(ask)
    build = partial(
        client_credentials_request, client.server, client.client, scopes=client.scopes
    )
    return await async_token_set(client, build, held=held)


async def _async_bearer_assertion_request(client: ProviderClient) -> Request:
    """Return the token request of a service account (RFC 7523, 2.1)."""
    try:
        account = await client.hass.async_add_executor_job(
            parse_service_account, client.key_file or ""
        )
    except InvalidKey:
        raise ClientRejected("invalid_key") from None
    assertion = await client.hass.async_add_executor_job(
        partial(
            service_account_assertion,
            account,
            scopes=client.scopes,
            now=client.signing_time(),
        )
    )
    return bearer_assertion_request(
        client.server,
        assertion=assertion,
        # RFC 7521, 4.1. Google has no such parameter; there the assertion contains the scopes.
        scopes=() if account.is_googles else client.scopes,
    )


async def async_device_authorization(client: ProviderClient) -> DeviceAuthorization:
    """Get a code to enter on another device. Raises what `parse_device_authorization` raises."""

    verifier = new_code_verifier() if client.server.device_pkce else None

    async def ask(authenticate: ClientAuthentication | None) -> DeviceAuthorization:
        request = device_authorization_request(
            client.server,
            client.client,
            scopes=client.scopes,
            code_verifier=verifier,
            authenticate=authenticate,
        )
        device = parse_device_authorization(
            await client.async_send(request),
            now=client.clock.now(),
            request=request,
            requested_scopes=client.scopes,
        )
        return replace(device, code_verifier=verifier)

    return await client.async_ask(ask, client.server.device_authorization_url)


async def async_device_token(
    client: ProviderClient, authorization: DeviceAuthorization
) -> TokenSet:
    """Wait until the code has been entered (RFC 8628, 3.4 and 3.5).

    Raises GrantRejected where the user refuses or does not enter it in time, TemporaryFailure where the
    server asks to wait for longer than that, and what `poll_outcome` raises.
    """
    proofs = await client.async_proofs()
    wait = first_wait(authorization, now=client.clock.now())
    while client.clock.now() + wait.pause < authorization.expires_at:
        await asyncio.sleep(wait.pause)
        poll = partial(_async_poll, client, authorization, wait.interval, proofs)
        try:
            outcome = await client.async_ask(poll)
        except TemporaryFailure as err:
            outcome = wait_after(err, wait.interval)
        if isinstance(outcome, TokenSet):
            return outcome
        wait = outcome
    if wait.failure is not None and wait.failure.retry_after is not None:
        raise wait.failure
    raise GrantRejected("expired_token")


async def _async_poll(
    client: ProviderClient,
    authorization: DeviceAuthorization,
    interval: float,
    proofs: Proofs | None,
    authenticate: ClientAuthentication | None,
) -> TokenSet | Wait:
    """Ask once whether the user has decided. Raises what `poll_outcome` raises."""
    request = device_token_request(
        client.server,
        client.client,
        device_code=authorization.device_code,
        code_verifier=authorization.code_verifier,
        authenticate=authenticate,
    )
    return poll_outcome(
        await client.async_send(request, proofs),
        server=client.server,
        now=client.clock.now(),
        interval=interval,
        request=request,
        requested_scopes=client.scopes,
        dpop_key=None if proofs is None else proofs.key,
    )
