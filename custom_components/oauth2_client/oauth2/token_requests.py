"""Token requests: authorization code, refresh, client credentials (RFC 6749, 4.1.3, 6 and 4.4.2)."""

from collections.abc import Mapping, Sequence

from .client import ClientAuthentication
from .endpoint_request import token_request
from .errors import RefusedByPolicy
from .message import Request, added_to_query, filled_parameters
from .server import AuthorizationServer, Client


def authorization_code_request(
    server: AuthorizationServer,
    client: Client,
    *,
    code: str,
    redirect_uri: str,
    code_verifier: str | None = None,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that exchanges a code (RFC 6749, 4.1.3; RFC 7636, 4.5)."""
    parameters = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        **server.token_parameters,
    }
    if code_verifier is not None:
        parameters["code_verifier"] = code_verifier
    return token_request(server, client, parameters, authenticate=authenticate)


def refresh_request(
    server: AuthorizationServer,
    client: Client,
    *,
    refresh_token: str,
    redirect_uri: str | None = None,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that refreshes a token set (RFC 6749, 6), with all granted scopes.

    `redirect_uri` is that of the sign-in, which a few servers require again.
    """
    parameters = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        **filled_parameters(server.refresh_parameters, redirect_uri=redirect_uri),
    }
    return token_request(
        server,
        client,
        parameters,
        url=server.refresh_url,
        authenticate=authenticate,
    )


def client_credentials_request(
    server: AuthorizationServer,
    client: Client,
    *,
    scopes: Sequence[str] = (),
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request of the client credentials grant type (RFC 6749, 4.4.2)."""
    parameters = {"grant_type": "client_credentials", **server.token_parameters}
    return token_request(
        server, client, parameters, scopes=scopes, authenticate=authenticate
    )


def exchange_request(
    server: AuthorizationServer, client: Client, *, access_token: str
) -> Request:
    """Return the request that exchanges an access token for one that lasts longer.

    Not in an RFC: Meta's services do this instead of issuing refresh tokens. Raises RefusedByPolicy
    where the server has no such endpoint.
    """
    return _with_token(
        server.exchange_url, server.exchange_parameters, client, access_token
    )


def renewal_request(
    server: AuthorizationServer, client: Client, *, access_token: str
) -> Request:
    """Return the request that replaces a long-lived token by a newer one. Raises as `exchange_request`."""
    return _with_token(
        server.renewal_url, server.renewal_parameters, client, access_token
    )


def _with_token(
    url: str | None, parameters: Mapping[str, str], client: Client, access_token: str
) -> Request:
    if url is None:
        raise RefusedByPolicy("no_exchange_endpoint")
    filled = filled_parameters(
        parameters,
        access_token=access_token,
        client_id=client.id,
        client_secret=client.secret,
    )
    return Request(
        method="GET",
        url=added_to_query(url, [*filled.items()]),
        headers={"Accept": "application/json"},
    )
