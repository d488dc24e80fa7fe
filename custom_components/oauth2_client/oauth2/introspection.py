"""Token introspection (RFC 7662): what the server says of a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
import re
from typing import Final, Literal

from .client import Client, ClientAuthentication
from .endpoint_answer import answered_object
from .endpoint_request import endpoint_request
from .errors import RefusedByPolicy, TemporaryFailure
from .message import Request, Response
from .server import AuthorizationServer

type TokenHint = Literal["access_token", "refresh_token"]

# RFC 6749, appendix A.4; Unicode besides, but nothing that UTF-8 cannot write.
_SCOPE: Final = re.compile(r"[^\s\x00-\x1F\uD800-\uDFFF]{1,1024}")
_MAX_SCOPES: Final = 1024
# RFC 6749, appendix A.1; the length is ours.
_CLIENT_ID: Final = re.compile(r"[\x20-\x7E]{1,1024}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Introspection:
    """What is known of a token; of one that is not active, nothing else (RFC 7662, 2.2).

    `expires_at` is in seconds since the epoch, by the server's clock.
    """

    active: bool
    scopes: tuple[str, ...] | None = None
    expires_at: float | None = None
    client_id: str | None = None


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


def parse_introspection(
    response: Response, *, now: float | None = None
) -> Introspection:
    """Return what was answered (RFC 7662, 2.2 and 2.3); `now` is for `Retry-After`.

    Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy.
    """
    answer = answered_object(response, now=now)
    active = (answer or {}).get("active")
    if answer is None or not isinstance(active, bool):
        raise TemporaryFailure("invalid_introspection_response")
    if not active:
        return Introspection(active=False)
    return Introspection(
        active=True,
        scopes=_scopes(answer.get("scope")),
        expires_at=_moment(answer.get("exp")),
        client_id=_client_id(answer),
    )


def _scopes(scope: object) -> tuple[str, ...] | None:
    """Return the scopes: text with spaces between them, or a list as some servers have it."""
    if isinstance(scope, str):
        scope = scope.split()
    if not isinstance(scope, list) or len(scope) > _MAX_SCOPES:
        return None
    return tuple(
        item for item in scope if isinstance(item, str) and _SCOPE.fullmatch(item)
    )


def _moment(exp: object) -> float | None:
    if isinstance(exp, bool) or not isinstance(exp, int | float):
        return None
    try:
        moment = float(exp)
    except OverflowError:
        return None
    return moment if isfinite(moment) and moment > 0 else None


def _client_id(answer: Mapping[str, object]) -> str | None:
    client_id = answer.get("client_id")
    if isinstance(client_id, str) and _CLIENT_ID.fullmatch(client_id):
        return client_id
    return None
