"""A resource: a request that is polled, its schedule, and the values picked from its answer."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, Self, get_args

from homeassistant.config_entries import ConfigSubentry

from ..const import CONF_PAGES
from ..document.parsing import DocumentFormat
from ..oauth2.frozen import Frozen
from . import (
    InvalidDefinition,
    RequestTemplate,
    stored_list,
    stored_mapping,
    stored_number,
    stored_optional_text,
)
from .value import CONF_KEY, Value

if TYPE_CHECKING:
    from ..api.paging import Pages

CONF_END: Final = "end"
CONF_FORMAT: Final = "format"
CONF_INTERVAL: Final = "interval"
CONF_START: Final = "start"
CONF_VALUES: Final = "values"

DEFAULT_INTERVAL_SECONDS: Final = 300
MIN_INTERVAL_SECONDS: Final = 10
# What is stored may be longer than the form allows. A date of any later time could not be computed.
LONGEST_INTERVAL_SECONDS: Final = 366 * 24 * 3600

_DAY: Final = timedelta(days=1)


class Schedule(Frozen):
    """When a resource is fetched: every `interval` seconds, all day or between two times of the day.

    The times are local. Where `end` is before `start`, the hours span midnight; where both are equal,
    they are the whole day.
    """

    interval: float = DEFAULT_INTERVAL_SECONDS
    start: time | None = None
    end: time | None = None

    @property
    def has_hours(self) -> bool:
        """Whether fetches are limited to a part of the day."""
        return self.start is not None and self.end is not None

    def is_open(self, now: datetime) -> bool:
        """Return whether a local time is within the hours."""
        if self.start is None or self.end is None:
            return True
        time_of_day = now.time()
        if self.start < self.end:
            return self.start <= time_of_day < self.end
        return time_of_day >= self.start or time_of_day < self.end

    def delay(self, now: datetime) -> float:
        """Return the seconds from a local time to the next fetch.

        A fetch that would be due outside the hours is due when they begin.
        """
        due = now + timedelta(seconds=self.interval)
        if self.start is None or self.is_open(due):
            return self.interval
        begins = datetime.combine(due.date(), self.start, now.tzinfo)
        if begins < due:
            begins = datetime.combine((due + _DAY).date(), self.start, now.tzinfo)
        # As timestamps, since daylight saving time may begin or end in between.
        return begins.timestamp() - now.timestamp()


class Resource(Frozen):
    """One request of an account's API, sent on a schedule, and the values picked from the answer.

    `format` is how to read the answer, `pages` how to find its further pages.
    """

    name: str
    request: RequestTemplate
    schedule: Schedule
    format: DocumentFormat = "auto"
    pages: Pages | None = None
    values: tuple[Value, ...]

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Parse a subentry. Its title is the name, since users can rename a subentry.

        Raises InvalidDefinition.
        """
        return cls.from_dict(subentry.title, subentry.data)

    @classmethod
    def from_dict(cls, name: str, raw: Mapping[str, Any]) -> Self:
        """Parse what is stored. Raises InvalidDefinition."""
        if raw.get(CONF_VALUES) is None:
            raise InvalidDefinition(CONF_VALUES)
        values = tuple(
            Value.from_dict(item, f"{CONF_VALUES}[{index}]")
            for index, item in enumerate(stored_list(raw, CONF_VALUES))
        )
        if len({value.key for value in values}) < len(values):
            raise InvalidDefinition(f"{CONF_VALUES}: {CONF_KEY}")
        return cls(
            name=name,
            request=RequestTemplate.from_dict(raw),
            schedule=_schedule(raw),
            format=_format(raw),
            pages=_pages(raw),
            values=values,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored in the subentry's data, beside its title."""
        schedule = self.schedule
        return {
            **self.request.as_dict(),
            CONF_INTERVAL: schedule.interval,
            CONF_START: None if schedule.start is None else schedule.start.isoformat(),
            CONF_END: None if schedule.end is None else schedule.end.isoformat(),
            CONF_FORMAT: self.format,
            CONF_PAGES: None if self.pages is None else self.pages.as_dict(),
            CONF_VALUES: [value.as_dict() for value in self.values],
        }


def formats() -> tuple[DocumentFormat, ...]:
    """Return all formats that an answer can be read in."""
    known: tuple[DocumentFormat, ...] = get_args(DocumentFormat.__value__)
    return known


def has_pages(subentry: ConfigSubentry) -> bool:
    """Return whether parsing the resource needs `api/paging`, to be imported off the event loop first."""
    return bool(subentry.data.get(CONF_PAGES))


def _schedule(raw: Mapping[str, Any]) -> Schedule:
    interval = stored_number(raw, CONF_INTERVAL, DEFAULT_INTERVAL_SECONDS)
    start, end = _time_of_day(raw, CONF_START), _time_of_day(raw, CONF_END)
    if (start is None) != (end is None):
        raise InvalidDefinition(CONF_START)
    interval = min(max(interval, MIN_INTERVAL_SECONDS), LONGEST_INTERVAL_SECONDS)
    return Schedule(interval=interval, start=start, end=end)


def _time_of_day(raw: Mapping[str, Any], key: str) -> time | None:
    if (text := stored_optional_text(raw, key)) is None:
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise InvalidDefinition(key) from None


def _format(raw: Mapping[str, Any]) -> DocumentFormat:
    if (stored := stored_optional_text(raw, CONF_FORMAT)) is None:
        return "auto"
    for known in formats():
        if stored == known:
            return known
    raise InvalidDefinition(CONF_FORMAT)


def _pages(raw: Mapping[str, Any]) -> Pages | None:
    if not (stored := raw.get(CONF_PAGES)):
        return None
    from ..api.paging import InvalidPages, Pages  # noqa: PLC0415 - few resources have pages: see has_pages

    try:
        return Pages.from_dict(stored_mapping(stored, CONF_PAGES), CONF_PAGES)
    except InvalidPages as err:
        raise InvalidDefinition(str(err)) from None
