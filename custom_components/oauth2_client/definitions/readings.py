"""The values picked from a resource's answer, and their attributes."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType, NoneType
from typing import Any, Final

from ..api.redaction import Redaction
from ..document.numbering import numbered_names
from ..document.paths import MISSING, AnyPath, Path, compile_paths
from ..oauth2.frozen import Frozen
from .value import Value

# Values of these types, as most are, cannot contain a secret.
_NO_TEXTS: Final = frozenset({int, float, bool, NoneType})
_NO_ATTRIBUTES: Final = MappingProxyType[str, Mapping[str, object]]({})


class Elements(Frozen):
    """Stands for a list of which only the length is shown."""

    count: int

    def __len__(self) -> int:
        """Return the length of the list."""
        return self.count


class Readings(Frozen):
    """Values by key, as `ValueReader` keeps them or MISSING; attributes by the key of their value."""

    values: Mapping[str, object]
    attributes: Mapping[str, Mapping[str, object]] = _NO_ATTRIBUTES

    def redacted(self, redaction: Redaction) -> Readings:
        """Return the readings without an account's secrets: some APIs repeat what they are sent."""
        keys = [
            key for key, value in self.values.items() if type(value) not in _NO_TEXTS
        ]
        if not keys and not self.attributes:
            return self
        # All of them at once, which takes one search.
        values: list[Any] = [self.values[key] for key in keys]
        attributes: list[Any] = [*self.attributes.values()]
        values, attributes = redaction.redact([values, attributes])
        return Readings(
            values={**self.values, **dict(zip(keys, values, strict=True))},
            attributes=dict(zip(self.attributes, attributes, strict=True)),
        )

    def changed_since(self, before: Readings) -> frozenset[str]:
        """Return the keys of the values that changed, or whose attributes did."""
        if self == before:
            return frozenset()
        values, attributes = before.values, before.attributes
        return frozenset(
            key
            for key, value in self.values.items()
            if values[key] != value or self.attributes.get(key) != attributes.get(key)
        )


class ValueReader:
    """Reads the values of one resource from its documents, compiled once.

    Where no template may use them, lists and objects are not kept whole: states show the length of
    a list, and nothing of an object.
    """

    def __init__(self, values: Iterable[Value]) -> None:
        values = tuple(values)
        paths = [value.path for value in values]
        self._keys = tuple(value.key for value in values)
        self._has_templates = any(value.template for value in values)
        # For each value with attributes: their names, and their places among the paths.
        self._attributes: list[tuple[str, list[tuple[str, int]]]] = []
        for value in values:
            if not value.attributes:
                continue
            names = attribute_names(value.attributes)
            places = [(name, len(paths) + index) for index, name in enumerate(names)]
            self._attributes.append((value.key, places))
            paths += value.attributes
        self._reader = compile_paths(paths)

    def read(self, document: object) -> Readings:
        """Return the values of a document."""
        found = self._reader.read(document)
        values = dict(zip(self._keys, found, strict=False))
        if not self._has_templates and not _NO_TEXTS.issuperset(map(type, found)):
            values = {key: _shown(value) for key, value in values.items()}
        return Readings(
            values=values,
            attributes={
                key: {
                    name: None if found[place] is MISSING else found[place]
                    for name, place in places
                }
                for key, places in self._attributes
            },
        )


def _shown(value: object) -> object:
    """Return what a state shows of a value: `Elements` for a list, an empty object for an object."""
    match value:
        case list():
            return Elements(count=len(value))
        case dict():
            return {}
    return value


def attribute_names(paths: Iterable[AnyPath]) -> list[str]:
    """Return the names of attributes: the last key of each path, numbered where equal."""
    names: list[str] = []
    for path in paths:
        candidates = numbered_names(_last_key(path) or path.text)
        names.append(next(name for name in candidates if name not in names))
    return names


def _last_key(path: AnyPath) -> str | None:
    segments = path.segments if isinstance(path, Path) else ()
    keys = (segment for segment in reversed(segments) if isinstance(segment, str))
    return next(keys, None)
