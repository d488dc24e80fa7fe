"""What a value would show of an answer now: what its path finds, and what its template makes of that."""

from typing import NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template

from ..document.paths import MISSING
from .readings import Elements, Readings, render_value
from .template_texts import template_fault
from .value import Value


class Sample(NamedTuple):
    """What is in an answer, and what becomes of it. MISSING where there is nothing, or it is not known.

    `fault` says in one line what is wrong with the template.
    """

    found: object
    shown: object
    fault: str | None = None


def sample_of(hass: HomeAssistant, value: Value, readings: Readings) -> Sample:
    """Return what a value shows of readings, which may be older than its template."""
    found = readings.values.get(value.key, MISSING)
    if found is MISSING or value.template is None:
        return Sample(found, found)
    if isinstance(found, Elements | dict) and value.key not in readings.whole:
        # Only the size was kept, as no template was there to use the rest.
        return Sample(found, MISSING)
    try:
        rendered = render_value(Template(value.template, hass), found, readings)
    except TemplateError as err:
        return Sample(found, MISSING, template_fault(err))
    return Sample(found, rendered)
