"""The metadata that servers publish, parsed and checked.

Authorization Server Metadata (RFC 8414), OpenID Connect Discovery and Protected Resource Metadata
(RFC 9728).
"""

from collections.abc import Mapping
from dataclasses import dataclass
import json
import re
from typing import Final
from urllib.parse import SplitResult

from .discovery import refusal, split_url
from .errors import RefusedByPolicy, TemporaryFailure
from .home_network import is_at_home
from .message import Response
from .retry import is_temporary
from .server import AuthorizationServer

type Document = Mapping[str, object]

_MAX_BYTES: Final = 256 * 1024
_MAX_ENTRIES: Final = 200
# Text that can be shown and stored: no control characters, no lone surrogates.
_ENTRY: Final = re.compile(r"[^\x00-\x1F\x7F-\x9F\uD800-\uDFFF]{1,200}")
# RFC 8414, 2: the defaults of an omitted list; an empty one counts as omitted (3.2).
_GRANT_TYPES: Final = ("authorization_code", "implicit")
_DEFAULT_AUTHENTICATION: Final = ("client_secret_basic",)
# The names of RFC 7591, 2 and OpenID Connect Core, 9, in the order of preference.
_CLIENT_AUTHENTICATIONS: Final = (
    "client_secret_basic",
    "client_secret_post",
    "none",
    "private_key_jwt",
    "client_secret_jwt",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerMetadata:
    """The metadata of an authorization server (RFC 8414, 2).

    Omitted endpoints are None, and so are omitted `code_challenge_methods`. Other omitted lists have
    the default of the RFC.
    """

    issuer: str
    token_url: str
    authorize_url: str | None = None
    device_authorization_url: str | None = None
    pushed_authorization_url: str | None = None
    require_pushed: bool = False
    revocation_url: str | None = None
    introspection_url: str | None = None
    registration_url: str | None = None
    userinfo_url: str | None = None
    jwks_url: str | None = None
    scopes_supported: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = _GRANT_TYPES
    code_challenge_methods: tuple[str, ...] | None = None
    client_authentications: tuple[str, ...] = _DEFAULT_AUTHENTICATION
    dpop_algorithms: tuple[str, ...] = ()

    def as_server(self) -> AuthorizationServer:
        """Return the server. `authorize_url` is empty where it has no such endpoint.

        Raises RefusedByPolicy (`unsupported_client_authentication`).
        """
        for authentication in _CLIENT_AUTHENTICATIONS:
            if authentication in self.client_authentications:
                break
        else:
            raise RefusedByPolicy("unsupported_client_authentication")
        methods = self.code_challenge_methods
        return AuthorizationServer(
            issuer=self.issuer,
            authorize_url=self.authorize_url or "",
            token_url=self.token_url,
            device_authorization_url=self.device_authorization_url,
            pushed_authorization_url=self.pushed_authorization_url,
            require_pushed=self.require_pushed,
            revocation_url=self.revocation_url,
            introspection_url=self.introspection_url,
            registration_url=self.registration_url,
            userinfo_url=self.userinfo_url,
            jwks_url=self.jwks_url,
            client_authentication=authentication,
            # Many servers support PKCE without saying so; the others have to ignore unknown
            # parameters (RFC 6749, 3.1).
            pkce=methods is None or "S256" in methods,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceMetadata:
    """The metadata of a protected resource (RFC 9728, 2)."""

    resource: str
    authorization_servers: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] = ()


def parse_server_metadata(
    response: Response, *, issuer: str, allow_http: bool = False
) -> ServerMetadata | None:
    """Return a server's metadata, None where nothing is published (RFC 8414, 3.2).

    `issuer` is what the well-known URL was built from. The `issuer` of the metadata has to be the
    same, code point by code point (RFC 8414, 3.3; OpenID Connect Discovery, 4.3). Only a slash at
    the end may differ, since both spellings have the same well-known URL (RFC 8414, 3.1); the
    server's spelling is used. `allow_http` allows plain http for a server at home.

    Raises RefusedByPolicy (`issuer_mismatch`, `https_required`, `private_address`,
    `response_too_large`, `invalid_metadata`), TemporaryFailure.
    """
    document = _read(response)
    if document is None:
        return None
    stated = _required(document, "issuer")
    if stated.removesuffix("/") != issuer.removesuffix("/"):
        raise RefusedByPolicy("issuer_mismatch")
    parts = _identifier(stated, home=True, allow_http=allow_http)
    home = is_at_home(parts.hostname or "")

    def endpoint(name: str) -> str | None:
        url = _text(document, name)
        if url is not None:
            _check(url, home=home, allow_http=allow_http)
        return url

    token_url = endpoint("token_endpoint")
    if token_url is None:
        raise RefusedByPolicy("invalid_metadata")
    return ServerMetadata(
        issuer=stated,
        token_url=token_url,
        authorize_url=endpoint("authorization_endpoint"),
        device_authorization_url=endpoint("device_authorization_endpoint"),
        pushed_authorization_url=endpoint("pushed_authorization_request_endpoint"),
        require_pushed=_flag(document, "require_pushed_authorization_requests"),
        revocation_url=endpoint("revocation_endpoint"),
        introspection_url=endpoint("introspection_endpoint"),
        registration_url=endpoint("registration_endpoint"),
        userinfo_url=endpoint("userinfo_endpoint"),
        jwks_url=endpoint("jwks_uri"),
        scopes_supported=_list(document, "scopes_supported") or (),
        grant_types=_list(document, "grant_types_supported") or _GRANT_TYPES,
        code_challenge_methods=_list(document, "code_challenge_methods_supported"),
        client_authentications=(
            _list(document, "token_endpoint_auth_methods_supported")
            or _DEFAULT_AUTHENTICATION
        ),
        dpop_algorithms=_list(document, "dpop_signing_alg_values_supported") or (),
    )


def parse_resource_metadata(
    response: Response, *, resource: str, allow_http: bool = False
) -> ResourceMetadata | None:
    """Return a resource's metadata, None where nothing is published (RFC 9728, 3.2).

    `resource` is what the well-known URL was built from, or the requested URL where a challenge named
    the metadata. The `resource` of the metadata has to be the same, code point by code point
    (RFC 9728, 3.3). Only a slash that is the whole path may differ (RFC 9728, 3.1).

    Raises as `parse_server_metadata` does, with `resource_mismatch` for `issuer_mismatch`.
    """
    document = _read(response)
    if document is None:
        return None
    stated = _required(document, "resource")
    if _without_root(stated) != _without_root(resource):
        raise RefusedByPolicy("resource_mismatch")
    parts = _check(stated, home=True, allow_http=allow_http)
    home = is_at_home(parts.hostname or "")
    servers = _list(document, "authorization_servers") or ()
    for server in servers:
        _identifier(server, home=home, allow_http=allow_http)
    return ResourceMetadata(
        resource=stated,
        authorization_servers=servers,
        scopes_supported=_list(document, "scopes_supported") or (),
    )


def _check(url: str, *, home: bool, allow_http: bool) -> SplitResult:
    parts = split_url(url)
    if parts is None:
        raise RefusedByPolicy("invalid_metadata")
    if code := refusal(parts, home=home, allow_http=allow_http):
        raise RefusedByPolicy(code)
    return parts


def _identifier(url: str, *, home: bool, allow_http: bool) -> SplitResult:
    """Check an issuer, which has no query (RFC 8414, 2)."""
    if "?" in url:
        raise RefusedByPolicy("invalid_metadata")
    return _check(url, home=home, allow_http=allow_http)


def _without_root(resource: str) -> str:
    """Return a resource without the slash that is its whole path."""
    bare = resource.removesuffix("/")
    return bare if bare.count("/") == 2 else resource


def _read(response: Response) -> Document | None:
    """Return the published document, None where there is none: hosts show that in many ways."""
    status = response.status
    if is_temporary(status):
        raise TemporaryFailure(f"http_{status}")
    body = response.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if status != 200 or not body or body.startswith(b"<"):
        # Redirects, which mostly lead to a login page, and pages that answer any path count as none.
        return None
    if len(body) > _MAX_BYTES:
        raise RefusedByPolicy("response_too_large")
    try:
        document = json.loads(body.decode())
    except ValueError, RecursionError:
        document = None
    if not isinstance(document, dict):
        raise RefusedByPolicy("invalid_metadata")
    return document


def _text(document: Document, name: str) -> str | None:
    """Return a text. Null and an empty text count as omitted."""
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise RefusedByPolicy("invalid_metadata")
    return value or None


def _required(document: Document, name: str) -> str:
    value = _text(document, name)
    if value is None:
        raise RefusedByPolicy("invalid_metadata")
    return value


def _flag(document: Document, name: str) -> bool:
    value = document.get(name)
    if value is not None and not isinstance(value, bool):
        raise RefusedByPolicy("invalid_metadata")
    return bool(value)


def _list(document: Document, name: str) -> tuple[str, ...] | None:
    """Return the entries of a list that can be shown and stored, None where it is omitted."""
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, list):
        raise RefusedByPolicy("invalid_metadata")
    value = value[:_MAX_ENTRIES]
    if not all(isinstance(entry, str) for entry in value):
        raise RefusedByPolicy("invalid_metadata")
    return tuple(entry for entry in value if _ENTRY.fullmatch(entry))
