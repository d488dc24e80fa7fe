"""Decides whether a value is a point in time, or a day."""

from datetime import UTC, date, timedelta, timezone
import re
from typing import Final

from .. import LONGEST_SCALAR, as_number
from ..times import EPOCH_SCALES, as_moment
from .phrases import is_a_name
from .place import Place

# Words for points in time: a number with such a key may be in seconds since the epoch.
_TIMES: Final = frozenset(
    {"activated", "anchor", "archived", "at", "attempt", "begin", "boot"}
    | {"canceled", "cancelled", "captured", "changed", "created", "createtime"}
    | {"date", "datetime", "deadline", "deleted", "dt", "due", "end", "enddate"}
    | {"ended", "ends", "endtime", "epoch", "exp", "expiration", "expires", "expiry"}
    | {"iat", "joined", "last", "lastseen", "login", "measured", "modification"}
    | {"modified", "moonrise", "moonset", "nbf", "now", "observed", "on", "published"}
    | {"purchased", "recorded", "redeem", "refreshed", "registered", "reset"}
    | {"resets", "respond", "seconds", "seen", "since", "start", "startdate"}
    | {"started", "starts", "starttime", "sunrise", "sunset", "sync", "synced"}
    | {
        "time",
        "timestamp",
        "timeutc",
        "ts",
        "unix",
        "unixtime",
        "until",
        "updated",
        "updatetime",
    }
    | {"utc", "when"}
)
# In seconds since the epoch: a number between these years may be a time.
_YEAR_2000: Final = 946_684_800
_YEAR_2100: Final = 4_102_444_800

_DAY: Final = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
# Date and time in digits, as no quantity has: 20240901120000.
_WRITTEN: Final = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?"
)
# A time of day in a text, which is then neither a day nor a number.
_TIME_OF_DAY: Final = re.compile(r"[0-9]{2}:[0-9]{2}|[0-9]T[0-9]{4,6}Z?$")
_ZONES: Final = ("timeZone", "timezone", "time_zone", "tz")
# Any zone but UTC: a text without an offset means another moment there.
_OTHER_ZONE: Final = timezone(timedelta(hours=1))
# Words of keys whose values look like days, but are versions.
_VERSIONS: Final = frozenset({"version", "build", "revision", "rev"})
# Words of keys whose numbers are amounts, even with a word for a time: `bytes_since_reset`.
_AMOUNTS: Final = frozenset({"bytes", "byte", "count", "size", "total"})


def is_moment(place: Place, value: object) -> bool:
    """Return whether a value is a point in time: a text, or a number with a key that says so."""
    if (
        isinstance(value, str)
        and len(value) <= LONGEST_SCALAR
        and (_TIME_OF_DAY.search(value) or value.startswith("/Date("))
    ):
        moment = as_moment(value, zone=UTC)
        if moment is None:
            return False
        is_naive = moment != as_moment(value, zone=_OTHER_ZONE)
        if is_naive:
            return not _has_zone_beside_it(place)
        return not (_says_utc(value) and "local" in place.words)
    number = as_number(value)
    if number is None or not is_epoch(number) or is_a_name(place.words):
        return False
    if not _AMOUNTS.isdisjoint(place.words) or "local" in place.words:
        return False
    return not _TIMES.isdisjoint(place.meaning if place.is_value else place.words)


def _says_utc(text: str) -> bool:
    """Return whether a text ends as a time in UTC does.

    A `start_date_local` that ends with `Z` is not in UTC: its service ends every time so. It stays a
    text, which is better than a wrong time.
    """
    return text.rstrip().upper().endswith(("Z", "+00:00", "+0000", "UTC", "GMT"))


def _has_zone_beside_it(place: Place) -> bool:
    """Return whether a value beside this one names a time zone.

    A time without an offset is in that zone, but would be read as local time. It stays a text, which
    is better than a wrong time.
    """
    return any(isinstance(place.siblings.get(key), str) for key in _ZONES)


def is_day(place: Place, value: object) -> bool:
    """Return whether a value is a day of ISO 8601, and not a version."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    if not _VERSIONS.isdisjoint(place.words):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_written_moment(number: float) -> bool:
    """Return whether the digits of a number are those of a date and a time of day."""
    return _WRITTEN.fullmatch(str(number).removesuffix(".0")) is not None


def is_epoch(number: float) -> bool:
    """Return whether a number may be a time of this century: since the epoch, in seconds or less."""
    return any(_YEAR_2000 <= number / scale < _YEAR_2100 for scale in EPOCH_SCALES)
