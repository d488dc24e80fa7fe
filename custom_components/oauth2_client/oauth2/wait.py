"""Reads waits: durations and dates as servers write them."""

from datetime import UTC, datetime
import re
from typing import Final

from .message import Response

LONGEST_WAIT_SECONDS: Final = 86400.0
_LONGEST_TEXT: Final = 64
# Smaller numbers are seconds to wait; from here on, a number is a time since the epoch. The bounds below
# tell seconds, milliseconds, microseconds and nanoseconds apart: upper bound, parts of a second.
_FIRST_EPOCH: Final = 1e9
_EPOCH_SCALES: Final = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
_MILLISECONDS: Final = 1e3

# Patterns are compiled when they are used, since few answers ask to wait.
_NUMBER: Final = r"[0-9]{1,64}(?:\.[0-9]{1,64})?"
# Durations as Go and people write them: `1h2m3.5s`, `20ms`, `5 minutes`.
_PART: Final = (
    r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?"
    r"(ns|[uµ]s|ms|millis?|milliseconds?|s|secs?|seconds?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)"
    r"(?![a-zµ])"
)
_PARTS: Final = rf"(?:{_PART}[ ,]{{0,2}}){{1,4}}"
# Seconds by the beginning of a unit's name, longer beginnings first.
_UNITS: Final = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "mil": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
# Durations of ISO 8601, and as .NET writes them.
_ISO_DURATION: Final = (
    r"p(?:([0-9]{1,4})d)?(?:t(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?"
    r"(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)s)?)?"
)
_CLOCK_DURATION: Final = r"()([0-9]{1,3}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,9})?)"
_ISO_MOMENT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]"
# A duration in a sentence: `Please try again in 6m0s.`
_WORDS: Final = (
    rf"\b(?:retry(?:ing)?|again|wait|resets?)\b[^0-9\r\n.;]{{0,30}}?({_PARTS})"
)
_LONGEST_WORDS: Final = 2000


def seconds_until(
    text: str, *, now: float, is_milliseconds: bool = False
) -> float | None:
    """Return the seconds to wait that a text states, negative for a time in the past.

    The text is a number of seconds (or milliseconds), a duration, a time since the epoch in
    seconds, milliseconds, microseconds or nanoseconds, or a date; the result is None for any other.
    `now` is what dates are compared with, in seconds since the epoch.
    """
    text = text.strip(' ";+').removeprefix("in ")
    if not text or len(text) > _LONGEST_TEXT or not text.isascii():
        return None
    if re.fullmatch(_NUMBER, text):
        return _of_number(float(text), now, is_milliseconds=is_milliseconds)
    if (seconds := duration(text)) is not None:
        return seconds
    try:
        return _date(text).timestamp() - now
    except ValueError, OverflowError:
        return None


def duration(text: str) -> float | None:
    """Return the seconds of a duration with units, None for any other text."""
    text = text.lower()
    if re.fullmatch(_PARTS, text):
        return sum(
            float(count)
            * next(_UNITS[each] for each in _UNITS if unit.startswith(each))
            for count, unit in re.findall(_PART, text)
        )
    found = re.fullmatch(_ISO_DURATION, text) or re.fullmatch(_CLOCK_DURATION, text)
    if found is None or not any(found.groups()):
        return None
    scales = (86400.0, 3600.0, 60.0, 1.0)
    return sum(
        float(count or 0) * scale
        for count, scale in zip(found.groups(), scales, strict=True)
    )


def words_wait(text: str) -> float | None:
    """Return the seconds to wait that a sentence states, None where it states none."""
    found = re.search(_WORDS, text[:_LONGEST_WORDS].lower())
    return duration(found[1].strip(" ,")) if found else None


def server_time(response: Response, *, now: float) -> float:
    """Return the time by the server's clock, in seconds since the epoch; `now` where it is not known.

    The `Date` header (RFC 9110, 6.6.1), plus `Age` for a response from a cache (RFC 9111, 5.1).
    """
    try:
        date = _date((response.header("Date") or "")[:_LONGEST_TEXT]).timestamp()
    except ValueError, OverflowError:
        return now
    age = (response.header("Age") or "").strip()
    return date + (float(age) if re.fullmatch(r"[0-9]{1,9}", age) else 0.0)


def _of_number(number: float, now: float, *, is_milliseconds: bool) -> float:
    if is_milliseconds and number < _FIRST_EPOCH * _MILLISECONDS:
        return number / _MILLISECONDS
    if number >= _FIRST_EPOCH:
        for bound, scale in _EPOCH_SCALES:
            if number < bound:
                return number / scale - now
    return number


def _date(text: str) -> datetime:
    """Return the time of RFC 3339, ISO 8601 or RFC 9110, 5.6.7. Raises ValueError."""
    if re.match(_ISO_MOMENT, text):
        date = datetime.fromisoformat(text.upper().replace(" UTC", "Z"))
    else:
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow to import, rarely needed

        date = parsedate_to_datetime(text)
    # RFC 9110, 5.6.7: a date without a zone is in UTC.
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date
