"""Clients that sign instead of sending a secret (RFC 7523, 2.2 and 3), checked strictly."""

import base64
from collections.abc import Mapping
import hashlib
import hmac
import json
from typing import Any, Final

import jwt

from .settings import Settings

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def wrong_with(
    parameters: Mapping[str, str], settings: Settings, *, client_id: str, path: str
) -> str | None:
    """Return what is wrong with the assertion of a request, None where nothing is."""
    token = parameters["client_assertion"]
    claims = _claims(token, settings, client_id)
    if claims is None or parameters.get("client_assertion_type") != TYPE:
        return "the assertion is not signed by this client"
    if claims["iss"] != client_id or claims["sub"] != client_id:
        return "the assertion is of somebody else"
    if claims["aud"] not in settings.assertion_audiences.get(path, ()):
        return "the audience of the assertion is wrong"
    if claims["jti"] in settings.assertion_ids:
        return "the assertion was used before"
    settings.assertion_ids.add(claims["jti"])
    return None


def _claims(token: str, settings: Settings, client_id: str) -> dict[str, Any] | None:
    """Return the claims of a token that a client has signed with its key, else its secret."""
    if (key := settings.client_keys.get(client_id)) is not None:
        options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
        try:
            signed: dict[str, Any] = jwt.decode(
                token, key, algorithms=["ES256"], options=options
            )
        except jwt.PyJWTError:
            return None
        return signed
    # Not with PyJWT, which warns of short secrets.
    content, _, signature = token.rpartition(".")
    secret = (settings.clients[client_id] or "").encode()
    digest = hmac.digest(secret, content.encode(), hashlib.sha256)
    if not hmac.compare_digest(digest, _decoded(signature)):
        return None
    claims: dict[str, Any] = json.loads(_decoded(content.partition(".")[2]))
    return claims


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
