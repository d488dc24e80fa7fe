"""The schema of a provider: one flat JSON object, as docs/contributing-providers.md describes it."""

from collections.abc import Mapping
from copy import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ..oauth2 import CLIENT_AUTHENTICATIONS, AuthorizationServer
from ..oauth2.frozen import Frozen
from .fields import (
    InvalidProvider,
    Reader,
    as_json,
    callback_names,
    day_counts,
    flag,
    headers,
    identifier,
    json_object,
    lifetime,
    lists,
    mapping,
    names,
    one_of,
    read_fields,
    requests,
    text,
    token_header,
    url,
)
from .identity import FirstRequest, Identity, first_request, identity

if TYPE_CHECKING:
    from .about import About
    from .known_resource import KnownResource
    from .variable import Variable

# The category of providers that a person entered or found; no file of the catalogue.
USER_CATEGORY: Final = "user"
# The grant types, which are the ways to sign in (RFC 6749, 4.1 and 4.4; RFC 8628, 3.4; RFC 7523, 2.1).
AUTHORIZATION_CODE: Final = "authorization_code"
DEVICE_CODE: Final = "device_code"
CLIENT_CREDENTIALS: Final = "client_credentials"
JWT_BEARER: Final = "jwt_bearer"
# The client signs in for itself, without a user who consents.
WITHOUT_PERSON: Final = frozenset({CLIENT_CREDENTIALS, JWT_BEARER})
_GRANT_TYPES: Final = frozenset({AUTHORIZATION_CODE, DEVICE_CODE, *WITHOUT_PERSON})

# When a token is renewed: near its end and at least once a day, since unused refresh tokens may expire;
# near its end; when it has expired; or near its end, but only when a request needs it.
DAILY: Final = "daily"
NEAR_END: Final = "near_end"
AT_END: Final = "at_end"
BEFORE_USE: Final = "before_use"

# The placeholder for the account's id, which the identity request returned.
_ACCOUNT_ID: Final = "account_id"


