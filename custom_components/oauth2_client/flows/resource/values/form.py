"""The forms that change a resource's values: the list of values, and the form of one."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

import voluptuous as vol

from homeassistant import data_entry_flow
from homeassistant.components.binary_sensor import BinarySensorDeviceClass  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.components.sensor.const import (
    AMBIGUOUS_UNITS,
    DEVICE_CLASS_UNITS,
    NON_NUMERIC_DEVICE_CLASSES,
)
from homeassistant.const import (
    CONF_NAME,
    CONF_PATH,
    CONF_PLATFORM,
    EntityCategory,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.template import Template

from ....definitions.fitting import Misfit, check_value
from ....definitions.template_texts import template_fault
from ....definitions.value import (
    CONF_ATTRIBUTES,
    CONF_AVAILABILITY,
    CONF_CATEGORY,
    CONF_PRECISION,
    CONF_STATE_CLASS,
    CONF_TEMPLATE,
    CONF_UNIT,
    NO_STATE_CLASS,
    PLATFORMS,
    Value,
)
from ....document.paths import AnyPath, InvalidPath, compile_path
from ...request_form import FormError
from ...words import async_words
from .. import VALUES, way_back

CONF_BINARY_CLASS: Final = "binary_class"
CONF_REMOVE: Final = "remove"
CONF_SENSOR_CLASS: Final = "sensor_class"
CONF_VALUE: Final = "value"
SECTION_MORE: Final = "more"

# The choices beside the values, which are chosen by their positions.
DONE: Final = "done"
NEW: Final = "new"

# More values than these are shown in a dropdown.
_MAX_LISTED_VALUES: Final = 40
_MAX_DECIMALS: Final = 6
# The misfits that are shown at the state class. All others are shown at the unit.
_STATE_CLASS_MISFITS: Final = frozenset(
    {"state_class_mismatch", "state_class_needless"}
)


class _TemplateField(TemplateSelector):
    """A field for a template. Home Assistant's own names exceptions where one is faulty; ours is checked later."""

    @override
    def __call__(self, data: Any) -> str:
        return str(data)


def values_schema(labels: Iterable[str], *, back: str) -> vol.Schema:
    """Return the form that lists values by their labels, to choose the next one to change.

    `back` is the step that it leads back to.
    """
    options = [
        SelectOptionDict(value=str(index), label=label)
        for index, label in enumerate(labels)
    ]
    # Their labels are in the translations.
    done, new, before = (
        SelectOptionDict(value=key, label=key) for key in (DONE, NEW, back)
    )
    is_long = len(options) > _MAX_LISTED_VALUES
    selector = SelectSelectorConfig(
        options=[done, *options, new, before],
        mode=SelectSelectorMode.DROPDOWN if is_long else SelectSelectorMode.LIST,
        translation_key=CONF_VALUE,
    )
    return vol.Schema(
        {vol.Required(CONF_VALUE, default=DONE): SelectSelector(selector)}
    )


