"""One value of an answer, read as a number, a point in time, a day, or yes and no.

APIs write each in many ways. No function here raises, and long texts are refused before any work.
"""

from datetime import UTC, date, datetime, tzinfo
from math import isfinite
import re
from typing import Final

# Larger integers measure nothing, and a state could not hold their digits.
_MOST_BITS: Final = 256
# No number of so many bits is longer, and no way to write a time.
LONGEST_SCALAR: Final = 80
# Python's numbers may also have underscores, digits of other scripts, and be called nan or inf.
_NUMBER_CHARACTERS: Final = frozenset("0123456789+-.eE")

# A number from here on is in milliseconds since the epoch: in seconds it would be beyond the year
# 5000. From a thousand times that on it is in microseconds, and then in nanoseconds.
_FIRST_MILLISECONDS: Final = 100_000_000_000
EPOCH_SCALES: Final = (1, 1_000, 1_000_000, 1_000_000_000)

# Patterns are compiled when they are used, since few answers have times.

# The beginning of ISO 8601 and RFC 3339, and what is not theirs: a space before the offset, or UTC
# and GMT in its place.
_ISO: Final = r"[0-9]{4}-?[0-9W]"
_ZONE: Final = r" (?:UTC|GMT|(?=[+-][0-9]{2}:?[0-9]{2}$))"
# RFC 5322, 3.3, RFC 9110, 5.6.7, and what C's ctime() writes.
_MAIL_DATE: Final = (
    r"(?:[A-Za-z]{3,9},? )?"
    r"(?:[0-9]{1,2}[ -][A-Za-z]{3}[ -][0-9]{2,4}|[A-Za-z]{3} {1,2}[0-9]{1,2})"
    r" [0-9]{2}:[0-9]{2}"
)

_OPPOSITES: Final = {
    "true": "false",
    "1": "0",
    "on": "off",
    "yes": "no",
    "y": "n",
    "open": "closed",
    "online": "offline",
    "connected": "disconnected",
    "reachable": "unreachable",
    "available": "unavailable",
    "up": "down",
    "enabled": "disabled",
    "active": "inactive",
    "unlocked": "locked",
    "detected": "not detected",
    "wet": "dry",
    "occupied": "unoccupied",
    "present": "absent",
    "home": "away",
    "running": "stopped",
    "playing": "paused",
    "charging": "not charging",
    "plugged": "unplugged",
}
_TRUE: Final = frozenset(_OPPOSITES) | {"opened", "plugged in"}
_FALSE: Final = frozenset(_OPPOSITES.values()) | {
    "clear",
    "discharging",
    "not home",
    "not present",
    "not running",
    "vacant",
}


def as_number(value: object) -> int | float | None:
    """Return a finite number, also one that is written as text."""
    if isinstance(value, str):
        value = _read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if value.bit_length() <= _MOST_BITS else None
    return value if isfinite(value) else None


def as_moment(value: object, *, zone: tzinfo) -> datetime | None:
    """Return a point in time, in UTC.

    A number is in seconds since the epoch, a large one in milliseconds, microseconds or
    nanoseconds. A text is such a number, RFC 3339, ISO 8601, RFC 5322 or an HTTP date. Without an
    offset, it is local time in `zone`.
    """
    try:
        moment = _aware(value, zone)
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError, OSError, ValueError:
        # Well formed, but there is no such time: February 30, or one before the year 1.
        return None


def as_day(value: object, *, zone: tzinfo) -> date | None:
    """Return a day: ISO 8601 text, or the day of a point in time.

    The day of a text is the one in its own offset. A number has none: its day is the one in `zone`.
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


def as_flag(value: object) -> bool | None:
    """Return yes or no, also as a number or a word that is one of a pair.

    Open is yes and locked is no, as in Home Assistant's binary sensors.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if not isinstance(value, str) or len(value) > LONGEST_SCALAR:
        return None
    word = " ".join(value.lower().replace("_", " ").replace("-", " ").split())
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def _read_number(text: str) -> int | float | None:
    text = text.strip()
    if len(text) > LONGEST_SCALAR or not _NUMBER_CHARACTERS.issuperset(text):
        return None
    try:
        return float(text) if set(text) & set(".eE") else int(text)
    except ValueError:
        return None


def _aware(value: object, zone: tzinfo) -> datetime | None:
    """Return a point in time, in the offset that it is written with.

    Raises ValueError, OverflowError or OSError where there is no such time.
    """
    if (number := as_number(value)) is not None:
        for scale in EPOCH_SCALES:
            if abs(number) / scale < _FIRST_MILLISECONDS:
                return datetime.fromtimestamp(number / scale, zone)
        return None
    if not isinstance(value, str) or len(value) > LONGEST_SCALAR:
        return None
    text = value.strip()
    if re.match(_ISO, text):
        moment = datetime.fromisoformat(re.sub(_ZONE, _offset, text.upper()))
    elif re.match(_MAIL_DATE, text):
        moment = _mail_date(text)
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
