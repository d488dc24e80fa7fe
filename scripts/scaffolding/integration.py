"""The integration that is to be written, as the templates read it."""

from collections.abc import Iterator, Mapping
from copy import replace
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from custom_components.oauth2_client.catalogue import Provider
from custom_components.oauth2_client.oauth2 import AuthorizationServer

from ..catalogue_data.conditions import WORDS
from .account_id import CLIENT, AccountId, account_id_of
from .expressions import Untranslatable, text_expression
from .limits import limits
from .names import plain, title_of
from .resources import PLACEHOLDERS, Entity, Resource, has_host, resources_of


@dataclass(frozen=True, kw_only=True)
class Integration:
    """An integration that is to be written.

    `is_account`: it uses an account of OAuth2 Client. `limits` are sentences on what it cannot do of the
    provider, `left_to_author` on what has to be written by hand.
    """

    domain: str
    title: str
    provider: Provider
    is_account: bool
    has_yaml: bool
    resources: tuple[Resource, ...]
    account_id: AccountId | None
    limits: tuple[str, ...]
    left_to_author: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What the names of classes begin with."""
        return "".join(word.title() for word in self.domain.split("_"))

    @property
    def server(self) -> AuthorizationServer:
        """The authorization server."""
        return self.provider.server

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes to ask for: the provider's, and those of the known resources."""
        provider = self.provider
        wanted = provider.scopes or provider.about.scopes
        more = (scope for each in provider.known_resources for scope in each.scopes)
        return tuple(dict.fromkeys((*wanted, *more)))

    @property
    def authorize_url(self) -> str:
        """The authorization endpoint without its query, which some versions of core's helper drop."""
        return self.server.authorize_url.partition("?")[0]

    @property
    def authorize_parameters(self) -> dict[str, str]:
        """The parameters of the authorization URL besides those of core's helper."""
        own = parse_qsl(urlsplit(self.server.authorize_url).query)
        names = self.server.parameter_names
        separator = self.server.scope_separator
        scopes = {names.get("scope", "scope"): separator.join(self.scopes)}
        parameters = {
            key: text.replace("{scopes}", separator.join(self.scopes))
            for key, text in self.server.authorize_parameters.items()
        }
        return {**dict(own), **(scopes if self.scopes else {}), **parameters}

    @property
    def scope_parameter(self) -> str | None:
        """The parameter that has only scopes, None where there are not several scopes."""
        name = self.server.parameter_names.get("scope", "scope")
        joined = self.server.scope_separator.join(self.scopes)
        is_list = self.authorize_parameters.get(name) == joined
        return name if is_list and len(self.scopes) > 1 else None

    @property
    def refresh_parameters(self) -> dict[str, str]:
        """The parameters of a refresh, without those with the redirect URI, which is not known then."""
        return {
            key: text
            for key, text in self.server.refresh_parameters.items()
            if "{redirect_uri}" not in text
        }

    @property
    def token_parameter_names(self) -> dict[str, str]:
        """The provider's own names of parameters in token requests, by the usual ones."""
        server = self.server
        return {**server.parameter_names, **server.token_parameter_names}

    @property
    def is_basic(self) -> bool:
        """Whether clients authenticate in the Authorization header (RFC 6749, 2.3.1)."""
        return self.server.client_authentication.startswith("client_secret_basic")

    @property
    def encodes_basic(self) -> bool:
        """Whether client id and secret are form-encoded there, as RFC 6749, 2.3.1 requires."""
        return self.server.client_authentication == "client_secret_basic"

    @property
    def token_request_argument(self) -> str:
        """The argument of aiohttp's request that takes the parameters of a token request."""
        if self.server.token_method == "GET" or self.server.token_encoding == "query":
            return "params"
        return "json" if self.server.token_encoding == "json" else "data"

    @property
    def api_base_url(self) -> str:
        """The base URL of the API, empty where there is none."""
        return self.provider.api_base_url or ""

    @property
    def token_header(self) -> tuple[str, str]:
        """The name of the header that has the token, and what is before the token in it."""
        name, _, value = self.provider.api_token_header.partition(": ")
        return name, value.removesuffix("{token}")

    @property
    def api_headers(self) -> dict[str, str]:
        """The headers of each request to the API, as expressions."""
        return _filled(self.provider.api_headers)

    @property
    def api_query(self) -> dict[str, str]:
        """The parameters of each request to the API, as expressions."""
        return _filled(self.provider.api_query)

    @property
    def needs_client(self) -> bool:
        """Whether requests to the API contain the client id or secret."""
        written = repr((self.api_headers, self.api_query))
        return any(name in written for name in CLIENT.values())

    @property
    def needs_account_id(self) -> bool:
        """Whether requests to the API contain the account's id."""
        return "self._account_id" in repr(self.resources)

    @property
    def sensors(self) -> tuple[Entity, ...]:
        """All sensors."""
        return tuple(entity for each in self.resources for entity in each.sensors)

    @property
    def binary_sensors(self) -> tuple[Entity, ...]:
        """All binary sensors."""
        return tuple(
            entity for each in self.resources for entity in each.binary_sensors
        )

    @property
    def paged(self) -> tuple[Resource, ...]:
        """The resources whose answers come in pages."""
        return tuple(each for each in self.resources if each.pages)

    def pages_use(self, name: str) -> bool:
        """Tell whether the paging of any resource has this property."""
        return any(getattr(each.pages, name) for each in self.paged)

    def sensors_use(self, name: str) -> bool:
        """Tell whether the expression of any sensor contains this name."""
        return any(name in each.value for each in self.sensors)

    def binary_sensors_use(self, name: str) -> bool:
        """Tell whether the expression of any binary sensor contains this name."""
        return any(name in each.value for each in self.binary_sensors)

    @property
    def request_expressions(self) -> str:
        """All expressions of requests as one text, in which templates look for names."""
        return repr([(e.url, e.query, e.headers, e.body) for e in self.resources])

    @property
    def uses_base_url(self) -> bool:
        """Whether the URL of any request is relative to the API's base URL."""
        account = (self.account_id.url,) if self.account_id else ()
        urls = (*account, *(each.url for each in self.resources))
        return any(url is not None and "://" not in url for url in urls)

    @property
    def platforms(self) -> tuple[str, ...]:
        """The names of the platforms, in alphabetical order. Without any entity, there is `sensor`."""
        return ("binary_sensor", "sensor") if self.binary_sensors else ("sensor",)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The provider's conditions, in sentences."""
        return tuple(
            f"{words[0].upper()}{words[1:]}."
            for each in self.provider.about.conditions
            for words in [WORDS[each.kind].format_map(each.values)]
        )

    @property
    def console_url(self) -> str:
        """Where applications are registered, or what is nearest to it."""
        provider = self.provider
        about = provider.about.console_url
        return provider.console_url or about or provider.docs_url or self.authorize_url


def integration_of(
    provider: Provider, domain: str, *, is_account: bool, has_yaml: bool
) -> Integration:
    """Return the integration that is to be written for a provider."""
    provider = replace(provider, name=plain(provider.name))
    left_to_author: list[str] = []
    placeholders = {} if is_account else PLACEHOLDERS
    resources = tuple(resources_of(provider, placeholders, left_to_author))
    account_id = account_id_of(provider)
    if account_id and account_id.url and not is_account:
        account_id = account_id if has_host(provider, account_id.url) else None
    if not resources and account_id and account_id.can_be_shown(is_account=is_account):
        resources = (account_id.resource(),)
    if is_account:
        # OAuth2 Client identifies the account.
        account_id = None
    return Integration(
        domain=domain,
        title=title_of(domain, provider),
        provider=provider,
        is_account=is_account,
        has_yaml=has_yaml,
        resources=resources,
        account_id=account_id,
        limits=() if is_account else tuple(limits(provider)),
        left_to_author=tuple(left_to_author),
    )


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    """Return expressions for texts with placeholders of the client. Texts with others are left out."""
    return dict(_fillable(texts))


def _fillable(texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        try:
            yield name, text_expression(text, CLIENT)
        except Untranslatable:
            continue
