"""A service as JSON: shared without its secrets, and parsed by the catalogue's own schema."""

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
_MAX_DEFINITION_CHARACTERS: Final = 256 * 1024
# The fields whose members have a name and a value, which may be secret. Those of `token_fields` have two
# names. The last two are fields of known resources.
_FIELDS_WITH_VALUES: Final = (
    *(each for each in PAIRS if each != "token_fields"),
    *("api_headers", "api_query", "exchange_parameters", "renewal_parameters"),
    *("headers", "query"),
)
# The objects in a provider that are requests, with a URL of their own.
_REQUESTS: Final = ("identity", "first_request")
_RESOURCES: Final = "known_resources"
# The requests of a known resource that list what it is of.
_LEVELS: Final = "of"
_CHECKED_URLS: Final = ("authorize_url", "token_url", "device_authorization_url")
# What a person looks for first, in the order of the form.
_FIRST_FIELDS: Final = ("name", "authorize_url", "token_url", "api_base_url", "scopes")
# Stands for the id, which is made of the name later.
_TEMPORARY_ID: Final = "user"
# Values that are not secret, whatever their names: placeholders, and flags.
_HARMLESS_VALUE: Final = re.compile(r"\{\w{1,40}\}|\A(?:true|false)\Z")
_SEPARATORS: Final = re.compile(r"[^A-Za-z0-9]+")


class InvalidDefinition(ValueError):
    """A text does not describe a service. `key` is that of the message, `place` says where it is wrong."""

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
    raw = provider.as_dict()
    shared = _without_secrets(raw)
    del shared["id"]
    for key in raw.keys() & {*_REQUESTS}:
        shared[key] = _without_secrets(raw[key])
    if resources := raw.get(_RESOURCES):
        shared[_RESOURCES] = [
            _without_secrets(each) | _shared_levels(each) for each in resources
        ]
    first = {key: shared.pop(key) for key in _FIRST_FIELDS if key in shared}
    return json.dumps({**first, **shared}, indent=2, default=list, ensure_ascii=False)


def left_out(provider: Provider) -> list[str]:
    """Return the names of what is left out when a provider is shared."""
    raw = provider.as_dict()
    requests = (raw[key] for key in _REQUESTS if key in raw)
    resources = raw.get(_RESOURCES, ())
    levels = (level for each in resources for level in each.get(_LEVELS, ()))
    found = [
        name
        for each in (raw, *requests, *resources, *levels)
        for name in _secret_names(each)
    ]
    return list(dict.fromkeys(found))


def read_definition(text: str, *, before: Provider | None = None) -> dict[str, Any]:
    """Return a service that was pasted, in the catalogue's format without an id.

    What was left out of the provider `before`, whose place it takes, is put back. Raises
    InvalidDefinition.
    """
    raw = _parsed_object(text)
    if before is not None:
        _put_all_back(raw, before.as_dict())
    try:
        provider = parse_provider({**raw, "id": _TEMPORARY_ID}, category=USER_CATEGORY)
        # They are parsed when they are used, which would be too late for an error here.
        _ = provider.known_resources
    except (InvalidProvider, InvalidVariable) as err:
        raise InvalidDefinition("definition_wrong", str(err)) from None
    for variable in provider.variables:
        # The forms have no labels for other variables.
        if variable.name not in KNOWN_VARIABLES:
            raise InvalidDefinition("variable_unknown", variable.name)
    if not provider.variables:
        _check_addresses(provider)
    return raw


