"""Finds where in an author's own JSON file an error is."""

from collections.abc import Callable, Iterator, Mapping
import re
from typing import Any, Final

from custom_components.oauth2_client.catalogue import (
    InvalidProvider,
    InvalidVariable,
    parse_provider,
)
from custom_components.oauth2_client.catalogue.known_resource import (
    parse_known_resource,
)
from custom_components.oauth2_client.document.paths import InvalidPath, compile_path

type Parse = Callable[[Mapping[str, Any]], object]

_VALUES: Final = "values"
_RESOURCES: Final = "known_resources"
# A valid resource, and a valid value.
_VALUE: Final = {"key": "a", "name": "A", "path": "$"}
_RESOURCE: Final = {"id": "a", "name": "A", "url": "/", _VALUES: [_VALUE]}
# An unknown key. Of several, the catalogue's error names the first in alphabetical order: never this one.
_UNKNOWN: Final = "\uffff"


def provider_fault(raw: Mapping[str, Any]) -> str | None:
    """Return the first error in a provider: its path, and what is wrong. None for a valid provider."""
    resources = raw.get(_RESOURCES, [])
    if not isinstance(resources, list):
        return f"{_RESOURCES} is no list"
    for position, resource in enumerate(resources):
        if fault := _resource_fault(resource, f"{_RESOURCES}[{position}]"):
            return fault
    return _fault(raw, _of_provider)


def _resource_fault(raw: Any, place: str) -> str | None:
    if not isinstance(raw, Mapping):
        return f"{place} is no JSON object"
    values = raw.get(_VALUES)
    for index, value in enumerate(values if isinstance(values, list) else ()):
        within = f"{place}.{_VALUES}[{index}]"
        if not isinstance(value, Mapping):
            return f"{within} is no JSON object"
        if fault := _fault(value, _of_value) or _path_fault(value.get("path")):
            return f"{within}.{fault}"
    if _error(raw, parse_known_resource) == f"{_VALUES}: key":
        return f"{place}.{_VALUES} has two with the same key"
    if fault := _fault(raw, parse_known_resource):
        return f"{place}.{fault}"
    return None


def _path_fault(path: Any) -> str | None:
    try:
        compile_path(path)
    except InvalidPath as err:
        return f"path is wrong at {err}"
    return None


def _of_provider(raw: Mapping[str, Any]) -> object:
    provider = parse_provider(raw, category="user")
    # These are parsed only when they are used, which is here to find their errors.
    return provider.about, provider.known_resources


def _of_value(raw: Mapping[str, Any]) -> object:
    return parse_known_resource({**_RESOURCE, _VALUES: [raw]})


def _error(raw: Mapping[str, Any], parse: Parse) -> str | None:
    """Return the error that a parser raises for an object, None where it accepts it."""
    try:
        parse(raw)
    except (InvalidProvider, InvalidVariable) as err:
        return str(err)
    return None


def _fault(raw: Mapping[str, Any], parse: Parse) -> str | None:
    """Return the error in an object, with its path. None for a valid object.

    A key without which the object is valid is the wrong one. Without such a key, one is missing, or the
    wrong one is required.
    """
    error = _error(raw, parse)
    if error is None:
        return None
    for key, value in raw.items():
        if _error(_without(raw, key), parse) is None:
            is_named = _name(error) == key or isinstance(value, Mapping | list)
            if not is_named or _error({key: value, _UNKNOWN: None}, parse) == key:
                return f"{key} is not known"
            return _within(raw, key, parse)
    return f"{error} is {'wrong' if error in raw else 'missing'}"


def _within(raw: Mapping[str, Any], key: str, parse: Parse) -> str:
    """Return the error in the value of a known key, with its path."""
    value = raw[key]
    error = _error(raw, parse) or ""
    name = _name(error)
    for place, part, rest in _parts(value):
        if _error({**raw, key: rest}, parse) is not None:
            continue
        if isinstance(part, Mapping) and name != key:
            return f"{key}{place}.{name} is {'wrong' if name in part else 'missing'}"
        if name == key:
            return f"{key}{place} is wrong or not known"
        return (
            f"{key}{place} is {'not known' if error == f'{key}: {name}' else 'wrong'}"
        )
    if isinstance(value, Mapping) and name != key:
        return f"{key}.{name} is {'wrong' if name in value else 'missing'}"
    return f"{key} is wrong"


def _name(error: str) -> str:
    """Return the last name of `about: colour`, `variables.kind` or `id`."""
    return re.split(r"[.:] ?", error)[-1]


def _parts(value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path of each member of a value, the member, and the value without it."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield f".{name}", member, _without(value, name)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield f"[{index}]", member, [*value[:index], *value[index + 1 :]]


def _without(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name != key}
