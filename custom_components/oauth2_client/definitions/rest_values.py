"""Turns the entities of a `rest:` definition into values of a resource."""

from collections.abc import Callable, Iterable, Mapping
from copy import replace
import re
from typing import Any, Final

from homeassistant.components.sensor.const import AMBIGUOUS_UNITS
from homeassistant.const import (
    CONF_DEVICE_CLASS,
    CONF_ICON,
    CONF_NAME,
    CONF_PATH,
    CONF_PLATFORM,
    CONF_UNIQUE_ID,
    CONF_UNIT_OF_MEASUREMENT,
    CONF_VALUE_TEMPLATE,
    Platform,
)
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import is_template_string
from homeassistant.util import slugify

from ..document.parsing import DocumentFormat
from ..document.paths.jsonpath import read_jsonpath
from ..document.paths.syntax import path_text
from ..oauth2.frozen import Frozen
from . import InvalidDefinition
from .fitting import Misfit, check_value, fitting
from .value import (
    CONF_ATTRIBUTES,
    CONF_AVAILABILITY,
    CONF_KEY,
    CONF_STATE_CLASS,
    CONF_TEMPLATE,
    CONF_UNIT,
    Value,
)

BINARY_SENSOR: Final = "binary_sensor"
SENSOR: Final = "sensor"
JSON_ATTRIBUTES: Final = "json_attributes"
_JSON_ATTRIBUTES_PATH: Final = "json_attributes_path"
_FORCE_UPDATE: Final = "force_update"
_PICTURE: Final = "picture"
ENTITY_OPTIONS: Final = frozenset(
    {
        CONF_DEVICE_CLASS,
        CONF_ICON,
        CONF_NAME,
        CONF_STATE_CLASS,
        CONF_UNIQUE_ID,
        CONF_UNIT_OF_MEASUREMENT,
        CONF_VALUE_TEMPLATE,
        JSON_ATTRIBUTES,
        CONF_AVAILABILITY,
        _FORCE_UPDATE,
        _JSON_ATTRIBUTES_PATH,
        _PICTURE,
    }
)
_TEMPLATES: Final = (CONF_VALUE_TEMPLATE, CONF_AVAILABILITY, CONF_ICON)
# The names that `rest` gives to entities without one.
_DEFAULT_NAMES: Final[Mapping[str, str]] = {
    Platform.SENSOR: "REST Sensor",
    Platform.BINARY_SENSOR: "REST Binary Sensor",
}
# The keys and positions after a variable: `.a`, `.0`, `['a']`, `[0]`.
_KEYS: Final = (
    r"(?:\.(?:[A-Za-z_]\w*+|\d++)|\[\s*+(?:'[^'\\]*+'|\"[^\"\\]*+\"|-?\d++)\s*+\])*+"
)
# A template that only reads a path, and the filters behind it.
_PATH_TEMPLATE: Final = re.compile(
    rf"\{{\{{\s*+value_json({_KEYS})\s*+(\|[^{{}}]*+)?\}}\}}"
)
# In filters: these need the whole answer, or replace a missing value.
_WHOLE_ANSWER: Final = re.compile(r"\b(?:value|value_json|default|d)\b")
# A key in brackets, which stays as it is, or a position after a dot.
_POSITION: Final = re.compile(r"(\[[^\[\]]*+\])|\.(\d++)")
# A template that is one expression.
_EXPRESSION: Final = re.compile(r"\{\{-?([^{}]*+)\}\}")
# A test of whether there is anything at a path.
_PRESENCE: Final = re.compile(
    rf"\s*+(?:value_json|value)({_KEYS})\s*+"
    r"(?:is\s++(?:defined|not\s++none)|!=\s*+(?:none|None|null))\s*+-?"
)
# Goes in front of all other templates: it defines the variables that `rest` gives them.
_REST_VARIABLES: Final = (
    "{% set value_json = value %}"
    "{% set value = value if value is string else value | to_json %}"
)
# The same where the answer is read as a text, and templates use its JSON as well.
_TEXT_VARIABLES: Final = "{% set value_json = value | from_json(none) %}"
# The variable `value`, not an attribute or a key of that name.
_VALUE: Final = re.compile(r"(?<![\w.'\"])value(?![\w'\"]|\s*+=[^=])")
# `value_json` and all keys behind it.
_VALUE_JSON_PATH: Final = re.compile(rf"(?<![\w.'\"])value_json({_KEYS})(?![\w\[(.])")
_LOOP_OVER_VALUES: Final = re.compile(r"\bfor\s++(?:\w++\s*+,\s*+)?+value\s++in\b")
_VALUE_JSON: Final = re.compile(r"\bvalue_json\b")
_THIS: Final = re.compile(r"(?<![\w.'\"])this\b(?!['\"])")


