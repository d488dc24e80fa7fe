"""Reads from a response how many requests the API has left for an account."""

from typing import Final

from ..oauth2 import Response
from ..oauth2.frozen import Frozen
from ..oauth2.limits import Limit, read_limits

# A reset in more than a year is ignored: the header means something else.
_LATEST_RESET_SECONDS: Final = 366 * 86400.0


class RateLimit(Frozen):
    """How many requests are left of a limit; `resets_at` is in seconds since the epoch."""

    remaining: int
    limit: int | None = None
    resets_at: float | None = None


def rate_limit(response: Response, *, now: float) -> RateLimit | None:
    """Return the tightest rate limit that a response reports, None where it reports none.

    `now` is in seconds since the epoch.
    """
    known = [
        limit for limit in read_limits(response, now=now) if limit.remaining is not None
    ]
    tightest = min(known, default=None, key=_remaining)
    if tightest is None or tightest.remaining is None:
        return None
    resets_at = tightest.resets_at
    if resets_at is not None and resets_at > now + _LATEST_RESET_SECONDS:
        resets_at = None
    return RateLimit(
        remaining=int(tightest.remaining),
        limit=None if tightest.limit is None else int(tightest.limit),
        resets_at=resets_at,
    )


def _remaining(limit: Limit) -> float:
    return limit.remaining or 0.0
