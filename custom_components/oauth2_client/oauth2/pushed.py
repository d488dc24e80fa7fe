"""Pushed authorization requests (RFC 9126).

The parameters of an authorization go straight to the server; the browser carries a reference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
import re
from typing import Final

from .authorization import authorization_url
from .client import Client, ClientAuthentication
from .endpoint_answer import answered_object
from .endpoint_request import endpoint_request
from .errors import RefusedByPolicy, TemporaryFailure
from .lifetime import expires_at
from .message import Request, Response
from .server import AuthorizationServer

# RFC 9126, 2.2, asks for a URI; only its characters matter, since it is encoded again.
_REQUEST_URI: Final = re.compile(r"[\x21-\x7E]{1,2048}")
# RFC 9126, 2.2: between 5 and 600 seconds; the default is ours, for who leaves it out.
_LIFETIME: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class PushedAuthorization:
    """A reference to a request that the server holds, until `expires_at` (RFC 9126, 2.2)."""

    request_uri: str = field(repr=False)
    expires_at: float


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


def parse_pushed(
    response: Response, *, now: float, requested_scopes: Sequence[str] = ()
) -> PushedAuthorization:
    """Return the reference that was answered (RFC 9126, 2.2 and 2.3).

    Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy.
    """
    answer = answered_object(response, now=now, requested_scopes=requested_scopes)
    request_uri = (answer or {}).get("request_uri")
    if (
        answer is None
        or not isinstance(request_uri, str)
        or not _REQUEST_URI.fullmatch(request_uri)
    ):
        raise TemporaryFailure("invalid_pushed_response")
    expires = expires_at(answer, name=str, now=now, default=_LIFETIME, access_token="")
    return PushedAuthorization(
        request_uri=request_uri,
        expires_at=now + _LIFETIME if expires is None else expires,
    )


def pushed_authorization_url(
    server: AuthorizationServer, client: Client, pushed: PushedAuthorization
) -> str:
    """Return where the user is sent to after a push (RFC 9126, 4).

    The server's URL keeps the query that it came with (RFC 6749, 3.1).
    """
    parameters = {"client_id": client.id, "request_uri": pushed.request_uri}
    # The resources were pushed.
    return authorization_url(replace(server, resources=()), parameters)
