"""A service as JSON: without secrets to share, and read again by the catalogue's own schema."""

from collections.abc import Iterator, Mapping
import json
import re
from typing import Any, Final

import voluptuous as vol

from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ...api.secret_names import is_sent_secretly, kind_of
from ...catalogue import (
    USER_CATEGORY,
    InvalidProvider,
    InvalidVariable,
    Provider,
    parse_provider,
)
from ...oauth2 import RefusedByPolicy
from ...providers.entered import PAIRS
from ...wire.host_policy import check_scheme, parse_url
from .form import KNOWN_VARIABLES

CONF_DEFINITION: Final = "definition"
_LONGEST_DEFINITION: Final = 256 * 1024
# What these hold are names of an answer or of a request, not values.
_NAMES: Final = frozenset({"parameter_names", "token_fields"})
_NAMED_VALUES: Final = (
    *(each for each in PAIRS if each not in _NAMES),
    *("api_headers", "api_query", "exchange_parameters", "renewal_parameters"),
)
_URLS_OF_SERVER: Final = ("authorize_url", "token_url", "device_authorization_url")
# What a person looks for first, in the order of the form.
_FIRST: Final = ("name", "authorize_url", "token_url", "api_base_url", "scopes")
# Stands in for the id, which is made from the name later.
_NO_ID: Final = "user"
# Values that are no secrets, whatever their names: a placeholder of each request, or a flag.
_IS_SHOWN: Final = re.compile(r"\{\w{1,40}\}|\A(?:true|false)\Z")
_SEPARATORS: Final = re.compile(r"[^A-Za-z0-9]+")


class InvalidDefinition(ValueError):
    """A text does not describe a service. `key` is the message's, `place` what is wrong."""

    def __init__(self, key: str, place: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.place = place


def definition_schema() -> vol.Schema:
    """Return the form for a service as JSON."""
    text = TextSelector(TextSelectorConfig(multiline=True))
    return vol.Schema({vol.Optional(CONF_DEFINITION): text})


def shared_definition(provider: Provider) -> str:
    """Return a provider as JSON, without its id and without what may be secret."""
    raw = {key: value for key, value in provider.as_dict().items() if key != "id"}
    for field, name in _secret_values(raw):
        raw[field] = {key: raw[field][key] for key in raw[field] if key != name}
    for field, url in _addresses_with_secrets(raw):
        raw[field] = _without_secrets(url)
    shared = {key: value for key, value in raw.items() if value != {}}
    first = {key: shared.pop(key) for key in _FIRST if key in shared}
    return json.dumps({**first, **shared}, indent=2, default=list, ensure_ascii=False)


def left_out(provider: Provider) -> list[str]:
    """Return the names of what is left out when a provider is shared."""
    raw = provider.as_dict()
    addresses = [
        name for _, url in _addresses_with_secrets(raw) for name in _secrets_of(url)
    ]
    return [*(name for _, name in _secret_values(raw)), *addresses]


def read_definition(text: str, *, before: Provider | None = None) -> dict[str, Any]:
    """Return a service that was pasted, in the catalogue's shape without an id.

    Where it takes the place of a provider, what was left out of that one stays. Raises
    InvalidDefinition.
    """
    raw = _object(text)
    if before is not None:
        _put_back(raw, before.as_dict())
    try:
        provider = parse_provider({**raw, "id": _NO_ID}, category=USER_CATEGORY)
        # Parsed when they are offered, which would be too late to say that they are wrong.
        _ = provider.known_resources
    except (InvalidProvider, InvalidVariable) as err:
        raise InvalidDefinition("definition_wrong", str(err)) from None
    for variable in provider.variables:
        # The forms have no texts for other variables.
        if variable.name not in KNOWN_VARIABLES:
            raise InvalidDefinition("variable_unknown", variable.name)
    if not provider.variables:
        _check_addresses(provider)
    return raw


def _put_back(raw: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Put what was left out of a shared provider where it was, unless it was written anew."""
    for field, name in _secret_values(before):
        values = raw.setdefault(field, {})
        if isinstance(values, dict):
            values.setdefault(name, before[field][name])
    for field, url in _addresses_with_secrets(before):
        if raw.get(field) == _without_secrets(url):
            raw[field] = url


def _object(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST_DEFINITION:
        raise InvalidDefinition("definition_too_long")
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as err:
        raise InvalidDefinition("not_json", f"{err.lineno}:{err.colno}") from None
    except RecursionError:
        raise InvalidDefinition("definition_too_long") from None
    if not isinstance(raw, dict):
        raise InvalidDefinition("definition_wrong", "name")
    # Files of the catalogue have both; here the name makes the id.
    return {key: value for key, value in raw.items() if key not in ("id", "category")}


def _check_addresses(provider: Provider) -> None:
    addresses = {key: getattr(provider.server, key) for key in _URLS_OF_SERVER}
    addresses["api_base_url"] = provider.api_base_url
    for key, address in addresses.items():
        # What is taken from a token answer leads to the hosts of `value_hosts` only.
        if not address or address.startswith("{"):
            continue
        try:
            check_scheme(parse_url(address), allow_http=provider.allow_http)
        except RefusedByPolicy:
            raise InvalidDefinition("definition_address", key) from None


def _secret_values(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the field and the name of each value that may be secret."""
    for field in _NAMED_VALUES:
        for name, value in raw.get(field, {}).items():
            if _may_be_secret(name) and not _IS_SHOWN.search(value):
                yield field, name


def _addresses_with_secrets(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the field and the value of each address with what may be secret in its query."""
    for field, value in raw.items():
        if isinstance(value, str) and _secrets_of(value):
            yield field, value


def _secrets_of(url: str) -> list[str]:
    """Return the names in an address's query whose values may be secret."""
    parameters = url.partition("?")[2].split("&")
    names = [parameter.partition("=")[0] for parameter in parameters]
    return [name for name in names if name and _may_be_secret(name)]


def _without_secrets(url: str) -> str:
    base, _, query = url.partition("?")
    secret = _secrets_of(url)
    kept = [each for each in query.split("&") if each.partition("=")[0] not in secret]
    return f"{base}?{'&'.join(kept)}" if kept else base


def _may_be_secret(name: str) -> bool:
    """Return whether a name is that of a secret: `api_key` and `key`, but not `token_type`."""
    return kind_of(name) is not None or is_sent_secretly(_SEPARATORS.split(name)[-1])
