"""Pushed authorization requests (RFC 9126).

The client sends the parameters directly to the server; the browser carries a reference to them.
"""

from collections.abc import Mapping, Sequence
from copy import replace
import re
from typing import Final

from .authorization import authorization_url
from .client import ClientAuthentication
from .echo import sent_values
from .endpoint_answer import answered_object
from .endpoint_request import endpoint_request
from .errors import RefusedByPolicy, TemporaryFailure
from .message import Request, Response
from .server import AuthorizationServer, Client

# RFC 9126, 2.2: a URI. Only its characters are checked, since it is sent as an encoded parameter.
_REQUEST_URI: Final = re.compile(r"[\x21-\x7E]{1,2048}")


def pushed_request(
    server: AuthorizationServer,
    client: Client,
    *,
    parameters: Mapping[str, str],
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that pushes the parameters of an authorization (RFC 9126, 2.1).

    The server's `resources` are added, unless the parameters name one (RFC 8707, 2.1).
    Raises RefusedByPolicy where the server has no such endpoint, ClientRejected as `endpoint_request` does.
    """
    if server.pushed_authorization_url is None:
        raise RefusedByPolicy("no_pushed_authorization_endpoint")
    # RFC 9126, 2.1: servers refuse a pushed request that has a `request_uri`.
    pushed = {key: value for key, value in parameters.items() if key != "request_uri"}
    return endpoint_request(
        server,
        client,
        server.pushed_authorization_url,
        pushed,
        resources=server.resources,
        authenticate=authenticate,
    )


def parse_pushed(
    response: Response,
    *,
    now: float,
    request: Request | None = None,
    requested_scopes: Sequence[str] = (),
) -> str:
    """Return the `request_uri` that refers to the pushed parameters (RFC 9126, 2.2 and 2.3).

    Its lifetime is not read, since it is used at once. `request` is what was sent. With it, the error
    has the server's description, without the request's secrets.

    Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy.
    """
    sent = None if request is None else sent_values(request)
    answer = answered_object(response, now=now, scopes=requested_scopes, sent=sent)
    request_uri = (answer or {}).get("request_uri")
    if not isinstance(request_uri, str) or not _REQUEST_URI.fullmatch(request_uri):
        raise TemporaryFailure("invalid_pushed_response")
    return request_uri


def pushed_authorization_url(
    server: AuthorizationServer, client: Client, request_uri: str
) -> str:
    """Return the URL that the user's browser opens after a push (RFC 9126, 4).

    The query of `authorize_url` is kept (RFC 6749, 3.1).
    """
    parameters = {"client_id": client.id, "request_uri": request_uri}
    # Without resources: they were pushed.
    return authorization_url(replace(server, resources=()), parameters)
