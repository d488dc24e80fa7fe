"""*Enter by hand*: the form of a provider, its checks, and the provider that is made of it."""

from collections.abc import Iterable, Mapping
import re
from typing import Any, Final

import voluptuous as vol
from yarl import URL

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ...catalogue import AUTHORIZATION_CODE, DEVICE_CODE, Summary
from ...definitions.account import CONF_GRANT_TYPE, CONF_SCOPES
from ...errors import message_key
from ...oauth2 import (
    BASIC,
    BASIC_UNENCODED,
    CLIENT_AUTHENTICATIONS,
    OAuth2Error,
    ServerMetadata,
    is_loopback,
)
from ...providers.entered import (
    API_TOKEN_HEADER,
    AUTHORIZE_PARAMETERS,
    DEVICE_PARAMETERS,
    PAIRS,
    TOKEN_PATH,
)
from ...providers.found import Found
from ...wire.host_policy import check_scheme, parse_url
from ..account_form import GRANT_TYPES, SECTION_DETAILS
from .form import CATALOGUE, DISCOVER, FOUND, MANUAL, way_field
from .search import service_named

CONF_AUTHORIZE_URL: Final = "authorize_url"
CONF_TOKEN_URL: Final = "token_url"
CONF_API_BASE_URL: Final = "api_base_url"
CONF_CLIENT_AUTHENTICATION: Final = "client_authentication"
CONF_PKCE: Final = "pkce"
CONF_DPOP: Final = "dpop"
CONF_REPEATS_NONCE: Final = "repeats_nonce"
CONF_SCOPE_SEPARATOR: Final = "scope_separator"
CONF_TOKEN_ENCODING: Final = "token_encoding"
CONF_ALLOW_HTTP: Final = "allow_http"
CONF_DEVICE_AUTHORIZATION_URL: Final = "device_authorization_url"
CONF_REVOCATION_URL: Final = "revocation_url"
CONF_GRANT_TYPES: Final = "grants"
CONF_RESOURCES: Final = "resources"
CONF_ISSUER: Final = "issuer"

# Placeholders, since Home Assistant allows no URLs in translations.
DISCOVERY_EXAMPLES: Final[Mapping[str, str]] = {
    "host_example": "example.com",
    "address_example": "https://api.example.com/v1",
}
MANUAL_EXAMPLES: Final[Mapping[str, str]] = {
    "authorize_example": "https://example.com/oauth/authorize",
    "token_example": "https://example.com/oauth/token",
    "api_example": "https://api.example.com/v1",
    "token_header_example": "X-Api-Token: {token}",
}

SEPARATORS: Final = {"space": " ", "comma": ","}
_URLS: Final = (CONF_AUTHORIZE_URL, CONF_TOKEN_URL, CONF_API_BASE_URL)
_NEEDED_URLS: Final = frozenset({CONF_TOKEN_URL, CONF_API_BASE_URL})
# The URLs in the section *Details*, and the error of each.
_SECTION_ERRORS: Final = {
    CONF_DEVICE_AUTHORIZATION_URL: "device_endpoint_wrong",
    CONF_REVOCATION_URL: "revocation_endpoint_wrong",
}
# RFC 8707, 2: an absolute URI without a fragment.
_RESOURCE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+")
# The values where metadata names none (RFC 8414, 2). Most such servers support more than these, so
# that the form offers everything then.
_DEFAULT_AUTHENTICATIONS: Final = ("client_secret_basic",)
_DEFAULT_GRANT_TYPES: Final = ("authorization_code", "implicit")
_S256: Final = "S256"
# The algorithm that our DPoP proofs are signed with (RFC 9449, 5.1).
_DPOP_ALGORITHM: Final = "ES256"
# The endpoint that a grant type needs.
_NEEDED_ENDPOINTS: Final = {
    AUTHORIZATION_CODE: CONF_AUTHORIZE_URL,
    DEVICE_CODE: CONF_DEVICE_AUTHORIZATION_URL,
}


def manual_schema(found: Found | None = None) -> vol.Schema:
    """Return the form of a provider, with the choices that a `found` server supports."""
    ways = [MANUAL, DISCOVER, CATALOGUE]
    if found is not None:
        ways = [FOUND, DISCOVER, MANUAL, CATALOGUE]
    metadata = None if found is None else found.metadata
    return vol.Schema({**_provider_fields(metadata), **way_field(*ways)})


def change_schema() -> vol.Schema:
    """Return the form of an existing provider."""
    return vol.Schema(_provider_fields(None))


def _provider_fields(metadata: ServerMetadata | None) -> dict[Any, Any]:
    # No text is required: the frontend would not let a person leave before it is filled in.
    return {
        vol.Optional(CONF_NAME): TextSelector(),
        vol.Optional(CONF_AUTHORIZE_URL): _url(),
        vol.Optional(CONF_TOKEN_URL): _url(),
        vol.Optional(CONF_API_BASE_URL): _url(),
        vol.Optional(CONF_SCOPES): TextSelector(),
        vol.Required(SECTION_DETAILS): section(
            _details_schema(metadata), {"collapsed": True}
        ),
    }