class Provider(Frozen, secret=("api_headers", "api_query", "secret_values")):
    """A service that can be connected.

    `grant_types`, `grants` in JSON, has the usual one first. `aliases` are other names to search for.
    The token is sent to the host of `api_base_url` and to `api_hosts`: in place of `{token}` in
    `api_token_header`, or as the query parameter `api_token_query`. `api_headers` and `api_query` are added
    to each request to the API, with `{client_id}` and `{client_secret}` filled in. `value_hosts` lists, by
    value of the sign-in, the domains that the value may be a host of; other values are never a host.
    `allow_http` allows plain http within the home. `entered_hosts` are the hosts that a person typed;
    a server named the others. `secret_values` are the values of secret variables.
    """

    id: str
    name: str
    category: str
    aliases: tuple[str, ...] = ()
    server: AuthorizationServer
    api_base_url: str | None = None
    api_hosts: tuple[str, ...] = ()
    api_headers: Mapping[str, str] = {}
    api_token_header: str = "Authorization: Bearer {token}"
    api_query: Mapping[str, str] = {}
    api_token_query: str | None = None
    value_hosts: Mapping[str, tuple[str, ...]] = {}
    scopes: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = (AUTHORIZATION_CODE,)
    variables: tuple[Variable, ...] = ()
    identity: Identity | None = None
    first_request: FirstRequest | None = None
    # The id of a client without a secret that the service provides for everybody.
    shared_client_id: str | None = None
    # Not parsed: only forms need it.
    about_json: Mapping[str, Any] = {}
    # Not parsed: only forms need them.
    known_resources_json: tuple[Mapping[str, Any], ...] = ()
    console_url: str | None = None
    docs_url: str | None = None
    allow_http: bool = False
    entered_hosts: tuple[str, ...] = ()
    # After how many days the service ends a grant, by the reason for that.
    grant_ends: Mapping[str, int] = {}
    secret_values: tuple[str, ...] = ()
    renew: str = DAILY

    @property
    def naming_server(self) -> str:
        """The URL of the server that named the addresses that a person did not type."""
        return self.server.issuer or self.server.token_url

    def named_by(self, url: str) -> str | None:
        """Return the URL of the server that named one of the provider's addresses.

        None where the catalogue or a person named it, or where it is at the naming server's own host.
        """
        host = urlsplit(url).hostname
        own = urlsplit(self.naming_server).hostname
        if self.category != USER_CATEGORY or host in (own, *self.entered_hosts):
            return None
        return self.naming_server

    @property
    def shows_secret(self) -> bool:
        """Whether the client secret is sent to the API, or in headers or queries of token requests."""
        server = self.server
        shown = (
            *(self.api_headers, self.api_query),
            *(server.token_headers, server.exchange_parameters),
        )
        return any(
            "{client_secret}" in text for each in shown for text in each.values()
        )

    @property
    def about(self) -> About:
        """What a person should know of the service. Raises InvalidProvider."""
        from .about import parse_about  # noqa: PLC0415 - for forms only

        return parse_about(self.about_json)

    @property
    def known_resources(self) -> tuple[KnownResource, ...]:
        """The resources that forms offer by name. Raises InvalidProvider."""
        from .known_resource import parse_known_resource  # noqa: PLC0415 - for forms only

        known = tuple(map(parse_known_resource, self.known_resources_json))
        if len({resource.id for resource in known}) < len(known):
            raise InvalidProvider("known_resources: id")
        return known

    def clean_variables(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return normalized values of the provider's variables.

        Raises InvalidVariable.
        """
        return {
            # An account from before the variable was added has no value for it.
            variable.name: variable.clean(
                values.get(variable.name, variable.default or "")
            )
            for variable in self.variables
        }

    def resolve(self, values: Mapping[str, str]) -> Provider:
        """Return the provider with its variables filled in.

        A value that is an http URL at home sets `allow_http`: the user who typed it consents.

        Raises InvalidVariable.
        """
        if not self.variables:
            return self
        from .filling import Value, filled  # noqa: PLC0415 - few providers have variables
        from .variable import allows_http  # noqa: PLC0415 - as above

        cleaned = self.clean_variables(values)
        secret = {each.name for each in self.variables if each.is_secret}
        written = {
            name: Value(text=text, is_clean=True, is_secret=name in secret)
            for name, text in cleaned.items()
        }
        return replace(
            filled(self, written),
            variables=(),
            allow_http=self.allow_http or any(map(allows_http, cleaned.values())),
            secret_values=tuple(cleaned[name] for name in sorted(secret)),
        )

    def signed_in(
        self, values: Mapping[str, str], account_id: str | None = None
    ) -> Provider:
        """Return the provider with valid values of the sign-in filled in."""
        known = {
            name: values[name]
            for name in (*self.server.token_values, *self.server.callback_values)
            if name in values
        }
        if account_id is not None and _ACCOUNT_ID not in known and self._names_account:
            known[_ACCOUNT_ID] = account_id
        if not known:
            return self
        from .filling import filled, fitting  # noqa: PLC0415 - few sign-ins return values

        return filled(self, fitting(known, self.value_hosts))

    @property
    def _names_account(self) -> bool:
        named = (self.known_resources_json, self.api_headers, self.api_query)
        return f"{{{_ACCOUNT_ID}}}" in repr(named)

    def as_dict(self) -> dict[str, Any]:
        """Return what `parse_provider` takes, without secret values and fields with default values."""
        own: dict[str, Any] = as_json(self)
        server = own.pop("server")
        del own["category"]
        own.pop("secret_values", None)
        for key, name in _FIELDS.items():
            if name in own:
                own[key] = own.pop(name)
        return {**own, **server}


def parse_provider(raw: Mapping[str, Any], *, category: str) -> Provider:
    """Return the provider of a JSON object. Raises InvalidProvider, which names the key."""
    unknown = raw.keys() - _SERVER.keys() - _PROVIDER.keys()
    if unknown:
        raise InvalidProvider(min(unknown))
    server = AuthorizationServer(**read_fields(raw, _SERVER, required=("token_url",)))
    own = read_fields(raw, _PROVIDER, required=("id", "name"))
    for key, name in _FIELDS.items():
        if key in own:
            own[name] = own.pop(key)
    provider = Provider(category=category, server=server, **own)
    free = {*server.token_values, *server.callback_values} - provider.value_hosts.keys()
    if provider.variables or free:
        from .variable import check_hosts, free_names  # noqa: PLC0415 - few providers have any

        # For the user's own provider, hosts and values of variables are typed by the same person.
        is_own = category == USER_CATEGORY
        typed = () if is_own else free_names(provider.variables)
        check_hosts(raw, {*free, *typed})
    return provider


def _grant_types(raw: object, where: str) -> tuple[str, ...]:
    grant_types = names(raw, where)
    if not grant_types or set(grant_types) - _GRANT_TYPES:
        raise InvalidProvider(where)
    return grant_types


def _variables(raw: object, where: str) -> tuple[Variable, ...]:
    from .variable import variables  # noqa: PLC0415 - few providers have variables

    return variables(raw, where)


_SERVER_URLS: Final = (
    "authorize_url",
    "token_url",
    "refresh_url",
    "issuer",
    "device_authorization_url",
    "pushed_authorization_url",
    "revocation_url",
    "introspection_url",
    "registration_url",
    "userinfo_url",
    "jwks_url",
    "exchange_url",
    "renewal_url",
)

_SERVER: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(_SERVER_URLS, url),
    "require_pushed": flag,
    "issuer_in_callback": flag,
    "dpop": flag,
    "client_id_metadata_document": flag,
    "resources": names,
    # RFC 7591, 2.
    "client_authentication": one_of(*CLIENT_AUTHENTICATIONS),
    # RFC 7523, 3.
    "assertion_audience": one_of("issuer", "endpoint", "token_endpoint"),
    "revocation_authentications": names,
    "introspection_authentications": names,
    "token_encoding": one_of("form", "json", "query"),
    "token_method": one_of("POST", "GET"),
    "parameter_names": mapping,
    "token_parameter_names": mapping,
    "callback_names": callback_names,
    "scope_separator": text,
    "pkce": flag,
    # RFC 7636, 4.3.
    "code_challenge_method": one_of("S256", "plain"),
    "device_pkce": flag,
    "repeats_nonce": flag,
    "authorize_parameters": mapping,
    "device_parameters": mapping,
    "token_parameters": mapping,
    "refresh_parameters": mapping,
    "token_headers": headers,
    "token_path": names,
    "token_fields": mapping,
    "token_errors": mapping,
    "token_lifetime": lifetime,
    "token_values": mapping,
    "callback_values": mapping,
    "exchange_parameters": mapping,
    "renewal_parameters": mapping,
}
# The names in JSON, which are also those in storage, of fields with another name.
_FIELDS: Final[Mapping[str, str]] = {
    "grants": "grant_types",
    "known_resources": "known_resources_json",
    "about": "about_json",
}
_PROVIDER: Final[Mapping[str, Reader]] = {
    "id": identifier,
    "name": text,
    "aliases": names,
    "api_base_url": url,
    "api_hosts": names,
    "api_headers": headers,
    "api_token_header": token_header,
    "api_query": mapping,
    "api_token_query": text,
    "value_hosts": lists,
    "scopes": names,
    "grants": _grant_types,
    "variables": _variables,
    "identity": identity,
    "first_request": first_request,
    "shared_client_id": text,
    "about": json_object,
    "known_resources": requests,
    "console_url": url,
    "docs_url": url,
    "allow_http": flag,
    "entered_hosts": names,
    "grant_ends": day_counts,
    "renew": one_of(DAILY, NEAR_END, AT_END, BEFORE_USE),
}
