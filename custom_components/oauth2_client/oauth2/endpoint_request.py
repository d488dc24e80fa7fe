"""Requests to the server's endpoints, with the client authenticated."""

from collections.abc import Mapping, Sequence
from copy import replace
import json
from urllib.parse import urlencode

from .client import (
    CLIENT_AUTHENTICATION,
    Client,
    ClientAuthentication,
    TokenRequest,
    none,
)
from .errors import ClientRejected
from .message import Request
from .server import AuthorizationServer


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

    `client` is None where no client authenticates. Raises ClientRejected as `endpoint_request` does.
    """
    asked = dict(parameters)
    if scopes:
        asked["scope"] = server.scope_separator.join(scopes)
    request = TokenRequest(
        url=url or server.token_url,
        parameters=asked,
        headers=server.token_headers,
        encoding=server.token_encoding,
    )
    return _for_resources(
        _authenticated(request, server, client, authenticate), server.resources
    )


def endpoint_request(
    server: AuthorizationServer,
    client: Client,
    url: str,
    parameters: Mapping[str, str],
    *,
    resources: Sequence[str] = (),
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return a request to another endpoint; always a form.

    `authenticate` takes precedence over the server's `client_authentication`: it signs each request
    anew. A client without a secret sends its id alone. Raises ClientRejected where neither gives a
    function.
    """
    request = TokenRequest(url=url, parameters=parameters, headers=server.token_headers)
    return _for_resources(
        _authenticated(request, server, client, authenticate), resources
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
        # RFC 6749, 3.2.1: what the server prefers says nothing about a client that has no secret.
        how = none
    if how is None:
        raise ClientRejected("unsupported_client_authentication")
    return how(request, client)


def _for_resources(request: TokenRequest, resources: Sequence[str]) -> Request:
    """Return the encoded request, for these resources unless it names one itself (RFC 8707, 2).

    `resource` may be repeated, which the mapping of parameters cannot express.
    """
    encoded = request.encode()
    if not resources or "resource" in request.parameters:
        return encoded
    if request.encoding == "json":
        named = resources[0] if len(resources) == 1 else list(resources)
        body = json.dumps({**request.parameters, "resource": named})
    else:
        pairs = [("resource", resource) for resource in resources]
        body = urlencode([*request.parameters.items(), *pairs])
    return replace(encoded, body=body.encode())