def _details_schema(metadata: ServerMetadata | None) -> vol.Schema:
    fields: dict[Any, Any] = {
        vol.Required(CONF_CLIENT_AUTHENTICATION, default="client_secret_post"): _choice(
            CONF_CLIENT_AUTHENTICATION, _client_authentications(metadata)
        ),
        vol.Required(CONF_PKCE, default=True): BooleanSelector(),
        vol.Required(CONF_DPOP, default=False): BooleanSelector(),
        vol.Required(CONF_SCOPE_SEPARATOR, default="space"): _choice(
            CONF_SCOPE_SEPARATOR, SEPARATORS
        ),
        vol.Required(CONF_TOKEN_ENCODING, default="form"): _choice(
            CONF_TOKEN_ENCODING, ("form", "json")
        ),
        vol.Required(CONF_GRANT_TYPES, default=[AUTHORIZATION_CODE]): SelectSelector(
            SelectSelectorConfig(
                options=_grant_types(metadata),
                multiple=True,
                translation_key=CONF_GRANT_TYPE,
            )
        ),
        vol.Optional(CONF_DEVICE_AUTHORIZATION_URL): _url(),
        vol.Optional(CONF_REVOCATION_URL): _url(),
        vol.Optional(CONF_ISSUER): _url(),
        vol.Optional(CONF_RESOURCES): _texts(),
        vol.Required(CONF_REPEATS_NONCE, default=True): BooleanSelector(),
        vol.Required(CONF_ALLOW_HTTP, default=False): BooleanSelector(),
        **{vol.Optional(name): _texts() for name in PAIRS},
        vol.Optional(TOKEN_PATH): TextSelector(),
        vol.Optional(API_TOKEN_HEADER): TextSelector(),
    }
    omitted = set() if metadata is None else _omitted(metadata)
    return vol.Schema(
        {key: field for key, field in fields.items() if str(key) not in omitted}
    )


def _client_authentications(metadata: ServerMetadata | None) -> list[str]:
    """Return the client authentications to offer for a server."""
    if metadata is None or metadata.client_authentications == _DEFAULT_AUTHENTICATIONS:
        return list(CLIENT_AUTHENTICATIONS)
    supported = set(metadata.client_authentications)
    if BASIC in supported:
        supported.add(BASIC_UNENCODED)
    return [name for name in CLIENT_AUTHENTICATIONS if name in supported]


def _grant_types(metadata: ServerMetadata | None) -> list[str]:
    """Return the grant types to offer for a server: those that it supports and has the endpoints for.

    Where it names none that we know, all that it has the endpoints for.
    """
    if metadata is None:
        return list(GRANT_TYPES)
    usable = [name for name in GRANT_TYPES if _has_endpoint(metadata, name)]
    if metadata.grant_types == _DEFAULT_GRANT_TYPES:
        return usable
    return _known_grant_types(metadata) or usable


def _known_grant_types(metadata: ServerMetadata) -> list[str]:
    return [
        grant_type
        for grant_type, name in GRANT_TYPES.items()
        if name in metadata.grant_types and _has_endpoint(metadata, grant_type)
    ]


def _has_endpoint(metadata: ServerMetadata, grant_type: str) -> bool:
    if grant_type == AUTHORIZATION_CODE:
        return metadata.authorize_url is not None
    return grant_type != DEVICE_CODE or metadata.device_authorization_url is not None


def _omitted(metadata: ServerMetadata) -> set[str]:
    """Return the fields to leave out: those that the server does not support, or publishes itself."""
    omitted = {CONF_ISSUER}
    if _DPOP_ALGORITHM not in metadata.dpop_algorithms:
        omitted.add(CONF_DPOP)
    methods = metadata.code_challenge_methods
    if methods is not None and _S256 not in methods:
        omitted.add(CONF_PKCE)
    if metadata.revocation_url is not None:
        omitted.add(CONF_REVOCATION_URL)
    if DEVICE_CODE not in _grant_types(metadata):
        omitted |= {CONF_DEVICE_AUTHORIZATION_URL, DEVICE_PARAMETERS}
    return omitted


