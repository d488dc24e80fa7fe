"""POST /par, and what was pushed there (RFC 9126)."""

from collections.abc import Mapping
import secrets
from typing import Final

from aiohttp import web
from multidict import MultiDict, MultiMapping

from .authorization_request import (
    Refused,
    SentBack,
    every,
    read_client_id,
    read_redirect_uri,
    read_request,
)
from .client_authentication import OAuthError
from .client_endpoint import json_answer
from .grants import AuthorizationRequest, Clock
from .settings import Settings

_LIFETIME: Final = 60


class PushedRequests:
    """Authorization requests that clients sent directly; each is good for one visit."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._pushed: dict[str, tuple[AuthorizationRequest, float]] = {}

    def push(self, client_id: str, parameters: Mapping[str, str]) -> web.Response:
        # RFC 9126, 2.1
        if "request_uri" in parameters:
            raise OAuthError("invalid_request", "a request_uri cannot be pushed")
        query = MultiDict(parameters)
        try:
            # Also beside HTTP Basic: client_id is part of an authorization request.
            read_client_id(query, self._settings)
            pushed = read_request(
                query,
                self._settings,
                client_id=client_id,
                redirect_uri=read_redirect_uri(query),
            )
        except Refused as error:
            raise OAuthError("invalid_request", str(error)) from error
        except SentBack as error:
            raise OAuthError(error.code, str(error)) from error
        uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(24)}"
        self._pushed[uri] = (pushed, self._clock() + _LIFETIME)
        return json_answer({"request_uri": uri, "expires_in": _LIFETIME}, status=201)

    def take(self, query: MultiMapping[str], *, client_id: str) -> AuthorizationRequest:
        """Return the request that a client pushed, once."""
        uris = every(query, "request_uri")
        if len(uris) != 1 or uris[0] not in self._pushed:
            raise Refused("This request_uri is not from here or was used before.")
        request, expires_at = self._pushed[uris[0]]
        if request.client_id != client_id:
            raise Refused("This request_uri belongs to another client.")
        del self._pushed[uris[0]]
        if self._clock() >= expires_at:
            raise Refused("This request_uri is too old.")
        return request
