"""POST /revoke (RFC 7009) and POST /introspect (RFC 7662)."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .client_authentication import OAuthError
from .client_endpoint import empty_answer, json_answer, required
from .grants import GrantStore, InvalidGrant
from .settings import Settings


class TokenStatus:
    """Ends tokens, and says whether they are good; a hint of the type is not needed."""

    def __init__(self, settings: Settings, store: GrantStore) -> None:
        self._settings = settings
        self._store = store

    def revoke(self, client_id: str, parameters: Mapping[str, str]) -> web.Response:
        token = required(parameters, "token")
        try:
            self._store.revoke(token, client_id=client_id)
        except InvalidGrant as error:
            raise OAuthError("invalid_grant", str(error)) from error
        # RFC 7009, 2.2: also for an unknown token, and the body does not matter.
        return empty_answer()

    def introspect(self, client_id: str, parameters: Mapping[str, str]) -> web.Response:
        # RFC 7662, 2.1: an id alone would let anyone try tokens.
        if self._settings.clients[client_id] is None:
            raise OAuthError("invalid_client", "this client has no secret")
        token = required(parameters, "token")
        found = self._store.active(token, client_id=client_id)
        if found is None:
            return json_answer({"active": False})
        document: dict[str, Any] = {
            "active": True,
            "scope": found.scope,
            "client_id": client_id,
            "sub": found.grant.user.id,
        }
        if found.expires_at is not None:
            document["exp"] = int(found.expires_at)
        return json_answer(document)
