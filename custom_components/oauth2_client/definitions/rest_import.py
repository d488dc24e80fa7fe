"""Turns the YAML of `rest:` sensors into resources, and notes what works differently."""

from collections.abc import Callable, Iterator, Mapping
import re
from typing import Any, Final, NamedTuple

import voluptuous as vol

from homeassistant.components.binary_sensor import BinarySensorDeviceClass  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    CONF_DEVICE_CLASS,
    CONF_HEADERS,
    CONF_METHOD,
    CONF_NAME,
    CONF_PARAMS,
    CONF_PAYLOAD,
    CONF_PLATFORM,
    CONF_RESOURCE,
    CONF_RESOURCE_TEMPLATE,
    CONF_SCAN_INTERVAL,
    CONF_URL,
    CONF_VALUE_TEMPLATE,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import is_template_string

from ..api.headers import InvalidHeader, check_headers
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..oauth2.frozen import Frozen
from ..oauth2.message import CONNECTION_HEADERS
from . import InvalidDefinition
from .distinct import keep_keys
from .resource import (
    CONF_FORMAT,
    CONF_INTERVAL,
    CONF_VALUES,
    MIN_INTERVAL_SECONDS,
    Resource,
)
from .rest_values import (
    BINARY_SENSOR,
    ENTITY_OPTIONS,
    JSON_ATTRIBUTES,
    SENSOR,
    InvalidRest,
    Note,
    Notes,
    OldEntity,
    RestValues,
)

_REST: Final = "rest"
_PACKAGES: Final = "packages"
_PAYLOAD_TEMPLATE: Final = "payload_template"
# The default of core's `rest`.
_REST_INTERVAL_SECONDS: Final = 30
_ADDRESSES: Final = frozenset({CONF_RESOURCE, CONF_RESOURCE_TEMPLATE})
# The options for signing in, which the account does here.
_SIGN_IN: Final = frozenset({"authentication", "username", "password"})
# Options of the connection, each with the values that need no note: they mean what happens anyway.
_CONNECTION: Final[Mapping[str, frozenset[object]]] = {
    "encoding": frozenset({"utf-8", "utf8"}),
    "ssl_cipher_list": frozenset({"python_default"}),
    "timeout": frozenset({"10"}),
    "verify_ssl": frozenset({"true", "yes", "on", "1"}),
}
_OPTIONS: Final = frozenset(
    {
        *_ADDRESSES,
        *_SIGN_IN,
        *_CONNECTION,
        BINARY_SENSOR,
        CONF_HEADERS,
        CONF_METHOD,
        CONF_PARAMS,
        CONF_PAYLOAD,
        CONF_PLATFORM,
        CONF_SCAN_INTERVAL,
        SENSOR,
        _PAYLOAD_TEMPLATE,
    }
)
# User name and password in a URL (RFC 3986, 3.2.1).
_USER_INFO: Final = re.compile(r"(?<=://)[^/?#@\s]*@")
_SECRET_TAG: Final = "!secret"


class RestImport(Frozen):
    """A resource that replaces definitions of `rest` with the same request.

    `notes` say what works differently, `replaced` are the entities of `rest`.
    """

    resource: Resource
    notes: tuple[Note, ...] = ()
    replaced: tuple[OldEntity, ...] = ()


class _Definition(NamedTuple):
    raw: Mapping[str, Any]
    # None where the YAML does not say: a part was pasted without its key.
    platform: str | None


class _Found(NamedTuple):
    definitions: list[_Definition]
    # The domains and platforms of everything else that was pasted.
    others: list[str]


def imports_from_rest(
    pasted: object, *, name: str = "", render: Callable[[str], str] = str
) -> tuple[RestImport, ...]:
    """Return a resource for each request in pasted YAML: a configuration, or any part of one.

    `name` becomes the name of the resource if it is the only one. `render` renders a template now.

    Raises InvalidRest.
    """
    found = _Found([], [])
    _search(pasted, found)
    if not found.definitions:
        raise _no_definitions(pasted, found.others)
    grouped: dict[str, list[_Definition]] = {}
    for definition in found.definitions:
        request = _request(definition.raw, Notes())
        grouped.setdefault(repr(request), []).append(definition)
    groups = list(grouped.values())
    imports = [
        _import(group, name if len(groups) == 1 else "", render) for group in groups
    ]
    if not found.others:
        return tuple(imports)
    others = Note(key="others", names=tuple(dict.fromkeys(found.others)))
    first = imports[0]
    noted = RestImport(
        resource=first.resource,
        notes=(*first.notes, others),
        replaced=first.replaced,
    )
    return noted, *imports[1:]