def value_schema(*, new: bool) -> vol.Schema:
    """Return the form of one value. Only one that is not `new` can be removed."""
    sensor = {"field": CONF_PLATFORM, "value": str(Platform.SENSOR)}
    binary = {"field": CONF_PLATFORM, "value": str(Platform.BINARY_SENSOR)}
    quantity = {
        "field": CONF_SENSOR_CLASS,
        "operator": "not_in",
        "value": sorted(map(str, NON_NUMERIC_DEVICE_CLASSES)),
    }
    platforms = SelectSelectorConfig(
        options=[str(item) for item in PLATFORMS],
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_PLATFORM,
    )
    state_classes = [*(str(item) for item in SensorStateClass), NO_STATE_CLASS]
    decimals = NumberSelectorConfig(
        min=0, max=_MAX_DECIMALS, step=1, mode=NumberSelectorMode.BOX
    )
    fields: dict[Any, Any] = {
        # Not required: the frontend does not submit a form that lacks a required field, even to go back.
        vol.Optional(CONF_NAME): TextSelector(),
        vol.Optional(CONF_PATH): TextSelector(),
        vol.Required(CONF_PLATFORM, default=str(Platform.SENSOR)): SelectSelector(
            platforms
        ),
        _only_if(CONF_SENSOR_CLASS, sensor): _choice(
            CONF_SENSOR_CLASS, _sensor_classes()
        ),
        _only_if(CONF_BINARY_CLASS, binary): _choice(
            CONF_BINARY_CLASS, [str(item) for item in BinarySensorDeviceClass]
        ),
        _only_if(CONF_UNIT, sensor, quantity): SelectSelector(
            SelectSelectorConfig(
                options=_units(), custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        ),
        _only_if(CONF_STATE_CLASS, sensor, quantity): _choice(
            CONF_STATE_CLASS, state_classes
        ),
        _only_if(CONF_PRECISION, sensor, quantity): NumberSelector(decimals),
        vol.Required(SECTION_MORE): section(
            vol.Schema(
                {
                    vol.Optional(CONF_TEMPLATE): _TemplateField(),
                    vol.Optional(CONF_AVAILABILITY): _TemplateField(),
                    vol.Optional(CONF_ATTRIBUTES): TextSelector(
                        TextSelectorConfig(multiple=True)
                    ),
                    vol.Optional(CONF_CATEGORY): _choice(
                        CONF_CATEGORY, [str(EntityCategory.DIAGNOSTIC)]
                    ),
                }
            ),
            {"collapsed": True},
        ),
    }
    if not new:
        fields[vol.Required(CONF_REMOVE, default=False)] = BooleanSelector()
    return vol.Schema({**fields, **way_back(VALUES)})


def form_from_value(value: Value) -> dict[str, Any]:
    """Return a value as suggested values of its form."""
    stored = value.as_dict()
    form: dict[str, Any] = {
        key: stored[key]
        for key in (
            *(CONF_NAME, CONF_PATH, CONF_PLATFORM),
            *(CONF_UNIT, CONF_STATE_CLASS, CONF_PRECISION),
        )
        if key in stored
    }
    more = (CONF_TEMPLATE, CONF_AVAILABILITY, CONF_ATTRIBUTES, CONF_CATEGORY)
    form[SECTION_MORE] = {key: stored[key] for key in more if key in stored}
    if value.device_class is not None:
        form[_class_field(value.platform)] = value.device_class
    return form


def value_from_form(
    hass: HomeAssistant, form: Mapping[str, Any], before: Value | None
) -> Value:
    """Return the value of a filled-in form. `before` is the one that is changed, None for a new one.

    A new value has no key yet. The fields of the other platform are ignored: from Home Assistant 2026.11
    on, the form hides them.

    Raises FormError for the first error, and Misfit.
    """
    if not (name := form.get(CONF_NAME, "").strip()):
        raise FormError(CONF_NAME, "name_missing")
    if not (path := form.get(CONF_PATH, "").strip()):
        raise FormError(CONF_PATH, "path_missing")
    more, platform = form[SECTION_MORE], form[CONF_PLATFORM]
    attributes = [text.strip() for text in more.get(CONF_ATTRIBUTES) or ()]
    value = Value(
        key="" if before is None else before.key,
        replaces=None if before is None else before.replaces,
        icon=None if before is None else before.icon,
        name=name,
        path=_path_from_form(CONF_PATH, path),
        platform=platform,
        device_class=form.get(_class_field(platform)) or None,
        category=more.get(CONF_CATEGORY) or None,
        template=(more.get(CONF_TEMPLATE) or "").strip() or None,
        availability=(more.get(CONF_AVAILABILITY) or "").strip() or None,
        attributes=tuple(
            _path_from_form(SECTION_MORE, text) for text in attributes if text
        ),
        **(_quantity(form) if platform == Platform.SENSOR else {}),
    )
    check_value(value)
    _check_template(hass, value.template, "value_template")
    _check_template(hass, value.availability, "availability_template")
    return value


def _check_template(hass: HomeAssistant, text: str | None, key: str) -> None:
    """Raise FormError for a template that cannot be compiled."""
    if text is None:
        return
    try:
        Template(text, hass).ensure_valid()
    except TemplateError as err:
        raise FormError(SECTION_MORE, key, reason=template_fault(err)) from err


async def async_misfit(hass: HomeAssistant, err: Misfit) -> FormError:
    """Return the form's error for a unit or class that does not fit, with translated names of classes."""
    value, is_state_class = err.value, err.key in _STATE_CLASS_MISFITS
    state_classes = await async_words(hass, CONF_STATE_CLASS)
    classes = await async_words(hass, _class_field(value.platform))
    allowed = err.allowed
    if is_state_class:
        allowed = tuple(state_classes[each] for each in allowed)
    return FormError(
        CONF_STATE_CLASS if is_state_class else CONF_UNIT,
        err.key,
        value=value.name,
        device_class=classes.get(value.device_class or "", ""),
        unit=value.unit or "",
        state_class=state_classes.get(value.state_class or "", ""),
        allowed=", ".join(allowed),
    )


def _quantity(form: Mapping[str, Any]) -> dict[str, Any]:
    unit = form.get(CONF_UNIT, "").strip()
    precision = form.get(CONF_PRECISION)
    return {
        "unit": AMBIGUOUS_UNITS.get(unit, unit) or None,
        "state_class": form.get(CONF_STATE_CLASS) or None,
        "precision": None if precision is None else int(precision),
    }


def _class_field(platform: str) -> str:
    return CONF_SENSOR_CLASS if platform == Platform.SENSOR else CONF_BINARY_CLASS


def _path_from_form(field: str, text: str) -> AnyPath:
    try:
        return compile_path(text)
    except InvalidPath as err:
        raise FormError(
            field, "invalid_path", path=text, position=str(err.position)
        ) from err


def _only_if(key: str, *conditions: Mapping[str, Any]) -> vol.Optional:
    """Return the marker of a field that is shown only where other fields have these values.

    Before Home Assistant 2026.11 it is always shown.
    """
    marker = getattr(data_entry_flow, "Optional", None)
    if marker is None:
        return vol.Optional(key)
    conditional: vol.Optional = marker(key, visible=[dict(each) for each in conditions])
    return conditional


def _choice(key: str, options: Iterable[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=key,
            sort=True,
        )
    )


def _sensor_classes() -> list[str]:
    # An enum sensor needs a list of its options, which cannot be known from one answer.
    return [
        str(item) for item in SensorDeviceClass if item is not SensorDeviceClass.ENUM
    ]


def _units() -> list[str]:
    return sorted(
        {str(unit) for units in DEVICE_CLASS_UNITS.values() for unit in units if unit}
    )
