"""Reads a value of an answer as a point in time or a day."""

from datetime import UTC, date, datetime, tzinfo
import re
from typing import Final

from . import LONGEST_SCALAR, as_number

# A number from this one on is in milliseconds since the epoch: in seconds it would be beyond the year
# 5000. From a thousand times this number on it is in microseconds, then in nanoseconds.
_MIN_MILLISECONDS: Final = 100_000_000_000
# How many seconds, milliseconds, microseconds and nanoseconds make a second.
EPOCH_SCALES: Final = (1, 1_000, 1_000_000, 1_000_000_000)

# Patterns are compiled when they are used, since few answers have times.

# Milliseconds since the epoch, as Microsoft's serializer for JSON writes them; its offset is of no meaning.
_IN_MILLISECONDS: Final = r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/"
# The beginning of ISO 8601 and RFC 3339.
_ISO: Final = r"[0-9]{4}-?[0-9W]"
# A deviation from both: a space before the offset, or ` UTC` or ` GMT` in its place.
_ZONE: Final = r" (?:UTC|GMT|(?=[+-][0-9]{2}:?[0-9]{2}$))"
# RFC 5322, 3.3; RFC 9110, 5.6.7; and the format of ctime() of C.
_MAIL_DATE: Final = (
    r"(?:[A-Za-z]{3,9},? )?"
    r"(?:[0-9]{1,2}[ -][A-Za-z]{3}[ -][0-9]{2,4}|[A-Za-z]{3} {1,2}[0-9]{1,2})"
    r" [0-9]{2}:[0-9]{2}"
)


def as_moment(value: object, *, zone: tzinfo) -> datetime | None:
    """Return a point in time, in UTC.

    A number is in seconds since the epoch, a large one in milliseconds, microseconds or
    nanoseconds. A text is such a number, RFC 3339, ISO 8601, RFC 5322, an HTTP date or `/Date(…)/`. Without an
    offset, it is local time in `zone`.
    """
    try:
        moment = _aware(value, zone)
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError, OSError, ValueError:
        # Well-formed, but no such time exists: February 30, or one before the year 1.
        return None


def as_day(value: object, *, zone: tzinfo) -> date | None:
    """Return the day that a text of ISO 8601 names, or the day of a point in time.

    A point in time is read as `as_moment` does. Its day is that in its own offset, else in `zone`.
    """
    if (
        isinstance(value, str)
        and re.match(_ISO, value)
        and len(value) <= LONGEST_SCALAR
    ):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    try:
        moment = _aware(value, zone)
    except OverflowError, OSError, ValueError:
        return None
    return None if moment is None else moment.date()


def _aware(value: object, zone: tzinfo) -> datetime | None:
    """Return a point in time with the offset of its text, else in `zone`.

    Raises ValueError, OverflowError or OSError where there is no such time.
    """
    if (number := as_number(value)) is not None:
        for scale in EPOCH_SCALES:
            if abs(number) / scale < _MIN_MILLISECONDS:
                return datetime.fromtimestamp(number / scale, zone)
        return None
    if not isinstance(value, str) or len(value) > LONGEST_SCALAR:
        return None
    text = value.strip()
    if re.match(_ISO, text):
        moment = datetime.fromisoformat(re.sub(_ZONE, _offset, text.upper()))
    elif re.match(_MAIL_DATE, text):
        moment = _mail_date(text)
    elif (milliseconds := re.fullmatch(_IN_MILLISECONDS, text)) is not None:
        moment = datetime.fromtimestamp(int(milliseconds[1]) / 1_000, UTC)
    else:
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _offset(zone: re.Match[str]) -> str:
    return "Z" if zone.group().strip() else ""


def _mail_date(text: str) -> datetime:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - it imports thirty modules

    moment = parsedate_to_datetime(text)
    # RFC 5322, 3.3: -0000 is UTC at an unknown place, which Python makes a time without a zone.
    return moment.replace(tzinfo=UTC) if text.endswith("-0000") else moment
