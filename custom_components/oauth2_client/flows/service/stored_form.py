"""Fills in the form of an existing provider, and keeps what the form has no fields for."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.const import CONF_NAME

from ...catalogue import Provider
from ...definitions.account import CONF_SCOPES
from ...providers.entered import API_TOKEN_HEADER, PAIRS, TOKEN_PATH
from ...wire.host_policy import parse_url
from ..account_form import SECTION_DETAILS
from .manual_provider import (
    CONF_ALLOW_HTTP,
    CONF_API_BASE_URL,
    CONF_AUTHORIZE_URL,
    CONF_CLIENT_AUTHENTICATION,
    CONF_DEVICE_AUTHORIZATION_URL,
    CONF_DPOP,
    CONF_GRANT_TYPES,
    CONF_ISSUER,
    CONF_PKCE,
    CONF_REPEATS_NONCE,
    CONF_RESOURCES,
    CONF_REVOCATION_URL,
    CONF_SCOPE_SEPARATOR,
    CONF_TOKEN_ENCODING,
    CONF_TOKEN_URL,
    SEPARATORS,
)

_HEADERS: Final = "token_headers"
# The fields of a provider that the form sets. All others stay as they are.
_FORM_FIELDS: Final = frozenset(
    {
        "id",
        "entered_hosts",
        CONF_NAME,
        CONF_AUTHORIZE_URL,
        CONF_TOKEN_URL,
        CONF_API_BASE_URL,
        CONF_SCOPES,
        CONF_CLIENT_AUTHENTICATION,
        CONF_PKCE,
        CONF_DPOP,
        CONF_SCOPE_SEPARATOR,
        CONF_TOKEN_ENCODING,
        CONF_GRANT_TYPES,
        CONF_DEVICE_AUTHORIZATION_URL,
        CONF_REVOCATION_URL,
        CONF_RESOURCES,
        CONF_REPEATS_NONCE,
        CONF_ALLOW_HTTP,
        *PAIRS,
        TOKEN_PATH,
        API_TOKEN_HEADER,
    }
)
# Further fields that a server publishes. They do not apply to another server.
_PUBLISHED_FIELDS: Final = frozenset(
    {
        "issuer",
        "pushed_authorization_url",
        "introspection_url",
        "registration_url",
        "userinfo_url",
        "jwks_url",
        "issuer_in_callback",
        "revocation_authentications",
        "introspection_authentications",
        "client_id_metadata_document",
        "require_pushed",
    }
)


def fits_form(provider: Provider) -> bool:
    """Tell whether the form can show a provider: it has no variables, and a separator to choose."""
    separator = provider.server.scope_separator
    return not provider.variables and separator in SEPARATORS.values()


def form_from_provider(provider: Provider) -> dict[str, Any]:
    """Return a provider as suggested values of the form."""
    server = provider.server
    names = {separator: name for name, separator in SEPARATORS.items()}
    # Its further fields have the same names in the form and in the catalogue's format.
    raw = provider.as_dict()
    details: dict[str, Any] = {
        CONF_CLIENT_AUTHENTICATION: server.client_authentication,
        CONF_PKCE: server.pkce,
        CONF_DPOP: server.dpop,
        CONF_SCOPE_SEPARATOR: names[server.scope_separator],
        CONF_TOKEN_ENCODING: server.token_encoding,
        CONF_GRANT_TYPES: list(provider.grant_types),
        CONF_DEVICE_AUTHORIZATION_URL: server.device_authorization_url or "",
        CONF_REVOCATION_URL: server.revocation_url or "",
        CONF_ISSUER: server.issuer or "",
        CONF_RESOURCES: list(server.resources),
        CONF_REPEATS_NONCE: server.repeats_nonce,
        CONF_ALLOW_HTTP: provider.allow_http,
        TOKEN_PATH: ".".join(raw.get(TOKEN_PATH, ())),
        API_TOKEN_HEADER: raw.get(API_TOKEN_HEADER, ""),
    }
    for field in PAIRS:
        separator = ": " if field == _HEADERS else "="
        details[field] = [
            f"{key}{separator}{raw[field][key]}" for key in raw.get(field, ())
        ]
    return {
        CONF_NAME: provider.name,
        CONF_AUTHORIZE_URL: server.authorize_url or "",
        CONF_TOKEN_URL: server.token_url,
        CONF_API_BASE_URL: provider.api_base_url or "",
        CONF_SCOPES: " ".join(provider.scopes),
        SECTION_DETAILS: details,
    }


def beside_the_form(provider: Provider) -> dict[str, Any]:
    """Return the fields of a provider that its form lacks and no server publishes."""
    return {
        key: value
        for key, value in provider.as_dict().items()
        if key not in _FORM_FIELDS | _PUBLISHED_FIELDS
    }


def published_before(
    provider: Provider, raw: Mapping[str, Any], issuer: str
) -> dict[str, Any] | None:
    """Return what a provider's server has published, None where the form names another server."""
    server = provider.server
    if (server.token_url, server.issuer or "") != (raw[CONF_TOKEN_URL], issuer):
        return None
    return {
        key: value
        for key, value in provider.as_dict().items()
        if key in _PUBLISHED_FIELDS
    }


def sign_in_endpoints(provider: Provider) -> frozenset[str]:
    """Return the authorization and token endpoints, normalized as those of a form are."""
    server = provider.server
    return frozenset(
        str(parse_url(url)) for url in (server.authorize_url, server.token_url) if url
    )


def named_hosts(provider: Provider) -> frozenset[str]:
    """Return the hosts that the server named, and no person entered."""
    server = provider.server
    urls = (server.authorize_url, server.token_url, server.device_authorization_url)
    hosts = {
        urlsplit(url).hostname or "" for url in (*urls, server.revocation_url) if url
    }
    return frozenset(hosts) - set(provider.entered_hosts)
