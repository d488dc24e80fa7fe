"""POST /token (RFC 6749, 4.1.3 and 6)."""

import base64
from collections.abc import Mapping
import json
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from .client_authentication import OAuthError, authenticate
from .grants import GrantStore, InvalidGrant, InvalidScope, IssuedTokens
from .settings import Settings

_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenEndpoint:
    """Answers token requests from the grants of one server."""

    def __init__(self, settings: Settings, store: GrantStore) -> None:
        self._settings = settings
        self._store = store

    async def handle(self, request: web.Request) -> web.Response:
        try:
            parameters = await read_parameters(request)
            client_id = authenticate(
                request.headers.get("Authorization"), parameters, self._settings
            )
            tokens = self._tokens(client_id, parameters)
        except OAuthError as error:
            return _refusal(error)
        return web.json_response(_document(tokens, self._settings), headers=_NO_STORE)

    def _tokens(self, client_id: str, parameters: Mapping[str, str]) -> IssuedTokens:
        grant_type = _required(parameters, "grant_type")
        try:
            if grant_type == "authorization_code":
                return self._store.redeem(
                    _required(parameters, "code"),
                    client_id=client_id,
                    redirect_uri=parameters.get("redirect_uri"),
                    verifier=parameters.get("code_verifier"),
                )
            if grant_type == "refresh_token":
                return self._store.refresh(
                    _required(parameters, "refresh_token"),
                    client_id=client_id,
                    scope=parameters.get("scope"),
                )
        except InvalidGrant as error:
            raise OAuthError("invalid_grant", str(error)) from error
        except InvalidScope as error:
            raise OAuthError("invalid_scope", str(error)) from error
        raise OAuthError(
            "unsupported_grant_type", "authorization_code or refresh_token only"
        )


async def read_parameters(request: web.Request) -> dict[str, str]:
    """Decode a form or JSON body; a repeated parameter is an error, an empty one is left out."""
    try:
        text = (await request.read()).decode()
        pairs = _pairs(request.content_type, text)
    except ValueError as error:  # both decoding errors and malformed JSON
        raise OAuthError("invalid_request", "the body cannot be decoded") from error
    if len(pairs) != len({name for name, _ in pairs}):
        raise OAuthError("invalid_request", "a parameter is repeated")
    if not all(isinstance(value, str) for _, value in pairs):
        raise OAuthError("invalid_request", "a parameter is not a string")
    # RFC 6749, 3.2: a parameter without a value is treated as if it were left out.
    return {name: value for name, value in pairs if value}


def _pairs(content_type: str, text: str) -> list[tuple[str, Any]]:
    if content_type == "application/x-www-form-urlencoded":
        return list(parse_qsl(text, keep_blank_values=True, errors="strict"))
    if content_type == "application/json":
        pairs = json.loads(text, object_pairs_hook=_Object)
        if isinstance(pairs, _Object):
            return pairs
        raise OAuthError("invalid_request", "the JSON body is not an object")
    raise OAuthError("invalid_request", "the body is neither a form nor JSON")


class _Object(list[tuple[str, Any]]):
    """The members of a JSON object, a repeated one included; not to be taken for an array."""


def _required(parameters: Mapping[str, str], name: str) -> str:
    if name not in parameters:
        raise OAuthError("invalid_request", f"{name} is missing")
    return parameters[name]


def _refusal(error: OAuthError) -> web.Response:
    document = {"error": error.code, "error_description": error.description}
    if error.code != "invalid_client":
        return web.json_response(document, status=400, headers=_NO_STORE)
    challenge = {"WWW-Authenticate": 'Basic realm="Sandbox"'}
    return web.json_response(document, status=401, headers=_NO_STORE | challenge)


def _document(tokens: IssuedTokens, settings: Settings) -> dict[str, Any]:
    document: dict[str, Any] = {
        "access_token": tokens.access_token,
        "token_type": "Bearer",
    }
    if settings.access_token_lifetime is not None:
        document["expires_in"] = settings.access_token_lifetime
    if tokens.refresh_token is not None:
        document["refresh_token"] = tokens.refresh_token
    # An explicit granted_scopes="" is told to the client; no scope asked for is not.
    if tokens.scope or settings.granted_scopes is not None:
        document["scope"] = tokens.scope
    if settings.id_token is not None:
        document["id_token"] = _jwt(settings.id_token)
    return document


def _jwt(claims: Mapping[str, Any]) -> str:
    """Return an ID token with a signature that signs nothing."""
    header = _base64url(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    payload = _base64url(json.dumps(dict(claims)).encode())
    return f"{header}.{payload}.{_base64url(b'signature')}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
