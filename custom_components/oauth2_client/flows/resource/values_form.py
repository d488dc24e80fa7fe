"""The form in which a resource's values are changed."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.binary_sensor import BinarySensorDeviceClass  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.components.sensor.const import AMBIGUOUS_UNITS, DEVICE_CLASS_UNITS
from homeassistant.const import (
    CONF_DEVICE_CLASS,
    CONF_NAME,
    CONF_PATH,
    CONF_PLATFORM,
    EntityCategory,
    Platform,
)
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
    TextSelectorConfig,
)

from ...definitions.fitting import Misfit, check_value
from ...definitions.resource import CONF_VALUES
from ...definitions.value import (
    CONF_ATTRIBUTES,
    CONF_CATEGORY,
    CONF_KEY,
    CONF_PRECISION,
    CONF_STATE_CLASS,
    CONF_TEMPLATE,
    CONF_UNIT,
    NO_STATE_CLASS,
    PLATFORMS,
    Value,
    keep_keys,
)
from ...document.paths import AnyPath, InvalidPath, compile_path
from ..request_form import FormError

_MAX_DECIMALS: Final = 6


def values_schema() -> vol.Schema:
    """Return the form to change values one by one."""
    selector = ObjectSelectorConfig(
        multiple=True,
        label_field=CONF_NAME,
        description_field=CONF_PATH,
        translation_key=CONF_VALUES,
        fields={
            CONF_NAME: {"required": True, "selector": TextSelector()},
            CONF_PATH: {"required": True, "selector": TextSelector()},
            CONF_PLATFORM: _choice(CONF_PLATFORM, [str(item) for item in PLATFORMS]),
            CONF_DEVICE_CLASS: _choice(CONF_DEVICE_CLASS, _device_classes()),
            CONF_UNIT: {
                "selector": SelectSelector(
                    SelectSelectorConfig(
                        options=_units(),
                        custom_value=True,
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                )
            },
            CONF_STATE_CLASS: _choice(
                CONF_STATE_CLASS,
                [*(str(item) for item in SensorStateClass), NO_STATE_CLASS],
            ),
            CONF_PRECISION: {
                "selector": NumberSelector(
                    NumberSelectorConfig(
                        min=0, max=_MAX_DECIMALS, mode=NumberSelectorMode.BOX
                    )
                )
            },
            CONF_CATEGORY: _choice(CONF_CATEGORY, [str(EntityCategory.DIAGNOSTIC)]),
            CONF_TEMPLATE: {"selector": TemplateSelector()},
            CONF_ATTRIBUTES: {
                "selector": TextSelector(TextSelectorConfig(multiple=True))
            },
        },
    )
    return vol.Schema({vol.Optional(CONF_VALUES): ObjectSelector(selector)})


def form_of_values(values: Iterable[Value]) -> list[dict[str, Any]]:
    """Return values as answers of the form."""
    forms = [value.as_dict() for value in values]
    for form in forms:
        del form[CONF_KEY]
    return forms


def values_from_form(
    form: Mapping[str, Any], previous: Iterable[Value]
) -> tuple[Value, ...]:
    """Return the values of a filled-in form; those of `previous` keep their keys.

    Raises FormError for the first mistake.
    """
    typed = form.get(CONF_VALUES) or []
    # The selector also accepts a single object in place of a list.
    items = [typed] if isinstance(typed, Mapping) else typed
    if not items:
        raise FormError(CONF_VALUES, "no_values")
    return keep_keys([_value_from_form(item) for item in items], previous)


def _value_from_form(item: Mapping[str, Any]) -> Value:
    name, text = item[CONF_NAME].strip(), item[CONF_PATH].strip()
    if not name or not text:
        raise FormError(CONF_VALUES, "value_incomplete")
    unit = item.get(CONF_UNIT, "").strip()
    precision = item.get(CONF_PRECISION)
    value = Value(
        key="",
        name=name,
        path=_path_from_form(text),
        platform=item.get(CONF_PLATFORM) or Platform.SENSOR,
        unit=AMBIGUOUS_UNITS.get(unit, unit) or None,
        device_class=item.get(CONF_DEVICE_CLASS) or None,
        state_class=item.get(CONF_STATE_CLASS) or None,
        precision=None if precision is None else int(precision),
        category=item.get(CONF_CATEGORY) or None,
        template=(item.get(CONF_TEMPLATE) or "").strip() or None,
        attributes=tuple(
            _path_from_form(path) for path in item.get(CONF_ATTRIBUTES) or () if path
        ),
    )
    try:
        check_value(value)
    except Misfit as err:
        raise FormError(CONF_VALUES, err.key, **err.placeholders) from err
    return value


def _path_from_form(text: str) -> AnyPath:
    try:
        return compile_path(text)
    except InvalidPath as err:
        raise FormError(
            CONF_VALUES, "invalid_path", path=text, position=str(err.position)
        ) from err


def _choice(key: str, options: list[str]) -> ObjectSelectorField:
    return {
        "selector": SelectSelector(
            SelectSelectorConfig(
                options=options,
                mode=SelectSelectorMode.DROPDOWN,
                translation_key=key,
                sort=key == CONF_DEVICE_CLASS,
            )
        )
    }


def _device_classes() -> list[str]:
    # An enumeration needs its options, which one answer does not show.
    sensors = [item for item in SensorDeviceClass if item is not SensorDeviceClass.ENUM]
    return sorted({str(item) for item in (*sensors, *BinarySensorDeviceClass)})


def _units() -> list[str]:
    return sorted(
        {str(unit) for units in DEVICE_CLASS_UNITS.values() for unit in units if unit}
    )
