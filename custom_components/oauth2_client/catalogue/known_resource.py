"""Known resources of a provider: requests to its API, and values in the answers."""

from collections.abc import Mapping
from typing import Any, Final

from ..oauth2.frozen import Frozen
from .fields import (
    InvalidProvider,
    Reader,
    as_json,
    flag,
    identifier,
    json_object,
    lifetime,
    mapping,
    names,
    read_fields,
    text,
)

_PLATFORMS: Final = ("sensor", "binary_sensor")
# How many names of values describe a resource in a list.
_MOST_NAMED: Final = 6


class KnownValue(Frozen):
    """A value of a known resource, with the fields of a stored value."""

    key: str
    name: str
    path: str
    platform: str = "sensor"
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    precision: int | None = None
    category: str | None = None
    template: str | None = None
    attributes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the value as it is stored in a resource."""
        stored: dict[str, Any] = as_json(self)
        return stored


class Elements(Frozen):
    """The list in an answer whose elements each have the values of a resource.

    `path` leads to the list; values whose path continues with `[0]` belong to an element. `key` is the
    member that identifies an element. `name` are paths, the best first, to the name that a person knows
    it by.
    """

    path: str
    key: str
    name: tuple[str, ...] = ()


class Level(Frozen):
    """A list of things, such as heat pumps, of which a known resource has one.

    The request gives an answer, in which `path` leads to the list. Without a `url`, the list is within
    each thing of the level above. `ids` are the keys, with dots, to what tells a thing apart, by the
    placeholders that they fill in: in the requests of the levels below, and in that of the resource.
    `name` are keys, the best first, to the name that a person knows a thing by.
    """

    path: str
    ids: Mapping[str, str]
    name: tuple[str, ...] = ()
    url: str | None = None
    method: str = "GET"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: str | None = None


class KnownResource(Frozen):
    """A resource that a provider is known to have.

    `url`, `query` and `body` may be templates of Home Assistant. `interval` is in seconds.
    `scopes` are needed in addition to the provider's. `of` is set where there is one resource for each
    thing of a list, the outermost level first. `each` is set where the values are those of list
    elements. `confirmed`: someone with an account has seen these values.
    """

    id: str
    name: str
    url: str
    method: str = "GET"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: str | None = None
    format: str | None = None
    interval: int = 300
    pages: Mapping[str, Any] | None = None
    scopes: tuple[str, ...] = ()
    confirmed: bool = False
    values: tuple[KnownValue, ...] = ()
    of: tuple[Level, ...] = ()
    each: Elements | None = None

    @property
    def gives(self) -> str:
        """The names of the first values, as one text."""
        names = [value.name for value in self.values]
        more = ["…"] if len(names) > _MOST_NAMED else []
        return ", ".join([*names[:_MOST_NAMED], *more])

    def as_dict(self) -> dict[str, Any]:
        """Return the resource as it is stored, without its name."""
        stored: dict[str, Any] = as_json(self)
        # These fields exist in the catalogue only.
        for key in ("id", "name", "scopes", "confirmed", "of", "each"):
            stored.pop(key, None)
        return stored


def parse_known_resource(raw: Mapping[str, Any]) -> KnownResource:
    """Return the known resource of a JSON object. Raises InvalidProvider."""
    if raw.keys() - _RESOURCE.keys():
        raise InvalidProvider("known_resources")
    return KnownResource(
        **read_fields(raw, _RESOURCE, required=("id", "name", "url", "values"))
    )


def _each(raw: object, where: str) -> Elements:
    if not isinstance(raw, Mapping) or raw.keys() - _ELEMENTS.keys():
        raise InvalidProvider(where)
    return Elements(**read_fields(raw, _ELEMENTS, required=("path", "key")))


def _of(raw: object, where: str) -> tuple[Level, ...]:
    if not isinstance(raw, list) or not raw:
        raise InvalidProvider(where)
    levels = tuple(_level(item, where) for item in raw)
    # The first list is within nothing.
    if levels[0].url is None:
        raise InvalidProvider("url")
    return levels


def _level(raw: object, where: str) -> Level:
    if not isinstance(raw, Mapping) or raw.keys() - _LEVEL.keys():
        raise InvalidProvider(where)
    if "url" not in raw and raw.keys() & _REQUEST.keys():
        raise InvalidProvider("url")
    return Level(**read_fields(raw, _LEVEL, required=("path", "ids")))


def _ids(raw: object, where: str) -> Mapping[str, str]:
    found = mapping(raw, where)
    if not found:
        raise InvalidProvider(where)
    return {identifier(name, where): path for name, path in found.items()}


def _values(raw: object, where: str) -> tuple[KnownValue, ...]:
    if not isinstance(raw, list) or not raw:
        raise InvalidProvider(where)
    values = tuple(_value(item, where) for item in raw)
    if len({value.key for value in values}) < len(values):
        raise InvalidProvider(f"{where}: key")
    return values


def _value(raw: object, where: str) -> KnownValue:
    if not isinstance(raw, Mapping) or raw.keys() - _VALUE.keys():
        raise InvalidProvider(where)
    return KnownValue(**read_fields(raw, _VALUE, required=("key", "name", "path")))


def _platform(raw: object, where: str) -> str:
    if raw not in _PLATFORMS:
        raise InvalidProvider(where)
    return str(raw)


def _precision(raw: object, where: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise InvalidProvider(where)
    return raw


_REQUEST: Final[Mapping[str, Reader]] = {
    "url": text,
    "method": text,
    "query": mapping,
    "headers": mapping,
    "body": text,
}
_RESOURCE: Final[Mapping[str, Reader]] = {
    "id": identifier,
    "name": text,
    **_REQUEST,
    "format": text,
    "interval": lifetime,
    "pages": json_object,
    "scopes": names,
    "confirmed": flag,
    "values": _values,
    "of": _of,
    "each": _each,
}
_LEVEL: Final[Mapping[str, Reader]] = {
    "path": text,
    "ids": _ids,
    "name": names,
    **_REQUEST,
}
_ELEMENTS: Final[Mapping[str, Reader]] = {"path": text, "key": text, "name": names}
_VALUE: Final[Mapping[str, Reader]] = {
    "key": identifier,
    "name": text,
    "path": text,
    "platform": _platform,
    "unit": text,
    "device_class": text,
    "state_class": text,
    "precision": _precision,
    "category": text,
    "template": text,
    "attributes": names,
}
