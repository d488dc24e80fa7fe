"""Token requests by grant, ready to send (RFC 6749, 4.1.3 and 6)."""

from collections.abc import Mapping, Sequence

from .client import CLIENT_AUTHENTICATION, Client, TokenRequest
from .message import Request
from .server import AuthorizationServer


def authorization_code_request(
    server: AuthorizationServer,
    client: Client,
    *,
    code: str,
    redirect_uri: str,
    code_verifier: str | None = None,
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
    return _request(server, client, server.token_url, parameters)


def refresh_request(
    server: AuthorizationServer,
    client: Client,
    *,
    refresh_token: str,
    scopes: Sequence[str] = (),
) -> Request:
    """Return the request that refreshes (RFC 6749, 6); without scopes, all are kept."""
    parameters = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        **server.refresh_parameters,
    }
    if scopes:
        parameters["scope"] = server.scope_separator.join(scopes)
    return _request(server, client, server.refresh_url or server.token_url, parameters)


def _request(
    server: AuthorizationServer, client: Client, url: str, parameters: Mapping[str, str]
) -> Request:
    request = TokenRequest(
        url=url,
        parameters=parameters,
        headers=server.token_headers,
        encoding=server.token_encoding,
    )
    authenticate = CLIENT_AUTHENTICATION[server.client_authentication]
    return authenticate(request, client).encode()
