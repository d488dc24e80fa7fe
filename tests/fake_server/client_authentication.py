"""How a client proves who it is where it asks directly (RFC 6749, 2.3)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
import hmac
from urllib.parse import unquote_plus

from .assertions import wrong_with
from .settings import Settings


class OAuthError(Exception):
    """An error answer of the token endpoint (RFC 6749, 5.2)."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class _Presented:
    client_id: str
    secret: str | None
    method: str


def authenticate(
    authorization: str | None,
    parameters: Mapping[str, str],
    settings: Settings,
    *,
    path: str = "",
) -> str:
    """Return the id of the client that sent the request, or raise invalid_client."""
    presented = _presented(authorization, parameters, settings)
    if presented.client_id not in settings.clients:
        raise OAuthError("invalid_client", "unknown client")
    secret = settings.clients[presented.client_id]
    if secret is None:
        if presented.secret:
            raise OAuthError("invalid_client", "this client has no secret")
        return presented.client_id
    if "client_assertion" in parameters and settings.assertion_audiences:
        wrong = wrong_with(
            parameters, settings, client_id=presented.client_id, path=path
        )
        if wrong is not None:
            raise OAuthError("invalid_client", wrong)
        return presented.client_id
    if presented.method not in settings.client_authentication:
        raise OAuthError("invalid_client", f"{presented.method} is not accepted")
    if not hmac.compare_digest((presented.secret or "").encode(), secret.encode()):
        raise OAuthError("invalid_client", "wrong secret")
    return presented.client_id


def _presented(
    authorization: str | None, parameters: Mapping[str, str], settings: Settings
) -> _Presented:
    in_body = parameters.get("client_id")
    secret_in_body = parameters.get("client_secret")
    if authorization is None:
        if in_body is None:
            raise OAuthError("invalid_client", "no client authentication")
        method = "none" if secret_in_body is None else "client_secret_post"
        return _Presented(in_body, secret_in_body, method)
    # RFC 6749, 2.3: not more than one method in a request.
    if secret_in_body is not None:
        raise OAuthError("invalid_request", "two ways of client authentication")
    client_id, secret = _basic(authorization)
    if settings.decodes_basic:
        # RFC 6749, 2.3.1: both halves are form-encoded before base64.
        client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if in_body not in (None, client_id):
        raise OAuthError("invalid_request", "two different clients")
    return _Presented(client_id, secret, "client_secret_basic")


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", "the scheme is not Basic")
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError(
            "invalid_client", "the Basic credentials cannot be decoded"
        ) from error
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise OAuthError("invalid_client", "the Basic credentials have no colon")
    return client_id, secret
