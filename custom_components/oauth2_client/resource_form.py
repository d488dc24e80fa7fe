"""The form of a resource: its fields, and the resource that they make."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.sensor.const import (
    AMBIGUOUS_UNITS,
    DEVICE_CLASS_UNITS,
    NON_NUMERIC_DEVICE_CLASSES,
)
from homeassistant.const import CONF_DEVICE_CLASS, CONF_NAME, CONF_PATH, CONF_URL
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util.enum import try_parse_enum

from .document import InvalidPath, Leaf, compile_path
from .resource import (
    CONF_INTERVAL,
    CONF_UNIT,
    CONF_VALUES,
    DEFAULT_INTERVAL,
    MIN_INTERVAL,
    Resource,
    Value,
    keep_keys,
)

_MAX_INTERVAL: Final = 7 * 24 * 3600
CONF_PICKED: Final = "picked"
# Up to so many are shown all at once; more are searched.
_MOST_TICKS: Final = 40


class FormError(Exception):
    """A mistake in a form: the field it is shown at, and the key of its message."""

    def __init__(self, field: str, key: str, **placeholders: str) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.placeholders = placeholders


def resource_schema() -> vol.Schema:
    """Return the form of a resource."""
    interval = NumberSelectorConfig(
        min=1,
        max=_MAX_INTERVAL,
        step=1,
        unit_of_measurement="s",
        mode=NumberSelectorMode.BOX,
    )
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_URL): TextSelector(),
            vol.Required(CONF_INTERVAL, default=DEFAULT_INTERVAL): NumberSelector(
                interval
            ),
            vol.Optional(CONF_VALUES): _values_selector(),
        }
    )


def pick_schema(found: Iterable[Leaf]) -> vol.Schema:
    """Return the form that shows the values of an answer, to be ticked."""
    options = [
        SelectOptionDict(value=leaf.path, label=f"{leaf.path} — {leaf.sample}")
        for leaf in found
    ]
    short = len(options) <= _MOST_TICKS
    return vol.Schema(
        {
            vol.Optional(CONF_PICKED): SelectSelector(
                SelectSelectorConfig(
                    options=options,
                    multiple=True,
                    mode=SelectSelectorMode.LIST
                    if short
                    else SelectSelectorMode.DROPDOWN,
                )
            )
        }
    )


def values_of(found: Iterable[Leaf], picked: Collection[str]) -> list[Value]:
    """Return the values that were ticked, named after their keys, each name once."""
    values: list[Value] = []
    names: set[str] = set()
    for leaf in found:
        if leaf.path not in picked:
            continue
        name = leaf.path if leaf.name in names else leaf.name
        names.add(name)
        values.append(Value(key="", name=name, path=compile_path(leaf.path)))
    return values


def _values_selector() -> ObjectSelector:
    units = {
        str(unit) for units in DEVICE_CLASS_UNITS.values() for unit in units if unit
    }
    # An enumeration needs its options, which one answer does not tell.
    classes = [
        item.value for item in SensorDeviceClass if item is not SensorDeviceClass.ENUM
    ]
    return ObjectSelector(
        ObjectSelectorConfig(
            multiple=True,
            label_field=CONF_NAME,
            description_field=CONF_PATH,
            translation_key=CONF_VALUES,
            fields={
                CONF_NAME: {"required": True, "selector": TextSelector()},
                CONF_PATH: {"required": True, "selector": TextSelector()},
                CONF_UNIT: {
                    "selector": SelectSelector(
                        SelectSelectorConfig(
                            options=sorted(units),
                            custom_value=True,
                            mode=SelectSelectorMode.DROPDOWN,
                        )
                    )
                },
                CONF_DEVICE_CLASS: {
                    "selector": SelectSelector(
                        SelectSelectorConfig(
                            options=classes,
                            mode=SelectSelectorMode.DROPDOWN,
                            translation_key=CONF_DEVICE_CLASS,
                            sort=True,
                        )
                    )
                },
            },
        )
    )


def form_of(resource: Resource | None) -> dict[str, Any]:
    """Return the answers that would make this resource."""
    if resource is None:
        return {}
    shown = (CONF_NAME, CONF_PATH, CONF_UNIT, CONF_DEVICE_CLASS)
    return {
        CONF_NAME: resource.name,
        CONF_URL: resource.url,
        CONF_INTERVAL: resource.interval,
        CONF_VALUES: [
            {
                field: text
                for field, text in value.as_dict().items()
                if text and field in shown
            }
            for value in resource.values
        ],
    }


def resource_from_form(form: Mapping[str, Any], previous: Resource | None) -> Resource:
    """Return the resource of a filled-in form; values known from before keep their keys.

    Without values, they are picked from the answer: see pick_schema.

    Raises FormError for the first mistake that shows without asking the API.
    """
    if not (name := form[CONF_NAME].strip()):
        raise FormError(CONF_NAME, "name_missing")
    if form[CONF_INTERVAL] < MIN_INTERVAL:
        raise FormError(CONF_INTERVAL, "interval_too_short")
    typed = form.get(CONF_VALUES) or []
    # The selector lets one object stand for a list of one.
    items = [typed] if isinstance(typed, Mapping) else typed
    values = [_value_from_form(item) for item in items]
    return Resource(
        name=name,
        url=form[CONF_URL].strip(),
        interval=int(form[CONF_INTERVAL]),
        values=keep_keys(values, () if previous is None else previous.values),
    )


def _value_from_form(item: Mapping[str, Any]) -> Value:
    name, text = item[CONF_NAME].strip(), item[CONF_PATH].strip()
    if not name or not text:
        raise FormError(CONF_VALUES, "value_incomplete")
    try:
        path = compile_path(text)
    except InvalidPath as err:
        raise FormError(
            CONF_VALUES, "invalid_path", path=text, position=str(err.position)
        ) from err
    unit = item.get(CONF_UNIT, "").strip()
    value = Value(
        key="",
        name=name,
        path=path,
        unit=AMBIGUOUS_UNITS.get(unit, unit) or None,
        device_class=item.get(CONF_DEVICE_CLASS) or None,
    )
    _check_unit(value)
    return value


def _check_unit(value: Value) -> None:
    """Raise FormError where a unit and a device class contradict each other."""
    device_class = try_parse_enum(SensorDeviceClass, value.device_class)
    if device_class is None:
        return
    told = {
        "value": value.name,
        "device_class": device_class.value,
        "unit": value.unit or "–",
    }
    if device_class in NON_NUMERIC_DEVICE_CLASSES:
        if value.unit:
            raise FormError(CONF_VALUES, "unit_not_allowed", **told)
        return
    units = DEVICE_CLASS_UNITS.get(device_class)
    if units is not None and value.unit not in units:
        known = ", ".join(sorted(str(unit) if unit else "–" for unit in units))
        raise FormError(CONF_VALUES, "unit_mismatch", units=known, **told)