def provider_from_form(
    form: Mapping[str, Any], named_hosts: frozenset[str]
) -> dict[str, Any]:
    """Return a filled-in form in the catalogue's format, without an id.

    `named_hosts` are hosts that a server named. All others were entered by a person.
    """
    details = form[SECTION_DETAILS]
    urls = {field: parse_url(text) for field, text in _typed_urls(form).items()}
    hosts = {url.host or "" for url in urls.values()}
    return {
        CONF_NAME: form[CONF_NAME].strip(),
        **{field: str(url) for field, url in urls.items()},
        "entered_hosts": sorted(hosts - named_hosts),
        CONF_SCOPES: form.get(CONF_SCOPES, "").replace(",", " ").split(),
        CONF_SCOPE_SEPARATOR: SEPARATORS[details[CONF_SCOPE_SEPARATOR]],
        CONF_RESOURCES: _resources(form),
        # The form lacks these where the server does not support them.
        CONF_PKCE: details.get(CONF_PKCE, False),
        CONF_DPOP: details.get(CONF_DPOP, False),
        CONF_REPEATS_NONCE: details.get(CONF_REPEATS_NONCE, True),
        **{
            field: details[field]
            for field in (
                CONF_CLIENT_AUTHENTICATION,
                CONF_TOKEN_ENCODING,
                CONF_GRANT_TYPES,
                CONF_ALLOW_HTTP,
            )
        },
    }


def issuer_from_form(form: Mapping[str, Any]) -> str:
    """Return the issuer that was typed, empty where none was."""
    return str(form[SECTION_DETAILS].get(CONF_ISSUER, "")).strip()


def form_from_found(found: Found, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the suggested values of a form for what a server publishes, and these `parameters`."""
    metadata, server = found.metadata, found.metadata.as_server()
    details = {
        CONF_CLIENT_AUTHENTICATION: server.client_authentication,
        CONF_PKCE: server.pkce,
        CONF_GRANT_TYPES: _known_grant_types(metadata) or _grant_types(metadata)[:1],
        CONF_DEVICE_AUTHORIZATION_URL: server.device_authorization_url or "",
        CONF_REVOCATION_URL: server.revocation_url or "",
        # Tokens are for the resource whose metadata led to the server (RFC 8707).
        CONF_RESOURCES: [] if found.resource is None else [found.resource],
        CONF_ALLOW_HTTP: is_plain_http(found),
        AUTHORIZE_PARAMETERS: [f"{name}={each}" for name, each in parameters.items()],
    }
    return {
        CONF_NAME: URL(metadata.issuer).host,
        CONF_AUTHORIZE_URL: server.authorize_url,
        CONF_TOKEN_URL: server.token_url,
        CONF_API_BASE_URL: found.resource or "",
        CONF_SCOPES: " ".join(found.preset_scopes()),
        SECTION_DETAILS: details,
    }


def is_plain_http(found: Found) -> bool:
    """Tell whether requests to the server are unencrypted, and leave this host."""
    url = URL(found.metadata.token_url)
    return url.scheme == "http" and not is_loopback(url.host or "")


def check_form(form: Mapping[str, Any], providers: Iterable[Summary]) -> dict[str, str]:
    """Return the errors of a form by field that are found without a request.

    `providers` are those whose names are taken.
    """
    details = form[SECTION_DETAILS]
    errors = {}
    name = form.get(CONF_NAME, "").strip()
    if not name:
        errors[CONF_NAME] = "name_missing"
    elif service_named(providers, name) is not None:
        errors[CONF_NAME] = "name_taken"
    typed = _typed_urls(form)
    for field in _NEEDED_URLS - typed.keys():
        errors[field] = "address_missing"
    for field, text in typed.items():
        if (error := _url_error(field, text, details[CONF_ALLOW_HTTP])) is not None:
            errors[field] = error
    if not details[CONF_GRANT_TYPES]:
        errors[CONF_GRANT_TYPES] = "no_grant"
    for grant_type in details[CONF_GRANT_TYPES]:
        needed = _NEEDED_ENDPOINTS.get(grant_type)
        if needed is not None and needed not in typed:
            errors[needed] = "endpoint_missing"
    if not all(_RESOURCE.fullmatch(resource) for resource in _resources(form)):
        errors[CONF_RESOURCES] = "resource_wrong"
    # These are shown above their section, so that each message names the field.
    return errors | {
        field: error for field, error in _SECTION_ERRORS.items() if field in errors
    }


def _resources(form: Mapping[str, Any]) -> list[str]:
    typed = form[SECTION_DETAILS].get(CONF_RESOURCES, [])
    return [resource.strip() for resource in typed if resource.strip()]


def _typed_urls(form: Mapping[str, Any]) -> dict[str, str]:
    """Return the URLs that were typed, by field."""
    typed = {field: form.get(field, "") for field in _URLS}
    details = form[SECTION_DETAILS]
    typed |= {field: details.get(field, "") for field in _SECTION_ERRORS}
    return {field: text for field, text in typed.items() if text.strip()}


def _url_error(field: str, text: str, allow_http: bool) -> str | None:
    try:
        url = parse_url(text)
        check_scheme(url, allow_http=allow_http)
    except OAuth2Error as err:
        return message_key(err)
    if field == CONF_API_BASE_URL and (url.query_string or url.fragment):
        return "not_a_base_url"
    return None


def _url() -> TextSelector:
    return TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


def _texts() -> TextSelector:
    return TextSelector(TextSelectorConfig(multiple=True))


def _choice(key: str, options: Iterable[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(options), translation_key=key)
    )