def _search(pasted: object, found: _Found, platform: str | None = None) -> None:
    """Collect the definitions of `rest`, and the names of what else there is."""
    if isinstance(pasted, list):
        for item in pasted:
            _search(item, found, platform)
        return
    if not isinstance(pasted, Mapping):
        return
    kind = pasted.get(CONF_PLATFORM, _REST)
    if kind != _REST:
        found.others.append(f"{platform or SENSOR}: {kind}")
        return
    if pasted.keys() & {*_ADDRESSES, CONF_PLATFORM, CONF_VALUE_TEMPLATE}:
        found.definitions.append(_Definition(pasted, platform))
        return
    for key, part in pasted.items():
        # Packages and split files may add a label to the domain: `sensor kitchen:`.
        domain = str(key).partition(" ")[0]
        if domain in (SENSOR, BINARY_SENSOR):
            _search(part, found, domain)
        elif domain == _REST:
            _search(part, found)
        elif domain == "homeassistant" and isinstance(part, Mapping):
            packages = part.get(_PACKAGES)
            for package in packages.values() if isinstance(packages, Mapping) else ():
                _search(package, found)
        else:
            found.others.append(domain)


def _no_definitions(pasted: object, others: list[str]) -> InvalidRest:
    """Return the error for YAML without a definition of `rest`."""
    is_entity = isinstance(pasted, Mapping) and pasted.keys() & ENTITY_OPTIONS
    if not isinstance(pasted, Mapping | list) or not pasted:
        return InvalidRest("rest_wrong", _REST)
    if others and not is_entity:
        return InvalidRest("rest_other", ", ".join(dict.fromkeys(others)))
    return InvalidRest("rest_wrong", CONF_RESOURCE)


def _import(
    definitions: list[_Definition], name: str, render: Callable[[str], str]
) -> RestImport:
    """Return the resource of definitions whose requests are the same."""
    notes = Notes()
    entities = [
        entity for definition in definitions for entity in _entities(definition)
    ]
    if not entities:
        raise InvalidRest("rest_without_sensors")
    values = RestValues(entities, notes, render)
    raw = _request(definitions[0].raw, notes)
    for definition in definitions:
        _note_unused_options(definition, notes)
    keyed = keep_keys([value for value, _ in values.made], ())
    try:
        resource = Resource.from_dict(
            name or keyed[0].name,
            {
                **raw,
                CONF_INTERVAL: _interval(definitions, notes),
                CONF_FORMAT: values.format,
                CONF_VALUES: [value.as_dict() for value in keyed],
            },
        )
    except InvalidDefinition as err:
        raise InvalidRest("rest_wrong", str(err)) from err
    old_entities = [old for _, old in values.made]
    return RestImport(
        resource=resource,
        notes=notes.all,
        replaced=tuple(
            OldEntity(
                key=value.key,
                platform=old.platform,
                name=old.name,
                unique_id=old.unique_id,
            )
            for value, old in zip(keyed, old_entities, strict=True)
        ),
    )


