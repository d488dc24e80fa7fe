"""Token introspection (RFC 7662): does the server still take a token?."""

from typing import Literal

from .client import Client, ClientAuthentication
from .endpoint_answer import answered_object
from .endpoint_request import endpoint_request
from .errors import RefusedByPolicy, TemporaryFailure
from .message import Request, Response
from .server import AuthorizationServer

type TokenHint = Literal["access_token", "refresh_token"]


def introspection_request(
    server: AuthorizationServer,
    client: Client,
    *,
    token: str,
    hint: TokenHint | None = None,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that asks for a token (RFC 7662, 2.1).

    Raises RefusedByPolicy where the server does not tell, ClientRejected as `endpoint_request`.
    """
    if server.introspection_url is None:
        raise RefusedByPolicy("no_introspection_endpoint")
    parameters = {"token": token}
    if hint is not None:
        parameters["token_type_hint"] = hint
    return endpoint_request(
        server, client, server.introspection_url, parameters, authenticate=authenticate
    )


def parse_introspection(response: Response) -> bool:
    """Return whether the token is active (RFC 7662, 2.2 and 2.3).

    Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy.
    """
    answer = answered_object(response, now=None)
    active = (answer or {}).get("active")
    if not isinstance(active, bool):
        raise TemporaryFailure("invalid_introspection_response")
    return active
