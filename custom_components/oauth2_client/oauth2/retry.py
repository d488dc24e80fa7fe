"""Whether and when a request is worth another try (RFC 9110, 10.2.3 and 15)."""

from datetime import UTC
from typing import Final

from .message import Response

_LONGEST_WAIT_SECONDS: Final = 86400.0
# Request Timeout, Too Early and Too Many Requests (RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4).
_TEMPORARY_STATUSES: Final = frozenset({408, 425, 429})


def is_temporary(status: int) -> bool:
    """Tell whether the same request may succeed later, as far as a status tells."""
    return status in _TEMPORARY_STATUSES or status >= 500


def retry_after(response: Response, *, now: float) -> float | None:
    """Return the seconds to wait, at most a day, None where the response does not say."""
    value = (response.header("Retry-After") or "").strip()
    if not value or len(value) > 64:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_WAIT_SECONDS)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow, seldom needed

    try:
        date = parsedate_to_datetime(value)
        if date.tzinfo is None:
            # RFC 9110, 5.6.7: a date without a zone is in UTC.
            date = date.replace(tzinfo=UTC)
        wait = date.timestamp() - now
    except ValueError, OverflowError:
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT_SECONDS)
