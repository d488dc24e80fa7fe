"""Where in a JSON file of one's own the mistake is."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from custom_components.oauth2_client.catalogue import InvalidProvider
from custom_components.oauth2_client.catalogue.known_resource import (
    parse_known_resource,
)

_VALUES: Final = "values"
_RESOURCES: Final = "known_resources"
# A resource and a value without a mistake.
_VALUE: Final = {"key": "a", "name": "A", "path": "$"}
_RESOURCE: Final = {"id": "a", "name": "A", "url": "/", _VALUES: [_VALUE]}


def resource_fault(resources: Any) -> str | None:
    """Return the first mistake in known resources as its path and what it is, None where there is none."""
    if not isinstance(resources, list):
        return f"{_RESOURCES} is no list"
    for position, raw in enumerate(resources):
        place = f"{_RESOURCES}[{position}]"
        if not isinstance(raw, Mapping):
            return f"{place} is no JSON object"
        values = raw.get(_VALUES)
        for index, value in enumerate(values if isinstance(values, list) else ()):
            fault = _fault(value, f"{place}.{_VALUES}[{index}]", _of_value)
            if fault is not None:
                return fault
        if (fault := _fault(raw, place, parse_known_resource)) is not None:
            return fault
    return None


def _of_value(raw: Mapping[str, Any]) -> object:
    return parse_known_resource({**_RESOURCE, _VALUES: [raw]})


def _fault(
    raw: Any, place: str, parse: Callable[[Mapping[str, Any]], object]
) -> str | None:
    """Return the mistake in an object. Where its parser names no key of it, it is one that is not known."""
    if not isinstance(raw, Mapping):
        return f"{place} is no JSON object"
    try:
        parse(raw)
    except InvalidProvider as err:
        if (key := str(err)) not in (_VALUES, _RESOURCES) or key in raw:
            return f"{place}.{key} is {'wrong' if key in raw else 'missing'}"
    else:
        return None
    for key in raw:
        with suppress(InvalidProvider):
            parse({name: value for name, value in raw.items() if name != key})
            return f"{place}.{key} is not known"
    return f"{place} has keys that are not known"
