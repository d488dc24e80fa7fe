"""Places the errors of a form where a person sees them."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_BASE
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import SelectSelector, SelectSelectorMode

# How many fields are in view when a form opens. A closed section counts as one.
_FIELDS_IN_VIEW: Final = 4
# How many rows above the submit button are in view together with it.
_ROWS_ABOVE_SUBMIT: Final = 15
_SEE_ABOVE: Final = "see_above"


def placed(
    schema: vol.Schema, errors: Mapping[str, str] | None
) -> tuple[vol.Schema, dict[str, str] | None]:
    """Return a form with its errors: each at its field; sections that have one are open.

    The frontend shows no error inside a section, so that of a field in it is shown above the section.
    An error without a field in this form is shown above the form, unless another one is there. So is
    an error that is out of view, for the frontend does not scroll to it.

    Nor does it scroll back from the button that submits a long form: where all errors are too far above
    the button, the last field points to them.
    """
    if not errors:
        return schema, None if errors is None else {}
    fields, shown = _at_fields(schema, errors)
    names = {str(key) for key in _all_fields(schema)}
    for name, error in errors.items():
        if name not in names:
            shown.setdefault(CONF_BASE, error)
    in_view = [*map(str, fields)][:_FIELDS_IN_VIEW]
    if shown.keys().isdisjoint((CONF_BASE, *in_view)):
        shown[CONF_BASE] = next(iter(shown.values()))
    if CONF_BASE in errors:
        shown[CONF_BASE] = errors[CONF_BASE]
    below = _below_errors(fields, shown)
    if sum(map(_rows, below.values())) > _ROWS_ABOVE_SUBMIT:
        shown[[*below][-1]] = _SEE_ABOVE
    return vol.Schema(fields), shown


def _at_fields(
    schema: vol.Schema, errors: Mapping[str, str]
) -> tuple[dict[Any, Any], dict[str, str]]:
    """Return the fields, and the errors by the field or section that shows them."""
    fields: dict[Any, Any] = {}
    shown: dict[str, str] = {}
    for key, field in schema.schema.items():
        fields[key] = field
        names = [str(key)]
        if isinstance(field, section):
            names += map(str, field.schema.schema)
        error = next((errors[name] for name in names if name in errors), None)
        if error is None:
            continue
        shown[str(key)] = error
        if isinstance(field, section):
            fields[key] = section(field.schema, {"collapsed": False})
    return fields, shown


def _below_errors(
    fields: Mapping[Any, Any], errors: Mapping[str, str]
) -> dict[str, Any]:
    """Return the fields below the last one that shows an error; all where none does."""
    below: dict[str, Any] = {}
    for key, field in fields.items():
        if str(key) in errors:
            below.clear()
        else:
            below[str(key)] = field
    return below


def _rows(field: Any) -> int:
    """Return how many rows a field has: one for each option of a list, one for a closed section."""
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
