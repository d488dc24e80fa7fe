"""Whether a value is a point in time, or a day."""

from datetime import UTC, date, timedelta, timezone
import re
from typing import Final

from ..scalars import EPOCH_SCALES, LONGEST_SCALAR, as_moment, as_number
from .phrases import is_a_name
from .place import Place
from .vocabulary import TIMES

# From 2000 to 2100, in seconds; in each smaller fraction of them a thousand times that.
_FIRST: Final = 946_684_800
_LAST: Final = 4_102_444_800

_DAY: Final = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
# More than a day is said, and more than a number.
_CLOCK: Final = re.compile(r"[0-9]{2}:[0-9]{2}|[0-9]T[0-9]{4,6}Z?$")
_ZONES: Final = ("timeZone", "timezone", "time_zone", "tz")
# Where it is not the time that it is in UTC.
_ELSEWHERE: Final = timezone(timedelta(hours=1))
# Several APIs call their versions after days.
_VERSIONS: Final = frozenset({"version", "build", "revision", "rev"})
# As many as there are seconds since 1970: bytes_since_reset.
_AMOUNTS: Final = frozenset({"bytes", "byte", "count", "size", "total"})


def is_moment(place: Place, value: object) -> bool:
    """Tell whether a value is a point in time: as text, or as a number whose key says so."""
    if isinstance(value, str) and len(value) <= LONGEST_SCALAR and _CLOCK.search(value):
        moment = as_moment(value, zone=UTC)
        return moment is not None and not (
            _has_zone_beside_it(place) and moment != as_moment(value, zone=_ELSEWHERE)
        )
    number = as_number(value)
    if number is None or not _is_epoch(number) or is_a_name(place.words):
        return False
    if not _AMOUNTS.isdisjoint(place.words):
        return False
    return not TIMES.isdisjoint(place.meaning if place.is_value else place.words)


def _has_zone_beside_it(place: Place) -> bool:
    """Tell whether a neighbour names the zone that a time without an offset is in.

    It would be read as local time: one that is wrong is worse than a text.
    """
    return any(isinstance(place.siblings.get(key), str) for key in _ZONES)


def is_day(place: Place, value: object) -> bool:
    """Tell whether a value is a day as ISO 8601 writes it, and not a version."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    if place.words and place.words[-1] in _VERSIONS:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_epoch(number: float) -> bool:
    return any(_FIRST <= number / scale < _LAST for scale in EPOCH_SCALES)