def _put_all_back(raw: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Put what was left out of a shared provider back, unless the text has another value there."""
    _put_back(raw, before)
    for key in before.keys() & {*_REQUESTS}:
        _put_back(raw.get(key), before[key])
    by_id = {each["id"]: each for each in before.get(_RESOURCES, ())}
    resources = raw.get(_RESOURCES)
    # Not parsed yet: the text may have anything in this place.
    for each in resources if isinstance(resources, list) else ():
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            resource = by_id.get(each["id"], {})
            _put_back(each, resource)
            levels = each.get(_LEVELS)
            of = levels if isinstance(levels, list) else ()
            for level, before_it in zip(of, resource.get(_LEVELS, ()), strict=False):
                _put_back(level, before_it)


def _shared_levels(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return the levels of a known resource without what may be secret, as a part of it."""
    levels = resource.get(_LEVELS, ())
    return {_LEVELS: [*map(_without_secrets, levels)]} if levels else {}


def _put_back(raw: object, before: Mapping[str, Any]) -> None:
    if not isinstance(raw, dict):
        return
    for field, name in _secret_values(before):
        values = raw.setdefault(field, {})
        if isinstance(values, dict):
            values.setdefault(name, before[field][name])
    for field, url in _urls_with_secrets(before):
        if raw.get(field) == _url_without_secrets(url):
            raw[field] = url


def _parsed_object(text: str) -> dict[str, Any]:
    if len(text) > _MAX_DEFINITION_CHARACTERS:
        raise InvalidDefinition("definition_too_long")
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as err:
        raise InvalidDefinition("not_json", f"{err.lineno}:{err.colno}") from None
    except RecursionError:
        raise InvalidDefinition("definition_too_long") from None
    if not isinstance(raw, dict):
        raise InvalidDefinition("definition_wrong", "name")
    # Files of the catalogue have both. Here the id is made of the name, and the category is the user's.
    return {key: value for key, value in raw.items() if key not in ("id", "category")}


def _check_addresses(provider: Provider) -> None:
    addresses = {key: getattr(provider.server, key) for key in _CHECKED_URLS}
    addresses["api_base_url"] = provider.api_base_url
    for key, address in addresses.items():
        # It begins with a value of the token answer, whose host is checked against `value_hosts` later.
        if not address or address.startswith("{"):
            continue
        try:
            check_scheme(parse_url(address), allow_http=provider.allow_http)
        except RefusedByPolicy:
            raise InvalidDefinition("definition_address", key) from None


def _secret_values(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the field and the name of each value that may be secret."""
    for field in _FIELDS_WITH_VALUES:
        for name, value in raw.get(field, {}).items():
            if _may_be_secret(name) and not _HARMLESS_VALUE.search(value):
                yield field, name


def _urls_with_secrets(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the field and the value of each URL whose query has what may be secret."""
    for field, value in raw.items():
        if isinstance(value, str) and _secret_parameters(value):
            yield field, value


def _secret_parameters(url: str) -> list[str]:
    """Return the names in a URL's query whose values may be secret."""
    parameters = url.partition("?")[2].split("&")
    pairs = (parameter.partition("=") for parameter in parameters)
    return [
        name
        for name, _, value in pairs
        if name and _may_be_secret(name) and not _HARMLESS_VALUE.search(value)
    ]


def _secret_names(raw: Mapping[str, Any]) -> list[str]:
    """Return the names of all that may be secret in an object, but not in the objects within it."""
    names = [name for _, name in _secret_values(raw)]
    for _, url in _urls_with_secrets(raw):
        names += _secret_parameters(url)
    return names


def _without_secrets(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without what may be secret, and without fields that are empty then."""
    kept = dict(raw)
    for field, name in _secret_values(raw):
        kept[field] = {key: kept[field][key] for key in kept[field] if key != name}
    for field, url in _urls_with_secrets(raw):
        kept[field] = _url_without_secrets(url)
    return {key: value for key, value in kept.items() if value != {}}


def _url_without_secrets(url: str) -> str:
    base, _, query = url.partition("?")
    secret = _secret_parameters(url)
    kept = [each for each in query.split("&") if each.partition("=")[0] not in secret]
    return f"{base}?{'&'.join(kept)}" if kept else base


def _may_be_secret(name: str) -> bool:
    """Tell whether a name is that of a secret: `api_key` and `key`, but not `token_type`."""
    return kind_of(name) is not None or is_sent_secretly(_SEPARATORS.split(name)[-1])
