"""Pushed authorization requests (RFC 9126), and how an endpoint besides `/token` answers.

The parameters of an authorization go straight to the server; the browser carries a reference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
import json
import re
from typing import Final
from urllib.parse import urlencode

from .authorization import authorization_url
from .client import CLIENT_AUTHENTICATION, Client, ClientAuthentication, TokenRequest
from .error_codes import error_from_code
from .errors import ClientRejected, OAuth2Error, RefusedByPolicy, TemporaryFailure
from .lifetime import expires_at
from .message import Request, Response
from .retry import retry_after
from .server import AuthorizationServer

_MAX_BYTES: Final = 256 * 1024
_TEMPORARY_STATUSES: Final = frozenset({408, 425, 429})
# Statuses of somebody in between, unless the body is an error of the RFCs.
_STRANGERS_STATUSES: Final = frozenset({404, 405})
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
    request = endpoint_request(
        server,
        client,
        server.pushed_authorization_url,
        pushed,
        authenticate=authenticate,
    )
    if not server.resources or "resource" in parameters:
        return request
    # The parameter may stand there more than once, which a mapping cannot say.
    resources = urlencode([("resource", resource) for resource in server.resources])
    return replace(request, body=(request.body or b"") + b"&" + resources.encode())


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


def endpoint_request(
    server: AuthorizationServer,
    client: Client,
    url: str,
    parameters: Mapping[str, str],
    *,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return an authenticated request to an endpoint besides `/token`; always a form.

    `authenticate` goes before the server's `client_authentication`: it is for what is made anew
    for each request. Raises ClientRejected for a name without a function.
    """
    authenticate = authenticate or CLIENT_AUTHENTICATION.get(
        server.client_authentication
    )
    if authenticate is None:
        raise ClientRejected("unsupported_client_authentication")
    request = TokenRequest(url=url, parameters=parameters, headers=server.token_headers)
    return authenticate(request, client).encode()


def answered_object(
    response: Response,
    *,
    now: float | None,
    client_codes: frozenset[str] = frozenset(),
    requested_scopes: Sequence[str] = (),
) -> Mapping[str, object] | None:
    """Return the JSON object of a response that is no error, None where the body is none.

    `client_codes` are the error codes that the endpoint has besides those of RFC 6749; a code that
    is not known is not shown, since it may repeat what was sent.
    """
    if 300 <= response.status < 400:
        # Secrets never follow a redirect.
        raise RefusedByPolicy("redirect_refused")
    answer = json_object(response.body)
    error = (answer or {}).get("error")
    if error or response.status >= 400:
        wait = None if now is None else retry_after(response, now=now)
        raise _error(response.status, error, client_codes, requested_scopes, wait)
    return answer


def json_object(body: bytes) -> Mapping[str, object] | None:
    """Return the JSON object of a body, whatever type it claims to be; None for anything else."""
    if len(body) > _MAX_BYTES:
        return None
    try:
        parsed = json.loads(body.decode("utf-8-sig"))
    except ValueError, RecursionError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _error(
    status: int,
    error: object,
    client_codes: frozenset[str],
    scopes: Sequence[str],
    wait: float | None,
) -> OAuth2Error:
    code = error if isinstance(error, str) else ""
    if code in client_codes:
        known: OAuth2Error | None = ClientRejected(code)
    else:
        known = error_from_code(code, scopes=scopes, retry_after=wait)
    if status in _TEMPORARY_STATUSES or status >= 500:
        return TemporaryFailure(
            known.code if known else f"http_{status}", retry_after=wait
        )
    if known is not None:
        return known
    if error and status not in _STRANGERS_STATUSES:
        # The server itself refuses the client, in words of its own.
        return ClientRejected("unknown_error")
    return TemporaryFailure(f"http_{status}", retry_after=wait)
