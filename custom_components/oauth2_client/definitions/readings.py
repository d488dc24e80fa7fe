"""Reads the picked values of a resource, and their attributes, from an answer."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Final

from ..document.paths import MISSING, AnyPath, Path, compile_paths, find_loosely
from ..oauth2.frozen import Frozen
from .value import Value

if TYPE_CHECKING:
    from homeassistant.helpers.template import Template

# Types that cannot contain a secret. Most values are of one of these.
NO_TEXTS: Final = frozenset({int, float, bool, NoneType})
# About what Home Assistant's recorder accepts as the attributes of one state (16 KiB).
MAX_TEXT_CHARACTERS: Final = 16 * 1024
# The variable that has all picked values in a template.
_ALL_VALUES: Final = "values"
_NO_ATTRIBUTES: Final = MappingProxyType[str, Mapping[str, object]]({})


class Elements(Frozen):
    """Stands for a list of which only the length is shown."""

    count: int

    def __len__(self) -> int:
        """Return the length of the list."""
        return self.count


class Readings(Frozen):
    """The values that were found, by key, MISSING where there was none; attributes by their value's key.

    `whole` are the keys of the values that a template may use, which are not cut. `may_have_secrets` is
    false where nothing that was read can contain a text, as in most answers.
    """

    values: Mapping[str, object]
    attributes: Mapping[str, Mapping[str, object]] = _NO_ATTRIBUTES
    whole: frozenset[str] = frozenset()
    may_have_secrets: bool = False

    @property
    def are_found(self) -> bool:
        """Whether any value or attribute was found that is not null."""
        if any(
            value is not MISSING and value is not None for value in self.values.values()
        ):
            return True
        attributes = self.attributes.values()
        return any(value is not None for each in attributes for value in each.values())

    def changed_since(self, before: Readings) -> list[str]:
        """Return the keys of the values that changed, or whose attributes changed."""
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
    """Reads the values of one resource from its documents. Their paths are compiled once.

    A list or an object is kept only where a template may use it: a state shows the length of a list,
    and nothing of an object. A template may use its own value, and all values where it names `values`.
    """

    def __init__(self, values: Iterable[Value]) -> None:
        values = tuple(values)
        paths = [value.path for value in values]
        self._keys = tuple(value.key for value in values)
        templates = {value.key: value.templates for value in values if value.templates}
        uses_all = any(_ALL_VALUES in template for template in templates.values())
        self._whole = frozenset(self._keys if uses_all else templates)
        # The key of each value with attributes, their names, and the positions of their paths.
        self._attributes: list[tuple[str, list[tuple[str, int]]]] = []
        for value in values:
            if not value.attributes:
                continue
            names = attribute_names(value.attributes)
            places = [(name, len(paths) + index) for index, name in enumerate(names)]
            self._attributes.append((value.key, places))
            paths += value.attributes
        self._reader = compile_paths(paths)
        # The positions and segments of the paths that may have to be followed through lists.
        self._segments = [
            (place, path.segments)
            for place, path in enumerate(paths)
            if isinstance(path, Path)
        ]
        # The positions of values with a device class: the length of a list cannot be their state.
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
        """Follow missing paths through lists, and reduce lists and objects to what a state shows."""
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


def render_value(
    template: Template,
    value: object,
    readings: Readings,
    *,
    log_fn: Callable[[int, str], None] | None = None,
) -> str:
    """Return the result of a value's template. Raises TemplateError.

    The template may use `value`, and `values`: all picked values by their keys.
    """
    others = {
        key: None if other is MISSING else other
        for key, other in readings.values.items()
    }
    text: str = template.async_render(
        {"value": value, "values": others}, parse_result=False, log_fn=log_fn
    )
    return text


def _first(elements: object) -> object:
    """Return the first element of a list: an XML element that was one may be repeated later."""
    if not isinstance(elements, list) or not elements:
        return elements
    return elements if isinstance(elements[0], list | dict) else elements[0]


def _shown(value: object) -> object:
    """Return what a state needs of a value: of a list its length, of an object nothing."""
    match value:
        case list():
            return Elements(count=len(value))
        case dict():
            return {}
    return value


def attribute_names(paths: Iterable[AnyPath]) -> list[str]:
    """Return the names of attributes: the last key of each path, numbered where they are equal."""
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