class InvalidRest(ValueError):
    """The YAML is not a definition of `rest`.

    `key` is the translation key of the message, `place` the option that is wrong.
    """

    def __init__(self, key: str, place: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.place = place


class Note(Frozen):
    """What works differently: a translation key, and the options or entities that it is about."""

    key: str
    names: tuple[str, ...]


class Notes:
    """Collects what works differently, each difference once."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}

    def add(self, key: str, *names: str) -> None:
        """Add options or entities to a note. Without any, the note is not added."""
        if names:
            self._names.setdefault(key, {}).update(dict.fromkeys(names))

    @property
    def all(self) -> tuple[Note, ...]:
        """All notes, in the order in which they were first added."""
        return tuple(
            Note(key=key, names=tuple(names)) for key, names in self._names.items()
        )


class OldEntity(Frozen):
    """An entity of `rest`, and the key of the value that replaces it."""

    key: str = ""
    platform: str
    name: str
    unique_id: str | None = None


class RestValues:
    """Makes the values for the entities of one request, and chooses the format of its answer."""

    def __init__(
        self,
        entities: Iterable[tuple[str, Mapping[str, Any]]],
        notes: Notes,
        render: Callable[[str], str],
    ) -> None:
        entities = list(entities)
        self._notes = notes
        self._render = render
        self._reads_text, self._reads_json = _reads(item for _, item in entities)
        self.format: DocumentFormat = "text" if self._reads_text else "auto"
        self.made = [self._value(platform, item) for platform, item in entities]

    def _value(self, platform: str, item: Mapping[str, Any]) -> tuple[Value, OldEntity]:
        """Return the value for an entity, and the entity. The key is not unique yet."""
        name = self._name(platform, item)
        path, template, availability, icon = self._path_and_templates(item, name)
        try:
            value = Value.from_dict(
                {
                    CONF_KEY: slugify(name) or platform,
                    CONF_NAME: name,
                    CONF_PATH: path,
                    CONF_PLATFORM: platform,
                    CONF_TEMPLATE: template,
                    CONF_AVAILABILITY: availability,
                    CONF_ICON: icon,
                    CONF_UNIT: _unit(item),
                    CONF_DEVICE_CLASS: item.get(CONF_DEVICE_CLASS),
                    CONF_STATE_CLASS: item.get(CONF_STATE_CLASS),
                    CONF_ATTRIBUTES: self._attributes(item, name),
                },
                platform,
            )
        except InvalidDefinition as err:
            raise InvalidRest("rest_wrong", str(err)) from err
        self._note_unused_options(item, name)
        unique_id = item.get(CONF_UNIQUE_ID)
        old = OldEntity(
            platform=platform,
            name=name,
            unique_id=None if unique_id is None else str(unique_id),
        )
        return self._fitted(value), old

    def _name(self, platform: str, item: Mapping[str, Any]) -> str:
        name = str(item.get(CONF_NAME) or _DEFAULT_NAMES[platform]).strip()
        if not is_template_string(name):
            return name
        try:
            rendered = self._render(name).strip()
        except TemplateError:
            rendered = ""
        name = rendered or _DEFAULT_NAMES[platform]
        self._notes.add("name_template", name)
        return name

    def _fitted(self, value: Value) -> Value:
        """Return a value without classes that Home Assistant would reject."""
        try:
            check_value(value)
        except Misfit:
            self._notes.add("misfit", value.name)
            if value.platform == Platform.BINARY_SENSOR:
                value = replace(value, unit=None)
            return fitting(value)
        return value

    def _path_and_templates(
        self, item: Mapping[str, Any], name: str
    ) -> tuple[str, str | None, str | None, str | None]:
        """Return the path of a value, and its templates: for the state, the availability and the icon.

        All templates get the value at the same path. Where that of the availability or the icon needs
        the whole answer, the path is therefore `$`.
        """
        template = str(item.get(CONF_VALUE_TEMPLATE) or "").strip()
        path, state = self._path_and_state(template)
        availability = str(item.get(CONF_AVAILABILITY) or "").strip()
        if availability and _is_presence(availability, path):
            self._notes.add("availability_known", name)
            availability = ""
        icon = self._icon(item, name)
        icon_at_path = _icon_at_path(icon, path) if icon else None
        if not availability and (icon_at_path or not icon):
            return path, state, None, icon_at_path
        icon = f"{self._variables}{icon}" if icon and is_template_string(icon) else icon
        state = f"{self._variables}{template or '{{ value }}'}"
        available = f"{self._variables}{availability}" if availability else None
        return "$", state, available, icon

    def _path_and_state(self, template: str) -> tuple[str, str | None]:
        """Return the path that a template reads, and the template for the value at that path."""
        if not template:
            return "$", None
        found = None if self._reads_text else _PATH_TEMPLATE.fullmatch(template)
        filters = "" if found is None else (found[2] or "").strip()
        if found is None or _WHOLE_ANSWER.search(filters):
            return "$", f"{self._variables}{template}"
        return _path_of(found[1]), f"{{{{ value {filters} }}}}" if filters else None

    @property
    def _variables(self) -> str:
        reads_both = self._reads_text and self._reads_json
        return _TEXT_VARIABLES if reads_both else _REST_VARIABLES

    def _icon(self, item: Mapping[str, Any], name: str) -> str | None:
        """Return the icon or its template, None for a template that uses the former state."""
        icon = str(item.get(CONF_ICON) or "").strip()
        if not _THIS.search(icon):
            return icon or None
        self._notes.add(CONF_ICON, name)
        return None

    def _attributes(self, item: Mapping[str, Any], name: str) -> list[str]:
        """Return the paths of the attributes: keys of the document, or of the object at a path."""
        keys = map(str.strip, map(str, cv.ensure_list_csv(item.get(JSON_ATTRIBUTES))))
        root = read_jsonpath(str(item.get(_JSON_ATTRIBUTES_PATH) or "$").strip())
        if root is None:
            # The path can find several places, and which one is first may change.
            self._notes.add("attributes", name)
            return []
        return [path_text((*root.segments, key)) for key in keys if key]

    def _note_unused_options(self, item: Mapping[str, Any], name: str) -> None:
        """Note the options that a value does not have."""
        if item.get(_PICTURE):
            self._notes.add(_PICTURE, name)
        if str(item.get(_FORCE_UPDATE, "")).lower() in ("true", "yes", "on", "1"):
            self._notes.add(_FORCE_UPDATE, name)
        texts = [str(item.get(key) or "") for key in _TEMPLATES]
        if any(map(_THIS.search, texts[:2])):
            self._notes.add("this", name)
        if not self._reads_text and any(map(_uses_text, texts)):
            self._notes.add("text", name)
        if CONF_PLATFORM not in item and "resource" not in item:
            unknown = {str(key) for key in item.keys() - ENTITY_OPTIONS}
            self._notes.add("unknown", *sorted(unknown))


def _uses_text(template: str) -> bool:
    """Return whether a template uses the text of the answer, and has no `value` of its own."""
    return bool(_VALUE.search(template)) and not _LOOP_OVER_VALUES.search(template)


def _reads(items: Iterable[Mapping[str, Any]]) -> tuple[bool, bool]:
    """Return whether an answer has to be read as a text, and whether templates use its JSON."""
    items = list(items)
    templates = [str(item.get(key) or "") for item in items for key in _TEMPLATES]
    uses_json = any(map(_VALUE_JSON.search, templates))
    has_attributes = any(item.get(JSON_ATTRIBUTES) for item in items)
    needs_text = any(
        _uses_text(template) and not _VALUE_JSON.search(template)
        for template in templates
    )
    # Attributes can only be read from a document.
    return needs_text and not has_attributes, uses_json


def _unit(item: Mapping[str, Any]) -> object:
    """Return the unit as Home Assistant writes it."""
    unit = item.get(CONF_UNIT_OF_MEASUREMENT)
    if not isinstance(unit, str):
        return unit
    if unit in ("C", "F") and item.get(CONF_DEVICE_CLASS) == "temperature":
        return f"°{unit}"
    return AMBIGUOUS_UNITS.get(unit, unit)


def _icon_at_path(icon: str, path: str) -> str | None:
    """Return an icon's template for the value at a path, None where it needs more of the answer."""
    there = _VALUE_JSON_PATH.sub(
        lambda found: "value" if _path_of(found[1]) == path else found[0], icon
    )
    needs_more = _VALUE_JSON.search(there) or _VALUE.search(icon)
    return None if needs_more and is_template_string(icon) else there


def _is_presence(availability: str, path: str) -> bool:
    """Return whether a template only tests that a path, or a part of it, leads to something."""
    found = _EXPRESSION.fullmatch(availability)
    tests = [] if found is None else re.split(r"\sand\s", found[1])
    tested = [_PRESENCE.fullmatch(test) for test in tests]
    return bool(tested) and all(
        each is not None and _leads_to(_path_of(each[1]), path) for each in tested
    )


def _leads_to(begin: str, path: str) -> bool:
    rest = path.removeprefix(begin)
    return path.startswith(begin) and rest[:1] in ("", ".", "[")


def _path_of(keys: str) -> str:
    """Return the path for the keys after `value_json` in a template."""
    return "$" + _POSITION.sub(lambda found: found[1] or f"[{found[2]}]", keys)
