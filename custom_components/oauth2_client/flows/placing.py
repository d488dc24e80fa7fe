"""Puts the errors of a form where a person sees them."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_BASE
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import SelectSelector, SelectSelectorMode

# How many fields are in view when a form opens, closed sections included.
_IN_VIEW: Final = 4
# How many rows above the button that sends the form are in view with it.
_ABOVE_THE_BUTTON: Final = 15
_SEE_ABOVE: Final = "see_above"


def placed(
    schema: vol.Schema, errors: Mapping[str, str] | None
) -> tuple[vol.Schema, dict[str, str] | None]:
    """Return a form with its errors: each at its field; sections that have one are open.

    The frontend shows no error inside a section, so that of a field in it is shown above the section.
    An error without a field in this form is shown above the form, unless another one is there. So is
    an error that is out of view, for the frontend does not scroll to it.

    Nor does it scroll back from the button that sends a long form: where all errors are too far above
    the button, the last field points to them.
    """
    if not errors:
        return schema, None if errors is None else {}
    fields: dict[Any, Any] = {}
    shown: dict[str, str] = {}
    for key, field in schema.schema.items():
        fields[key] = field
        own = [str(key)]
        if isinstance(field, section):
            own += map(str, field.schema.schema)
        first = next((errors[name] for name in own if name in errors), None)
        if first is None:
            continue
        shown[str(key)] = first
        if isinstance(field, section):
            fields[key] = section(field.schema, {"collapsed": False})
    names = {str(key) for key in _all_fields(schema)}
    for name, error in errors.items():
        if name not in names:
            shown.setdefault(CONF_BASE, error)
    in_view = [*map(str, fields)][:_IN_VIEW]
    if shown.keys().isdisjoint((CONF_BASE, *in_view)):
        shown[CONF_BASE] = next(iter(shown.values()))
    if CONF_BASE in errors:
        shown[CONF_BASE] = errors[CONF_BASE]
    below: list[str] = []
    for key in map(str, fields):
        below = [] if key in shown else [*below, key]
    rows = sum(_rows(field) for key, field in fields.items() if str(key) in below)
    if rows > _ABOVE_THE_BUTTON:
        shown[below[-1]] = _SEE_ABOVE
    return vol.Schema(fields), shown


def _rows(field: Any) -> int:
    """Return how many rows a field has: as many as a list has options, one for a closed section."""
    if isinstance(field, section):
        inside = sum(map(_rows, field.schema.schema.values()))
        return 1 if field.options.get("collapsed") else inside
    if isinstance(field, SelectSelector):
        listed = field.config.get("mode") == SelectSelectorMode.LIST
        return len(field.config["options"]) if listed else 1
    return 1


def _all_fields(schema: vol.Schema) -> list[Any]:
    fields = []
    for key, field in schema.schema.items():
        fields.append(key)
        if isinstance(field, section):
            fields += field.schema.schema
    return fields
