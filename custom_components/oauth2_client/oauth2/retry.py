"""How long a server asks to wait (RFC 9110, 10.2.3)."""

from datetime import UTC
from typing import Final

from .message import Response

_LONGEST: Final = 86400.0


def retry_after(response: Response, *, now: float) -> float | None:
    """Return the seconds to wait, at most a day, None where the response does not say."""
    value = (response.header("Retry-After") or "").strip()
    if not value or len(value) > 64:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST)
    # Only here, since it is slow to import and seldom needed.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - as said above

    try:
        date = parsedate_to_datetime(value)
        if date.tzinfo is None:
            # RFC 9110, 5.6.7: a date is in UTC, also where it does not say so.
            date = date.replace(tzinfo=UTC)
        wait = date.timestamp() - now
    except ValueError, OverflowError:
        return None
    return min(max(wait, 0.0), _LONGEST)
