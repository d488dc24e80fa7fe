"""A `rest:` sensor's YAML becomes a resource, so that people can move over."""

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
# What core's rest does where nothing is said.
_INTERVAL: Final = 30
_NAMES_OF_PLATFORM: Final[Mapping[str, str]] = {
    Platform.SENSOR: "REST Sensor",
    Platform.BINARY_SENSOR: "REST Binary Sensor",
}

# A template that only leads to a value, and what it does with that.
_LEADS: Final = re.compile(
    r"\{\{\s*value_json((?:\.[A-Za-z_]\w*|\[\s*(?:'[^'\\]*'|\"[^\"\\]*\"|-?\d+)\s*\])*)"
    r"\s*(\|[^{}]*)?\}\}"
)
# What it does needs more than the value, or is there for an answer without it.
_NOT_ALONE: Final = re.compile(r"\b(?:value|value_json|default|d)\b")
# For all others, the names that rest gives to an answer.
_NAMES: Final = (
    "{% set value_json = value %}"
    "{% set value = value if value is string else value | to_json %}"
)


class InvalidRest(ValueError):
    """The YAML is no definition of `rest`. `key` is that of the message, `place` where it is."""

    def __init__(self, key: str, place: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.place = place


def resource_from_rest(pasted: object, *, name: str = "") -> Resource:
    """Return the resource of one entry of `rest:`, or of one sensor with `platform: rest`.

    How it signs in is left out: the account does. Raises InvalidRest.
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
    """Return the one definition that was pasted, whatever is around it, and of which platform."""
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
    """Return the platform whose entries these are, each with an address of its own."""
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
        CONF_INTERVAL: _seconds(definition.get(CONF_SCAN_INTERVAL, _INTERVAL)),
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
    """Return where a template leads, and what is left of it for there."""
    template = str(item.get(CONF_VALUE_TEMPLATE) or "").strip()
    if not template:
        return "$", None
    if (leads := _LEADS.fullmatch(template)) is None:
        return "$", f"{_NAMES}{template}"
    path = f"${leads[1]}"
    done = (leads[2] or "").strip()
    if _NOT_ALONE.search(done):
        return "$", f"{_NAMES}{template}"
    return path, f"{{{{ value {done} }}}}" if done else None


def _attributes(item: Mapping[str, Any]) -> list[str]:
    """Return the paths of the attributes: keys of the document, or of what a path leads to."""
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