def _entities(definition: _Definition) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the platform and the options of each entity of a definition."""
    raw, platform = definition
    if CONF_RESOURCE not in raw and CONF_RESOURCE_TEMPLATE not in raw:
        raise InvalidRest("rest_wrong", CONF_RESOURCE)
    inner = [key for key in (SENSOR, BINARY_SENSOR) if key in raw]
    if CONF_PLATFORM in raw or (
        not inner and raw.keys() & {CONF_VALUE_TEMPLATE, JSON_ATTRIBUTES, CONF_NAME}
    ):
        yield platform or _platform_of(raw), raw
        return
    for key in inner:
        for item in cv.ensure_list(raw.get(key)):
            if not isinstance(item, Mapping):
                raise InvalidRest("rest_wrong", key)
            yield key, item


def _request(raw: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    """Return what a resource stores of its request."""
    url = raw.get(CONF_RESOURCE_TEMPLATE) or raw.get(CONF_RESOURCE)
    if isinstance(url, str):
        url, removed = _USER_INFO.subn("", url.strip())
        notes.add("sign_in", *["://…@"] * removed)
        if CONF_RESOURCE_TEMPLATE not in raw and is_template_string(url):
            # `rest` sends `resource` as it is: `filter={%22area%22:5}` is not rendered.
            url = url.replace("{", "%7B").replace("}", "%7D")
        notes.add("resource_template", *[CONF_URL] * is_template_string(url))
    method = str(raw.get(CONF_METHOD, "GET")).upper()
    if method not in METHODS:
        raise InvalidRest("rest_wrong", CONF_METHOD)
    headers = _headers(raw, notes)
    query = _texts(raw, CONF_PARAMS)
    body = _body(raw)
    named = {CONF_RESOURCE: url, CONF_PAYLOAD: body, **headers, **query}
    for option, text in named.items():
        if isinstance(text, str) and text.startswith(_SECRET_TAG):
            notes.add("secret", option)
    return {
        CONF_URL: url,
        CONF_METHOD: method,
        CONF_QUERY: query,
        CONF_HEADERS: headers,
        CONF_BODY: body,
    }


def _headers(raw: Mapping[str, Any], notes: Notes) -> dict[str, str]:
    headers = {}
    for name, text in _texts(raw, CONF_HEADERS).items():
        if name.lower() == "authorization":
            notes.add("sign_in", name)
        elif name.lower() in CONNECTION_HEADERS:
            notes.add("connection", name)
        else:
            headers[name] = text
    try:
        check_headers(headers)
    except InvalidHeader as err:
        raise InvalidRest("rest_wrong", f"{CONF_HEADERS}: {err.header}") from err
    return headers


def _body(raw: Mapping[str, Any]) -> object:
    if (template := raw.get(_PAYLOAD_TEMPLATE)) is not None:
        return template
    payload = raw.get(CONF_PAYLOAD)
    if isinstance(payload, str) and is_template_string(payload):
        # `rest` sends `payload` as it is.
        return f"{{% raw %}}{payload}{{% endraw %}}"
    return payload


def _texts(raw: Mapping[str, Any], key: str) -> dict[str, str]:
    texts = raw.get(key) or {}
    if not isinstance(texts, Mapping):
        raise InvalidRest("rest_wrong", key)
    return {str(name): str(text).strip() for name, text in texts.items()}


def _interval(definitions: list[_Definition], notes: Notes) -> float:
    """Return the shortest interval of the definitions, in seconds."""
    seconds = min(
        _seconds(each.raw.get(CONF_SCAN_INTERVAL, _REST_INTERVAL_SECONDS))
        for each in definitions
    )
    if seconds < MIN_INTERVAL_SECONDS:
        notes.add("interval", CONF_SCAN_INTERVAL)
    return seconds


def _seconds(interval: object) -> float:
    try:
        seconds: float = cv.time_period(interval).total_seconds()
    except vol.Invalid:
        raise InvalidRest("rest_wrong", CONF_SCAN_INTERVAL) from None
    return seconds


def _note_unused_options(definition: _Definition, notes: Notes) -> None:
    """Note the options that a resource does not have."""
    raw = definition.raw
    notes.add("sign_in", *sorted(_SIGN_IN & raw.keys()))
    for option, unnoted in _CONNECTION.items():
        if option in raw and str(raw[option]).lower() not in unnoted:
            notes.add(option, option)
    known = _OPTIONS
    if CONF_PLATFORM in raw or not raw.keys() & {SENSOR, BINARY_SENSOR}:
        known = known | ENTITY_OPTIONS
    notes.add("unknown", *sorted(str(key) for key in raw.keys() - known))


def _platform_of(item: Mapping[str, Any]) -> str:
    """Return the binary sensor platform for a device class that only binary sensors have, else sensor."""
    device_class = str(item.get(CONF_DEVICE_CLASS))
    if device_class in {*BinarySensorDeviceClass} - {*SensorDeviceClass}:
        return BINARY_SENSOR
    return SENSOR
