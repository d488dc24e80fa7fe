"""What the server says of itself below /.well-known/ (RFC 8414, RFC 9728, OpenID Discovery)."""

from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from .settings import Settings

_SERVER: Final = "/.well-known/oauth-authorization-server"
_OPENID: Final = "/.well-known/openid-configuration"
# RFC 9728, 3.1: the path of the resource comes last.
_RESOURCE: Final = "/.well-known/oauth-protected-resource/api"
METADATA_PATHS: Final = frozenset({_SERVER, _OPENID, _RESOURCE})

_SCOPES: Final = ["read", "write"]

type _Document = dict[str, Any]


class Metadata:
    """The documents, as the settings are at each request."""

    def __init__(self, settings: Settings, base_url: Callable[[], str]) -> None:
        self._settings = settings
        self._base_url = base_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(_SERVER, self._publish(self._server)),
            web.get(_OPENID, self._publish(self._openid)),
            web.get(_RESOURCE, self._publish(self._resource)),
            web.get("/jwks", _keys),
        ]

    def _publish(self, document: Callable[[], _Document]) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if not self._settings.publish_metadata:
                raise web.HTTPNotFound
            changed = document() | self._settings.metadata_changes
            return web.json_response(
                {name: value for name, value in changed.items() if value is not None}
            )

        return handle

    def _server(self) -> _Document:
        base_url = self._base_url()
        with_secret = sorted(self._settings.client_authentication)
        public = ["none"] if None in self._settings.clients.values() else []
        return {
            "issuer": base_url,
            "authorization_endpoint": f"{base_url}/authorize",
            "token_endpoint": f"{base_url}/token",
            "device_authorization_endpoint": f"{base_url}/device",
            "revocation_endpoint": f"{base_url}/revoke",
            "introspection_endpoint": f"{base_url}/introspect",
            "pushed_authorization_request_endpoint": f"{base_url}/par",
            "require_pushed_authorization_requests": self._settings.require_pushed,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(self._settings.grant_types),
            "scopes_supported": _SCOPES,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": with_secret + public,
            "revocation_endpoint_auth_methods_supported": with_secret + public,
            "introspection_endpoint_auth_methods_supported": with_secret,
        }

    def _openid(self) -> _Document:
        # OpenID Connect Discovery 1.0, 3 requires these three; nothing here is really signed.
        return self._server() | {
            "jwks_uri": f"{self._base_url()}/jwks",
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["none"],
        }

    def _resource(self) -> _Document:
        return {
            "resource": f"{self._base_url()}/api",
            "authorization_servers": [self._base_url()],
            "scopes_supported": _SCOPES,
            "bearer_methods_supported": ["header"],
        }


async def _keys(request: web.Request) -> web.Response:
    return web.json_response({"keys": []})
