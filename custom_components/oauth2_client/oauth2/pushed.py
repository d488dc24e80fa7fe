"""Pushed authorization requests (RFC 9126).

The parameters of an authorization go straight to the server; the browser carries a reference.
"""

from collections.abc import Mapping
from dataclasses import replace
import re
from typing import Final

from .authorization import authorization_url
from .client import Client, ClientAuthentication
from .endpoint_answer import answered_object
from .endpoint_request import endpoint_request
from .errors import RefusedByPolicy, TemporaryFailure
from .message import Request, Response
from .server import AuthorizationServer

# RFC 9126, 2.2, asks for a URI; only its characters matter, since it is encoded again.
_REQUEST_URI: Final = re.compile(r"[\x21-\x7E]{1,2048}")


def pushed_request(
    server: AuthorizationServer,
    client: Client,
    *,
    parameters: Mapping[str, str],
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that pushes the parameters of an authorization (RFC 9126, 2.1).

    The server's `resources` go with them, unless they name one (RFC 8707, 2.1).
    Raises RefusedByPolicy where the server takes none, ClientRejected as `endpoint_request` does.
    """
    if server.pushed_authorization_url is None:
        raise RefusedByPolicy("no_pushed_authorization_endpoint")
    # RFC 9126, 2.1: a request that refers to another is refused.
    pushed = {key: value for key, value in parameters.items() if key != "request_uri"}
    return endpoint_request(
        server,
        client,
        server.pushed_authorization_url,
        pushed,
        resources=server.resources,
        authenticate=authenticate,
    )


def parse_pushed(response: Response, *, now: float) -> str:
    """Return the `request_uri` that stands for the request (RFC 9126, 2.2 and 2.3).

    How long it holds is not read: the browser goes there at once.

    Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy.
    """
    answer = answered_object(response, now=now)
    request_uri = (answer or {}).get("request_uri")
    if not isinstance(request_uri, str) or not _REQUEST_URI.fullmatch(request_uri):
        raise TemporaryFailure("invalid_pushed_response")
    return request_uri


def pushed_authorization_url(
    server: AuthorizationServer, client: Client, request_uri: str
) -> str:
    """Return where the user is sent to after a push (RFC 9126, 4).

    The server's URL keeps the query that it came with (RFC 6749, 3.1).
    """
    parameters = {"client_id": client.id, "request_uri": request_uri}
    # The resources were pushed.
    return authorization_url(replace(server, resources=()), parameters)
