"""Token introspection (RFC 7662): asks the server whether a token is active."""

from typing import Literal

from .client import ClientAuthentication
from .echo import sent_values
from .endpoint_answer import answered_object
from .endpoint_request import endpoint_request
from .errors import RefusedByPolicy, TemporaryFailure
from .message import Request, Response
from .server import AuthorizationServer, Client

type TokenHint = Literal["access_token", "refresh_token"]


def introspection_request(
    server: AuthorizationServer,
    client: Client,
    *,
    token: str,
    hint: TokenHint | None = None,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that asks whether a token is active (RFC 7662, 2.1).

    Raises RefusedByPolicy where the server has no such endpoint, ClientRejected as `endpoint_request`.
    """
    if server.introspection_url is None:
        raise RefusedByPolicy("no_introspection_endpoint")
    parameters = {"token": token}
    if hint is not None:
        parameters["token_type_hint"] = hint
    return endpoint_request(
        server, client, server.introspection_url, parameters, authenticate=authenticate
    )


def parse_introspection(
    response: Response, *, now: float, request: Request | None = None
) -> bool:
    """Return whether the token is active (RFC 7662, 2.2 and 2.3).

    `request` is what was sent. With it, the error has the server's description, without the request's
    secrets.

    Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy.
    """
    sent = None if request is None else sent_values(request)
    answer = answered_object(response, now=now, sent=sent)
    active = (answer or {}).get("active")
    if not isinstance(active, bool):
        raise TemporaryFailure("invalid_introspection_response")
    return active
