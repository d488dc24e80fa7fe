"""Turns the YAML of a `rest:` sensor into a resource."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import (
    CONF_DEVICE_CLASS,
    CONF_HEADERS,
    CONF_METHOD,
    CONF_NAME,
    CONF_PARAMS,
    CONF_PATH,
    CONF_PAYLOAD,
    CONF_PLATFORM,
    CONF_RESOURCE,
    CONF_RESOURCE_TEMPLATE,
    CONF_SCAN_INTERVAL,
    CONF_UNIT_OF_MEASUREMENT,
    CONF_URL,
    CONF_VALUE_TEMPLATE,
    Platform,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util import slugify

from ..api.headers import InvalidHeader, check_headers
from ..const import CONF_BODY, CONF_QUERY, METHODS
from ..document.paths import InvalidPath, Path, compile_path, path_text
from .resource import CONF_INTERVAL, CONF_VALUES, Resource
from .stored import InvalidDefinition
from .value import (
    CONF_ATTRIBUTES,
    CONF_KEY,
    CONF_STATE_CLASS,
    CONF_TEMPLATE,
    CONF_UNIT,
    Value,
    keep_keys,
)

_BINARY_SENSOR: Final = "binary_sensor"
_SENSOR: Final = "sensor"
_REST: Final = "rest"
_JSON_ATTRIBUTES: Final = "json_attributes"
_JSON_ATTRIBUTES_PATH: Final = "json_attributes_path"
_PAYLOAD_TEMPLATE: Final = "payload_template"
# The default of core's `rest`.
_REST_INTERVAL_SECONDS: Final = 30
_NAMES_OF_PLATFORM: Final[Mapping[str, str]] = {
    Platform.SENSOR: "REST Sensor",
    Platform.BINARY_SENSOR: "REST Binary Sensor",
}

# A template that is a path into the answer, and the filters that follow it.
_PATH_TEMPLATE: Final = re.compile(
    r"\{\{\s*+value_json"
    r"((?:\.[A-Za-z_]\w*+|\[\s*+(?:'[^'\\]*+'|\"[^\"\\]*+\"|-?\d++)\s*+\])*+)"
    r"\s*+(\|[^{}]*+)?\}\}"
)
# Filters that need the whole answer, or that replace a missing value.
_NEEDS_ANSWER: Final = re.compile(r"\b(?:value|value_json|default|d)\b")
# Begins all other templates: defines the variables that `rest` gives them.
_REST_VARIABLES: Final = (
    "{% set value_json = value %}"
    "{% set value = value if value is string else value | to_json %}"
)


class InvalidRest(ValueError):
    """The YAML is not a definition of `rest`.

    `key` is the translation key of the message, `place` the option that is wrong.
    """

    def __init__(self, key: str, place: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.place = place


def resource_from_rest(pasted: object, *, name: str = "") -> Resource:
    """Return the resource of one entry of `rest:`, or of one sensor with `platform: rest`.

    Its authentication is left out, since the account signs in. Raises InvalidRest.
    """
    definition, platform = _definition(pasted)
    values = [_value(item, kind) for kind, item in _entities(definition, platform)]
    if not values:
        raise InvalidRest("rest_without_sensors")
    raw = _request(definition)
    raw[CONF_VALUES] = [value.as_dict() for value in keep_keys(values, ())]
    try:
        return Resource.from_dict(name or values[0].name, raw)
    except InvalidDefinition as err:
        raise InvalidRest("rest_wrong", str(err)) from err


def _definition(pasted: object) -> tuple[Mapping[str, Any], str]:
    """Return the one definition that was pasted, without what is around it, and its platform."""
    platform: str = Platform.SENSOR
    while True:
        if isinstance(pasted, Mapping) and _REST in pasted:
            pasted = pasted[_REST]
        elif isinstance(pasted, Mapping) and (found := _platform(pasted)):
            platform = found
            pasted = pasted[platform]
        elif isinstance(pasted, list) and len(pasted) == 1:
            [pasted] = pasted
        else:
            break
    if isinstance(pasted, list) and pasted:
        raise InvalidRest("rest_one_at_a_time")
    if not isinstance(pasted, Mapping):
        raise InvalidRest("rest_wrong", _REST)
    if CONF_RESOURCE not in pasted and CONF_RESOURCE_TEMPLATE not in pasted:
        raise InvalidRest("rest_wrong", CONF_RESOURCE)
    return pasted, platform


def _platform(pasted: Mapping[str, Any]) -> str | None:
    """Return the platform key whose entries are definitions, None in a definition itself."""
    if CONF_RESOURCE in pasted or CONF_RESOURCE_TEMPLATE in pasted:
        return None
    return next((key for key in (_SENSOR, _BINARY_SENSOR) if key in pasted), None)


def _entities(
    definition: Mapping[str, Any], platform: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if CONF_PLATFORM in definition or CONF_VALUE_TEMPLATE in definition:
        yield platform, definition
        return
    for key in (_SENSOR, _BINARY_SENSOR):
        for item in cv.ensure_list(definition.get(key)):
            if not isinstance(item, Mapping):
                raise InvalidRest("rest_wrong", key)
            yield key, item


def _request(definition: Mapping[str, Any]) -> dict[str, Any]:
    url = definition.get(CONF_RESOURCE_TEMPLATE) or definition.get(CONF_RESOURCE)
    method = str(definition.get(CONF_METHOD, "GET")).upper()
    if method not in METHODS:
        raise InvalidRest("rest_wrong", CONF_METHOD)
    headers = {
        name: text
        for name, text in _texts(definition, CONF_HEADERS).items()
        if name.lower() != "authorization"
    }
    try:
        check_headers(headers)
    except InvalidHeader as err:
        raise InvalidRest("rest_wrong", f"{CONF_HEADERS}: {err.header}") from err
    return {
        CONF_URL: url,
        CONF_METHOD: method,
        CONF_QUERY: _texts(definition, CONF_PARAMS),
        CONF_HEADERS: headers,
        CONF_BODY: definition.get(_PAYLOAD_TEMPLATE) or definition.get(CONF_PAYLOAD),
        CONF_INTERVAL: _seconds(
            definition.get(CONF_SCAN_INTERVAL, _REST_INTERVAL_SECONDS)
        ),
    }


def _texts(definition: Mapping[str, Any], key: str) -> dict[str, str]:
    texts = definition.get(key) or {}
    if not isinstance(texts, Mapping):
        raise InvalidRest("rest_wrong", key)
    return {str(name): str(text) for name, text in texts.items()}


def _seconds(interval: object) -> float:
    try:
        seconds: float = cv.time_period(interval).total_seconds()
    except vol.Invalid:
        raise InvalidRest("rest_wrong", CONF_SCAN_INTERVAL) from None
    return seconds


def _value(item: Mapping[str, Any], platform: str) -> Value:
    path, template = _path_and_template(item)
    name = str(item.get(CONF_NAME) or _NAMES_OF_PLATFORM[platform])
    try:
        return Value.from_dict(
            {
                CONF_KEY: slugify(name),
                CONF_NAME: name,
                CONF_PATH: path,
                CONF_PLATFORM: platform,
                CONF_TEMPLATE: template,
                CONF_UNIT: item.get(CONF_UNIT_OF_MEASUREMENT),
                CONF_DEVICE_CLASS: item.get(CONF_DEVICE_CLASS),
                CONF_STATE_CLASS: item.get(CONF_STATE_CLASS),
                CONF_ATTRIBUTES: _attributes(item),
            },
            platform,
        )
    except InvalidDefinition as err:
        raise InvalidRest("rest_wrong", str(err)) from err


def _path_and_template(item: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the path that a template reads, and a template for the value at that path."""
    template = str(item.get(CONF_VALUE_TEMPLATE) or "").strip()
    if not template:
        return "$", None
    if (found := _PATH_TEMPLATE.fullmatch(template)) is None:
        return "$", f"{_REST_VARIABLES}{template}"
    path = f"${found[1]}"
    filters = (found[2] or "").strip()
    if _NEEDS_ANSWER.search(filters):
        return "$", f"{_REST_VARIABLES}{template}"
    return path, f"{{{{ value {filters} }}}}" if filters else None


def _attributes(item: Mapping[str, Any]) -> list[str]:
    """Return the paths of the attributes: keys of the root, or of what a path leads to."""
    base = str(item.get(_JSON_ATTRIBUTES_PATH) or "$").strip()
    try:
        root = compile_path(base)
    except InvalidPath:
        raise InvalidRest("rest_wrong", _JSON_ATTRIBUTES_PATH) from None
    if not isinstance(root, Path):
        raise InvalidRest("rest_wrong", _JSON_ATTRIBUTES_PATH)
    return [
        path_text((*root.segments, str(key)))
        for key in cv.ensure_list(item.get(_JSON_ATTRIBUTES))
    ]
