"""The values picked from a resource's answer, and their attributes."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType, NoneType
from typing import Final

from ..document.paths import MISSING, AnyPath, Path, compile_paths, find_loosely
from ..oauth2.frozen import Frozen
from .value import Value

# Values of these types, as most are, cannot contain a secret.
NO_TEXTS: Final = frozenset({int, float, bool, NoneType})
# About what Home Assistant's recorder accepts as the attributes of one state (16 KiB).
MAX_TEXT_CHARACTERS: Final = 16 * 1024
# What a template calls all picked values.
_ALL_VALUES: Final = "values"
_NO_ATTRIBUTES: Final = MappingProxyType[str, Mapping[str, object]]({})


class Elements(Frozen):
    """Stands for a list of which only the length is shown."""

    count: int

    def __len__(self) -> int:
        """Return the length of the list."""
        return self.count


class Readings(Frozen):
    """Values by key, as `ValueReader` keeps them or MISSING; attributes by the key of their value.

    `whole` are the keys of the values that a template may use, of whatever length. `may_have_secrets`
    is false where nothing that was read is a text, as in most answers.
    """

    values: Mapping[str, object]
    attributes: Mapping[str, Mapping[str, object]] = _NO_ATTRIBUTES
    whole: frozenset[str] = frozenset()
    may_have_secrets: bool = False

    @property
    def are_found(self) -> bool:
        """Whether any value or attribute was found, other than null."""
        if any(
            value is not MISSING and value is not None for value in self.values.values()
        ):
            return True
        shown = self.attributes.values()
        return any(value is not None for each in shown for value in each.values())

    def changed_since(self, before: Readings) -> list[str]:
        """Return the keys of the values that changed, or whose attributes did."""
        if self is before:
            return []
        values, attributes = before.values, before.attributes
        changed = [key for key, value in self.values.items() if values[key] != value]
        if self.attributes or attributes:
            changed += [
                key
                for key in self.values
                if self.attributes.get(key) != attributes.get(key)
            ]
        return changed


class ValueReader:
    """Reads the values of one resource from its documents, compiled once.

    Where no template may use it, a list or an object is not kept: states show the length of a list,
    and nothing of an object. A template may use its own value, and all where it names `values`.
    """

    def __init__(self, values: Iterable[Value]) -> None:
        values = tuple(values)
        paths = [value.path for value in values]
        self._keys = tuple(value.key for value in values)
        templates = {value.key: value.templates for value in values if value.templates}
        uses_all = any(_ALL_VALUES in template for template in templates.values())
        self._whole = frozenset(self._keys if uses_all else templates)
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
        # The paths that may lead through lists, by their places.
        self._segments = [
            (place, path.segments)
            for place, path in enumerate(paths)
            if isinstance(path, Path)
        ]
        # The places of values with a device class, for which the length of a list is no state.
        self._measured = [
            place for place, value in enumerate(values) if value.device_class
        ]

    def read(self, document: object) -> Readings:
        """Return the values of a document."""
        found = self._reader.read(document)
        values: dict[str, object]
        if not self._attributes and NO_TEXTS.issuperset(map(type, found)):
            values = dict(zip(self._keys, found, strict=True))
            return Readings(values=values, whole=self._whole)
        self._look_again(document, found)
        return Readings(
            values=dict(zip(self._keys, found, strict=False)),
            attributes=self._read_attributes(found),
            whole=self._whole,
            may_have_secrets=True,
        )

    def _look_again(self, document: object, found: list[object]) -> None:
        """Follow paths through lists as well, and cut lists and objects to what a state shows."""
        for place, segments in self._segments:
            if found[place] is MISSING:
                found[place] = find_loosely(document, segments)
        for place in self._measured:
            if isinstance(found[place], list):
                found[place] = _first(found[place])
        for place, key in enumerate(self._keys):
            if key not in self._whole:
                found[place] = _shown(found[place])

    def _read_attributes(
        self, found: list[object]
    ) -> Mapping[str, Mapping[str, object]]:
        return {
            key: {
                name: None if found[place] is MISSING else found[place]
                for name, place in places
            }
            for key, places in self._attributes
        }


def _first(elements: object) -> object:
    """Return the first element of a list: XML that had one element may have several later."""
    if not isinstance(elements, list) or not elements:
        return elements
    return elements if isinstance(elements[0], list | dict) else elements[0]


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
    from ..document.numbering import numbered_names  # noqa: PLC0415 - few values have attributes

    names: list[str] = []
    for path in paths:
        candidates = numbered_names(_last_key(path) or path.text)
        names.append(next(name for name in candidates if name not in names))
    return names


def _last_key(path: AnyPath) -> str | None:
    segments = path.segments if isinstance(path, Path) else ()
    keys = (segment for segment in reversed(segments) if isinstance(segment, str))
    return next(keys, None)
