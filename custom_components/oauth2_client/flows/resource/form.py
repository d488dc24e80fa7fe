"""The form of a resource: its request, schedule and pages, and the resource that is made of them."""

from collections.abc import Mapping
from datetime import time
from typing import Any, Final

import voluptuous as vol
from yarl import URL

from homeassistant.const import CONF_NAME, CONF_PATH, CONF_URL
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TimeSelector,
)

from ...api.paging import (
    CONF_IN_BODY,
    CONF_ITEMS,
    CONF_KIND,
    CONF_MOST,
    CONF_PARAMETER,
    CONF_SIZE,
    KINDS,
    MAX_PAGES,
    InvalidPages,
    Pages,
)
from ...const import CONF_PAGES
from ...definitions.resource import (
    CONF_END,
    CONF_FORMAT,
    CONF_INTERVAL,
    CONF_START,
    DEFAULT_INTERVAL_SECONDS,
    MIN_INTERVAL_SECONDS,
    Resource,
    Schedule,
    formats,
)
from ...definitions.value import Value
from ..request_form import (
    SECTION_REQUEST,
    FormError,
    form_from_request,
    request_fields,
    request_from_form,
)
from . import way_back
from .rest_form import CONF_REST, SECTION_IMPORT

SECTION_SCHEDULE: Final = "schedule"

_MAX_INTERVAL_SECONDS: Final = 7 * 24 * 3600
_MAX_ELEMENTS_PER_PAGE: Final = 10_000


def resource_schema(*back: str, new: bool) -> vol.Schema:
    """Return the form of a resource. `back` are the steps that it leads back to.

    Only the form of a `new` one has the section to import definitions of `rest:`.
    """
    fields: dict[Any, Any] = {
        vol.Optional(CONF_URL): TextSelector(),
        vol.Optional(CONF_NAME): TextSelector(),
        vol.Required(CONF_INTERVAL, default=DEFAULT_INTERVAL_SECONDS): _number(
            1, _MAX_INTERVAL_SECONDS, "s"
        ),
        vol.Required(SECTION_REQUEST): _section(
            {**request_fields(), **_format_field()}
        ),
        vol.Required(SECTION_SCHEDULE): _section(
            {
                vol.Optional(CONF_START): TimeSelector(),
                vol.Optional(CONF_END): TimeSelector(),
            }
        ),
        vol.Required(CONF_PAGES): _section(pages_fields()),
    }
    if new:
        fields[vol.Required(SECTION_IMPORT)] = _section(
            {vol.Optional(CONF_REST): ObjectSelector()}
        )
    return vol.Schema({**fields, **way_back(*back)})


def pages_fields() -> dict[Any, Any]:
    """Return the fields that say how further pages of an answer are found."""
    return {
        vol.Optional(CONF_KIND): SelectSelector(
            SelectSelectorConfig(options=list(KINDS), translation_key=CONF_KIND)
        ),
        vol.Optional(CONF_PARAMETER): TextSelector(),
        vol.Optional(CONF_IN_BODY): BooleanSelector(),
        vol.Optional(CONF_PATH): TextSelector(),
        vol.Optional(CONF_ITEMS): TextSelector(),
        vol.Optional(CONF_SIZE): _number(1, _MAX_ELEMENTS_PER_PAGE),
        vol.Optional(CONF_MOST): _number(2, MAX_PAGES),
    }


def form_from_resource(resource: Resource | None) -> dict[str, Any]:
    """Return a resource as suggested values of the form; none for None."""
    if resource is None:
        return {}
    schedule, pages = resource.schedule, resource.pages
    return {
        CONF_NAME: resource.name,
        CONF_URL: resource.request.url,
        CONF_INTERVAL: schedule.interval,
        SECTION_REQUEST: {
            **form_from_request(resource.request),
            CONF_FORMAT: resource.format,
        },
        SECTION_SCHEDULE: {
            field: time_of_day.isoformat()
            for field, time_of_day in (
                (CONF_START, schedule.start),
                (CONF_END, schedule.end),
            )
            if time_of_day is not None
        },
        CONF_PAGES: {} if pages is None else pages.as_dict(),
    }


def resource_from_form(
    form: Mapping[str, Any], values: tuple[Value, ...] = ()
) -> Resource:
    """Return the resource of a filled-in form. Raises FormError for the first error."""
    if not (url := form.get(CONF_URL, "").strip()):
        raise FormError(CONF_URL, "address_missing")
    request = form[SECTION_REQUEST]
    return Resource(
        name=form.get(CONF_NAME, "").strip() or _name_from(url),
        request=request_from_form(url, request),
        schedule=schedule_from_form(form),
        format=request.get(CONF_FORMAT, "auto"),
        pages=_pages(form[CONF_PAGES]),
        values=values,
    )


def schedule_from_form(form: Mapping[str, Any]) -> Schedule:
    """Return the schedule of a filled-in form. Raises FormError."""
    if form[CONF_INTERVAL] < MIN_INTERVAL_SECONDS:
        raise FormError(CONF_INTERVAL, "interval_too_short")
    hours = form[SECTION_SCHEDULE]
    start, end = hours.get(CONF_START), hours.get(CONF_END)
    if (start is None) != (end is None) or (start and start == end):
        raise FormError(SECTION_SCHEDULE, "hours_incomplete")
    return Schedule(
        interval=int(form[CONF_INTERVAL]),
        start=None if start is None else time.fromisoformat(start),
        end=None if end is None else time.fromisoformat(end),
    )


def _pages(typed: Mapping[str, Any]) -> Pages | None:
    filled_in = {key: value for key, value in typed.items() if value}
    if not filled_in:
        return None
    try:
        return Pages.from_dict(filled_in, CONF_PAGES)
    except InvalidPages as err:
        raise FormError(CONF_PAGES, f"pages_{err.field}") from err


def _name_from(url: str) -> str:
    """Return a name for a resource: the last part of its URL's path."""
    words = [word for word in URL(url.partition("?")[0]).path.split("/") if word]
    name = words[-1] if words else url
    return name[:1].upper() + name[1:]


def _format_field() -> dict[Any, Any]:
    return {
        vol.Required(CONF_FORMAT, default="auto"): SelectSelector(
            SelectSelectorConfig(
                options=list(formats()),
                translation_key=CONF_FORMAT,
            )
        )
    }


def _number(minimum: int, maximum: int, unit: str | None = None) -> NumberSelector:
    config = NumberSelectorConfig(
        min=minimum, max=maximum, step=1, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _section(fields: Mapping[Any, Any]) -> section:
    return section(vol.Schema(dict(fields)), {"collapsed": True})
