"""POST /token (RFC 6749, 4.1.3, 4.4 and 6; RFC 8628, 3.4)."""

import base64
from collections.abc import Callable, Mapping
import json
from typing import Any

from aiohttp import web

from .client_authentication import OAuthError
from .client_endpoint import json_answer, required
from .device import Devices
from .grants import GrantStore, InvalidGrant, InvalidScope, IssuedTokens
from .settings import DEVICE_CODE, Settings


class TokenEndpoint:
    """Answers token requests from the grants of one server."""

    def __init__(
        self,
        settings: Settings,
        store: GrantStore,
        devices: Devices,
        base_url: Callable[[], str],
    ) -> None:
        self._settings = settings
        self._store = store
        self._devices = devices
        self._base_url = base_url

    def answer(self, client_id: str, parameters: Mapping[str, str]) -> web.Response:
        grant_type = required(parameters, "grant_type")
        if grant_type not in self._settings.grant_types:
            raise OAuthError("unsupported_grant_type", "not one of grant_types")
        try:
            tokens = self._tokens(grant_type, client_id, parameters)
        except InvalidGrant as error:
            raise OAuthError("invalid_grant", str(error)) from error
        except InvalidScope as error:
            raise OAuthError("invalid_scope", str(error)) from error
        document = _document(tokens, self._settings)
        if self._settings.id_token is not None:
            usual = self._id_token(client_id, tokens.nonce)
            document["id_token"] = _jwt({**usual, **self._settings.id_token})
        return json_answer(document)

    def _id_token(self, client_id: str, nonce: str | None) -> dict[str, Any]:
        """Return what each ID token says (OpenID Connect Core, 2), less who signed in."""
        now = int(self._store.clock())
        claims = {"iss": self._base_url(), "aud": client_id, "iat": now}
        return {**claims, "exp": now + 600, **({"nonce": nonce} if nonce else {})}

    def _tokens(
        self, grant_type: str, client_id: str, parameters: Mapping[str, str]
    ) -> IssuedTokens:
        if grant_type == "authorization_code":
            return self._store.redeem(
                required(parameters, "code"),
                client_id=client_id,
                redirect_uri=parameters.get("redirect_uri"),
                verifier=parameters.get("code_verifier"),
            )
        if grant_type == "refresh_token":
            return self._store.refresh(
                required(parameters, "refresh_token"),
                client_id=client_id,
                scope=parameters.get("scope"),
            )
        if grant_type == DEVICE_CODE:
            return self._devices.redeem(
                required(parameters, "device_code"), client_id=client_id
            )
        if grant_type == "client_credentials":
            return self._for_client_itself(client_id, parameters.get("scope", ""))
        raise OAuthError("unsupported_grant_type", "unknown grant type")

    def _for_client_itself(self, client_id: str, scope: str) -> IssuedTokens:
        # RFC 6749, 4.4: only confidential clients.
        if self._settings.clients[client_id] is None:
            raise OAuthError("unauthorized_client", "this client has no secret")
        return self._store.client_tokens(client_id, scope)


def _document(tokens: IssuedTokens, settings: Settings) -> dict[str, Any]:
    document: dict[str, Any] = {
        "access_token": tokens.access_token,
        "token_type": "DPoP" if settings.dpop else "Bearer",
    }
    if tokens.lifetime is not None:
        document["expires_in"] = tokens.lifetime
    if tokens.refresh_token is not None:
        document["refresh_token"] = tokens.refresh_token
    # An explicit granted_scopes="" is told to the client; no scope asked for is not.
    if tokens.scope or settings.granted_scopes is not None:
        document["scope"] = tokens.scope
    return document


def _jwt(claims: Mapping[str, Any]) -> str:
    """Return an ID token with a signature that signs nothing."""
    header = _base64url(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    payload = _base64url(json.dumps(dict(claims)).encode())
    return f"{header}.{payload}.{_base64url(b'signature')}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
