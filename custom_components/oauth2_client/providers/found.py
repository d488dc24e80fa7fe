"""The result of *Find by address*, as its form shows it."""

from dataclasses import dataclass
from typing import Any, Final

from ..oauth2 import ServerMetadata, usable_scopes
from ..wire.host_policy import parse_url

# How many scopes a form shows.
_MAX_SHOWN_SCOPES: Final = 30
# Preset without an API: scopes for a sign-in alone. The user chooses the API's scopes.
_USUAL_SCOPES: Final = ("openid", "profile", "email", "offline_access")
_OFFLINE: Final = "offline_access"
# The metadata that is added to a provider entered by hand: for ending a grant, and for checking id
# tokens where they are requested. All other fields stay as they were entered.
_ENDING_FIELDS: Final = frozenset(
    {
        "revocation_url",
        "introspection_url",
        "revocation_authentications",
        "introspection_authentications",
    }
)
_ID_TOKEN_FIELDS: Final = frozenset(
    {"issuer", "issuer_in_callback", "jwks_url", "userinfo_url"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The metadata that was found for an address.

    `resource` is the API at the address, where the API's metadata named the server (RFC 9728). `scopes`
    are those in the API's metadata, `challenged` those in its challenge.
    """

    metadata: ServerMetadata
    resource: str | None = None
    scopes: tuple[str, ...] = ()
    challenged: tuple[str, ...] = ()

    def offered(self) -> str:
        """Return the scopes to choose from, at most `_MAX_SHOWN_SCOPES`, after a colon; empty without any."""
        offered = self.scopes or self.metadata.scopes_supported
        return f": {', '.join(offered[:_MAX_SHOWN_SCOPES])}" if offered else ""

    def preset_scopes(self) -> tuple[str, ...]:
        """Return the scopes that a form presets.

        For an API, those of its challenge or else of its metadata. Without either, the usual scopes of a
        sign-in that the server supports.
        """
        supported = self.metadata.scopes_supported
        api_scopes = self.challenged or self.scopes
        if not api_scopes:
            usual = () if self.resource else _USUAL_SCOPES
            return tuple(scope for scope in usual if scope in supported)
        preset = [scope for scope in usable_scopes(api_scopes) if scope != _OFFLINE]
        # Some servers issue no refresh token without this scope; others refuse unknown scopes.
        return (*preset, _OFFLINE) if _OFFLINE in supported else tuple(preset)

    def endpoints(self) -> dict[str, Any]:
        """Return the metadata that the form does not show, as fields of a provider."""
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
        """Return the metadata that is added to a provider entered by hand, as fields of a provider.

        `id_tokens`: sign-ins request an id token. `signs`: clients sign assertions, whose audience is the
        issuer (RFC 7523, 3).
        """
        names = _ENDING_FIELDS | _ID_TOKEN_FIELDS if id_tokens else _ENDING_FIELDS
        if signs:
            names |= {"issuer"}
        return {key: value for key, value in self.endpoints().items() if key in names}

    def addresses(self) -> frozenset[str]:
        """Return the authorization and token endpoints, in the spelling of `parse_url`."""
        published = (self.metadata.authorize_url, self.metadata.token_url)
        return frozenset(str(parse_url(url)) for url in published if url)

    def hosts(self) -> frozenset[str]:
        """Return the hosts of all endpoints."""
        return frozenset(parse_url(url).host or "" for url in self.metadata.endpoints())

    def is_of(self, token_url: str) -> bool:
        """Tell whether this is the server with a token endpoint."""
        return parse_url(self.metadata.token_url) == parse_url(token_url)
