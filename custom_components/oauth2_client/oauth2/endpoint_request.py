"""Builds requests to a server's endpoints, with the client authenticated."""

from collections.abc import Mapping, Sequence

from .client import CLIENT_AUTHENTICATION, ClientAuthentication, TokenRequest, none
from .errors import ClientRejected
from .message import Request, filled_parameters
from .server import AuthorizationServer, Client


def token_request(
    server: AuthorizationServer,
    client: Client | None,
    parameters: Mapping[str, str],
    *,
    url: str | None = None,
    scopes: Sequence[str] = (),
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return a request to the token endpoint, for the server's resources (RFC 8707, 2.2).

    `client` is None for a grant type without client authentication. Raises ClientRejected as
    `endpoint_request` does.
    """
    asked = dict(parameters)
    if scopes:
        asked["scope"] = server.scope_separator.join(scopes)
    request = TokenRequest(
        url=url or server.token_url,
        parameters=asked,
        headers=_headers(server, client),
        encoding=server.token_encoding,
        method=server.token_method,
        names={**server.parameter_names, **server.token_parameter_names},
    )
    return _authenticated(request, server, client, authenticate).encode(
        server.resources
    )


def endpoint_request(
    server: AuthorizationServer,
    client: Client,
    url: str,
    parameters: Mapping[str, str],
    *,
    resources: Sequence[str] = (),
    names: Mapping[str, str] = {},
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return a request to an endpoint other than the token endpoint, always form-encoded.

    `names` maps the RFC's parameter names to the server's. `authenticate` takes precedence over the
    server's `client_authentication`, for example to sign each request. Without it, a client without a
    secret sends its id alone. Raises ClientRejected (`unsupported_client_authentication`).
    """
    request = TokenRequest(
        url=url,
        parameters=parameters,
        headers=_headers(server, client),
        names=names,
    )
    return _authenticated(request, server, client, authenticate).encode(resources)


def _headers(server: AuthorizationServer, client: Client | None) -> Mapping[str, str]:
    """Return the server's additional headers; without a client, those without its id and secret."""
    return filled_parameters(
        server.token_headers,
        client_id=None if client is None else client.id,
        client_secret=None if client is None else client.secret,
    )


def _authenticated(
    request: TokenRequest,
    server: AuthorizationServer,
    client: Client | None,
    authenticate: ClientAuthentication | None,
) -> TokenRequest:
    if client is None:
        return request
    how = authenticate or CLIENT_AUTHENTICATION.get(server.client_authentication)
    if authenticate is None and not client.secret:
        # RFC 6749, 3.2.1: a client without a secret cannot authenticate in the server's preferred way.
        how = none
    if how is None:
        raise ClientRejected("unsupported_client_authentication")
    return how(request, client)
