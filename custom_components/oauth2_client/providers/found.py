"""The result of *Find by address*, as its form shows it."""

from dataclasses import dataclass
from typing import Any, Final

from ..oauth2 import ServerMetadata, usable_scopes
from ..wire.host_policy import parse_url

# Scopes that a form shows.
_MOST_SCOPES: Final = 30
# What a person signs in with; what an API offers beside them is theirs to choose.
_USUAL_SCOPES: Final = ("openid", "profile", "email", "offline_access")
_OFFLINE: Final = "offline_access"
# What a provider entered by hand takes from its server: what ends a sign-in, and what checks id
# tokens where they are asked for. All else stays as it was entered.
_ENDINGS: Final = frozenset(
    {
        "revocation_url",
        "introspection_url",
        "revocation_authentications",
        "introspection_authentications",
    }
)
_OF_ID_TOKENS: Final = frozenset(
    {"issuer", "issuer_in_callback", "jwks_url", "userinfo_url"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What an address led to.

    `resource` is the API that the address belongs to, where its metadata named the server
    (RFC 9728); `scopes` are those that it lists, `challenged` those that its challenge names.
    """

    metadata: ServerMetadata
    resource: str | None = None
    scopes: tuple[str, ...] = ()
    challenged: tuple[str, ...] = ()

    def offered(self) -> str:
        """Return the scopes to choose from, the first of many, after a colon; empty where none are named."""
        offered = self.scopes or self.metadata.scopes_supported
        return f": {', '.join(offered[:_MOST_SCOPES])}" if offered else ""

    def preset_scopes(self) -> tuple[str, ...]:
        """Return what is asked for unless the person changes it.

        An API says what it needs in its challenge, or else in its metadata. Of another server, it is
        what people sign in with.
        """
        supported = self.metadata.scopes_supported
        wanted = self.challenged or self.scopes
        if not wanted:
            usual = () if self.resource else _USUAL_SCOPES
            return tuple(scope for scope in usual if scope in supported)
        preset = [scope for scope in usable_scopes(wanted) if scope != _OFFLINE]
        # Without it, some servers issue no refresh token; others refuse a scope they do not know.
        return (*preset, _OFFLINE) if _OFFLINE in supported else tuple(preset)

    def endpoints(self) -> dict[str, Any]:
        """Return what the form does not show, in the catalogue's shape."""
        server = self.metadata.as_server()
        shown = {
            "issuer": server.issuer,
            "pushed_authorization_url": server.pushed_authorization_url,
            "revocation_url": server.revocation_url,
            "introspection_url": server.introspection_url,
            "registration_url": server.registration_url,
            "userinfo_url": server.userinfo_url,
            "jwks_url": server.jwks_url,
            "issuer_in_callback": server.issuer_in_callback,
            "revocation_authentications": list(server.revocation_authentications),
            "introspection_authentications": list(server.introspection_authentications),
            "client_id_metadata_document": server.client_id_metadata_document,
        }
        known = {key: value for key, value in shown.items() if value}
        return {**known, "require_pushed": server.require_pushed}

    def beside_the_form(
        self, *, id_tokens: bool, signs: bool = False
    ) -> dict[str, Any]:
        """Return what a provider entered by hand takes from its server, as in the catalogue.

        `id_tokens` is whether its sign-ins ask for them, `signs` whether its clients sign: for the
        issuer (RFC 7523, 3).
        """
        taken = _ENDINGS | _OF_ID_TOKENS if id_tokens else _ENDINGS
        if signs:
            taken |= {"issuer"}
        return {key: value for key, value in self.endpoints().items() if key in taken}

    def addresses(self) -> frozenset[str]:
        """Return the endpoints that a person signs in at, as a form sends them."""
        published = (self.metadata.authorize_url, self.metadata.token_url)
        return frozenset(str(parse_url(url)) for url in published if url)

    def hosts(self) -> frozenset[str]:
        """Return the hosts of all endpoints."""
        return frozenset(parse_url(url).host or "" for url in self.metadata.endpoints())

    def is_of(self, token_url: str) -> bool:
        """Tell whether this is the server that has a token endpoint."""
        return parse_url(self.metadata.token_url) == parse_url(token_url)
