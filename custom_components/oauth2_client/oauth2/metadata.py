"""The metadata that servers publish, parsed and checked.

Authorization Server Metadata (RFC 8414), OpenID Connect Discovery and Protected Resource Metadata
(RFC 9728).
"""

from dataclasses import dataclass, fields, replace
from typing import Final, Self

from .discovery import normalized, refusal, split_url
from .errors import RefusedByPolicy
from .home_network import is_at_home
from .message import Response
from .metadata_document import (
    ENTRY,
    MAX_ENTRIES,
    Document,
    check_identifier,
    check_url,
    entries,
    optional_text,
    read_document,
    required_text,
)
from .server import AuthorizationServer

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

    Omitted endpoints are None, and so are omitted `code_challenge_methods`. Other omitted lists have the
    RFC's default, except that `revocation_authentications` and `introspection_authentications` are
    empty: most servers that omit them accept there what the token endpoint accepts.
    """

    issuer: str
    token_url: str
    authorize_url: str | None = None
    device_authorization_url: str | None = None
    pushed_authorization_url: str | None = None
    require_pushed: bool = False
    issuer_in_callback: bool = False
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
    revocation_authentications: tuple[str, ...] = ()
    introspection_authentications: tuple[str, ...] = ()
    client_id_metadata_document: bool = False

    def joined_with(self, other: Self) -> Self:
        """Return the metadata of two documents of one issuer; this one takes precedence."""
        left_out = {
            field.name: getattr(other, field.name)
            for field in fields(self)
            if getattr(self, field.name) == field.default
        }
        scopes = dict.fromkeys((*self.scopes_supported, *other.scopes_supported))
        return replace(
            self, **{**left_out, "scopes_supported": tuple(scopes)[:MAX_ENTRIES]}
        )

    def endpoints(self) -> tuple[str, ...]:
        """Return the addresses of all endpoints."""
        named = (
            getattr(self, field.name)
            for field in fields(self)
            if field.name.endswith("_url")
        )
        return tuple(url for url in named if url)

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
            issuer_in_callback=self.issuer_in_callback,
            revocation_url=self.revocation_url,
            introspection_url=self.introspection_url,
            registration_url=self.registration_url,
            userinfo_url=self.userinfo_url,
            jwks_url=self.jwks_url,
            client_authentication=authentication,
            revocation_authentications=self.revocation_authentications,
            introspection_authentications=self.introspection_authentications,
            client_id_metadata_document=self.client_id_metadata_document,
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


class IssuerMismatch(RefusedByPolicy):
    """A metadata document names another issuer than the one that was asked for (RFC 8414, 3.3).

    `asked` is the latter, `stated` the one in the document, empty where it cannot be shown. `metadata` is
    the rest of the document, None where that is invalid; it may be used only after a person has
    confirmed it.
    """

    def __init__(
        self, *, stated: str, asked: str, metadata: ServerMetadata | None
    ) -> None:
        super().__init__("issuer_mismatch")
        self.stated = stated if ENTRY.fullmatch(stated) else ""
        self.asked = asked
        self.metadata = metadata
        # Most likely the same server: a tenant by its id instead of its name, or a template's placeholder.
        self.is_variant = "{" in stated or _host(stated) == _host(asked)


def _host(url: str) -> str | None:
    parts = split_url(url)
    return None if parts is None else parts.hostname


def parse_server_metadata(
    response: Response, *, issuer: str, allow_http: bool = False, at_home: bool = False
) -> ServerMetadata | None:
    """Return a server's metadata, None where nothing is published (RFC 8414, 3.2).

    `issuer` is what the well-known URL was built from. The `issuer` of the metadata has to be the
    same URL (RFC 8414, 3.3; OpenID Connect Discovery, 4.3): both are normalized, and only a slash at
    the end may differ, since both spellings have the same well-known URL (RFC 8414, 3.1). The result
    has the server's spelling. `allow_http` allows plain http for a server at home; `at_home` tells that
    the server is known to be at home, even if its name does not show it.

    An optional endpoint that is not a URL is left out. One whose URL must not be used is an error.

    Raises IssuerMismatch, RefusedByPolicy (`https_required`, `private_address`,
    `response_too_large`, `invalid_metadata`), TemporaryFailure.
    """
    document = read_document(response)
    if document is None:
        return None
    stated = required_text(document, "issuer")
    if not is_same_issuer(stated, issuer):
        raise IssuerMismatch(
            stated=stated,
            asked=issuer,
            metadata=_unproven(
                document, asked=issuer, allow_http=allow_http, at_home=at_home
            ),
        )
    parts = check_identifier(stated, home=True, allow_http=allow_http)
    home = at_home or is_at_home(parts.hostname or "")
    return _metadata(document, stated, home=home, allow_http=allow_http)


def is_same_issuer(one: str, other: str) -> bool:
    """Tell whether two issuers are the same URL, apart from a slash at the end."""
    return normalized(one).removesuffix("/") == normalized(other).removesuffix("/")


def _unproven(
    document: Document, *, asked: str, allow_http: bool, at_home: bool
) -> ServerMetadata | None:
    """Return the metadata of a document with another issuer, as if it named the issuer `asked`."""
    home = at_home or is_at_home(_host(asked) or "")
    try:
        metadata = _metadata(document, asked, home=home, allow_http=allow_http)
        metadata.as_server()
    except RefusedByPolicy:
        return None
    return metadata


def _metadata(
    document: Document, issuer: str, *, home: bool, allow_http: bool
) -> ServerMetadata:
    def endpoint(name: str) -> str | None:
        """Return an endpoint that a sign-in needs, which has to be valid if it is present."""
        url = optional_text(document, name)
        if url is not None:
            check_url(url, home=home, allow_http=allow_http)
        return url

    def optional(name: str) -> str | None:
        """Return an endpoint that a sign-in does not need, None where it is not a URL."""
        url = document.get(name)
        if not isinstance(url, str) or (parts := split_url(url)) is None:
            return None
        if code := refusal(parts, home=home, allow_http=allow_http):
            raise RefusedByPolicy(code)
        return url

    def listed(name: str) -> tuple[str, ...]:
        return entries(document, name) or ()

    token_url = endpoint("token_endpoint")
    if token_url is None:
        raise RefusedByPolicy("invalid_metadata")
    return ServerMetadata(
        issuer=issuer,
        token_url=token_url,
        authorize_url=endpoint("authorization_endpoint"),
        device_authorization_url=optional("device_authorization_endpoint"),
        pushed_authorization_url=optional("pushed_authorization_request_endpoint"),
        require_pushed=document.get("require_pushed_authorization_requests") is True,
        issuer_in_callback=(
            document.get("authorization_response_iss_parameter_supported") is True
        ),
        revocation_url=optional("revocation_endpoint"),
        introspection_url=optional("introspection_endpoint"),
        registration_url=optional("registration_endpoint"),
        userinfo_url=optional("userinfo_endpoint"),
        jwks_url=optional("jwks_uri"),
        scopes_supported=listed("scopes_supported"),
        grant_types=listed("grant_types_supported") or _GRANT_TYPES,
        code_challenge_methods=entries(document, "code_challenge_methods_supported"),
        client_authentications=(
            listed("token_endpoint_auth_methods_supported") or _DEFAULT_AUTHENTICATION
        ),
        dpop_algorithms=listed("dpop_signing_alg_values_supported"),
        revocation_authentications=listed("revocation_endpoint_auth_methods_supported"),
        introspection_authentications=listed(
            "introspection_endpoint_auth_methods_supported"
        ),
        client_id_metadata_document=(
            document.get("client_id_metadata_document_supported") is True
        ),
    )


def parse_resource_metadata(
    response: Response,
    *,
    resource: str,
    allow_http: bool = False,
    at_home: bool = False,
) -> ResourceMetadata | None:
    """Return a resource's metadata, None where nothing is published (RFC 9728, 3.2).

    `resource` is what the well-known URL was built from, or the requested URL where a challenge named
    the metadata. The `resource` of the metadata has to be the same URL (RFC 9728, 3.3): both are
    normalized, and only a slash that is the whole path may differ (RFC 9728, 3.1).

    Raises as `parse_server_metadata` does, with `resource_mismatch` for IssuerMismatch.
    """
    document = read_document(response)
    if document is None:
        return None
    stated = required_text(document, "resource")
    if _without_root(normalized(stated)) != _without_root(normalized(resource)):
        raise RefusedByPolicy("resource_mismatch")
    parts = check_url(stated, home=True, allow_http=allow_http)
    home = at_home or is_at_home(parts.hostname or "")
    servers = _servers(document)
    for server in servers:
        check_identifier(server, home=home, allow_http=allow_http)
    return ResourceMetadata(
        resource=stated,
        authorization_servers=servers,
        scopes_supported=entries(document, "scopes_supported") or (),
    )


def _servers(document: Document) -> tuple[str, ...]:
    """Return the issuers of a resource's servers. Raises RefusedByPolicy for an unusable list."""
    named = document.get("authorization_servers")
    if named is not None and not isinstance(named, list):
        raise RefusedByPolicy("invalid_metadata")
    servers = entries(document, "authorization_servers") or ()
    if named and not servers:
        raise RefusedByPolicy("invalid_metadata")
    return servers


def _without_root(resource: str) -> str:
    """Return a resource without its path, where that is only a slash."""
    bare = resource.removesuffix("/")
    return bare if bare.count("/") == 2 else resource
