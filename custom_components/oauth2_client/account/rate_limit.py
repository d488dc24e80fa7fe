"""How many requests an API has left for an account, as its answers say."""

from collections.abc import Mapping
from math import isfinite
import re
from typing import Final

from ..oauth2 import Response
from ..oauth2.frozen import Frozen

# A reset above this is a time since the epoch, one below it a number of seconds from now.
_FIRST_EPOCH_SECONDS: Final = 1_000_000_000
# And above this, one in milliseconds.
_FIRST_EPOCH_MILLISECONDS: Final = 1_000_000_000_000
_LARGEST_NUMBER: Final = 10**15
# What APIs call these headers before `Limit`, `Remaining` and `Reset`.
_PREFIXES: Final = (
    "ratelimit-",
    "x-ratelimit-",
    "x-rate-limit-",
    "fitbit-rate-limit-",
)
# The first number of a field; those behind it are of longer windows. A date is no number, although
# it may begin with one.
_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?(?=\s*(?:[,;]|$))"
_LONGEST_FIELD: Final = 1024
_QUOTED: Final = r'"[^"]*+"'
# The parameters of a `RateLimit` field, of either draft of it.
_PARAMETER: Final = r"(?a)\b(limit|remaining|reset|r|t|q)\s*=\s*([0-9]+)"


# What is left, the limit, and the reset as it was told.
type _Window = tuple[float, float | None, float | None]


class RateLimit(Frozen):
    """How many requests are left; `resets_at` is in seconds since the epoch."""

    remaining: int
    limit: int | None = None
    resets_at: float | None = None


def rate_limit(response: Response, *, now: float) -> RateLimit | None:
    """Return what a response says of the rate limit, None where it says nothing.

    Read are the fields of draft-ietf-httpapi-ratelimit-headers and `X-RateLimit-*`, whose reset
    is a time with some and a number of seconds with others, and Strava's usage in place of what
    is left.
    """
    if "rate" not in " ".join(response.headers).lower():
        return None
    fields = {
        name.lower(): text[:_LONGEST_FIELD]
        for name, text in response.headers.items()
        if "rate" in name.lower()
    }
    windows = _windows(fields.get("ratelimit", "")) or _by_prefix(fields)
    remaining, limit, reset = min(windows, default=(None, None, None), key=_left)
    if remaining is None:
        return None
    return RateLimit(
        remaining=int(remaining),
        limit=None if limit is None else int(limit),
        resets_at=None if reset is None else _moment(reset, now),
    )


def _left(window: _Window) -> float:
    return window[0]


def _windows(field: str) -> list[_Window]:
    """Return the windows of a `RateLimit` field: one in older drafts, a list in newer ones."""
    # Quoted are the names of policies, which may look like parameters.
    field = re.sub(_QUOTED, "", field)
    several = [dict(re.findall(_PARAMETER, item)) for item in field.split(",")]
    if any("remaining" in window for window in several):
        several = [dict(re.findall(_PARAMETER, field))]
    windows = []
    for window in several:
        remaining = _number(window.get("remaining") or window.get("r"))
        limit = _number(window.get("limit") or window.get("q"))
        reset = _number(window.get("reset") or window.get("t"))
        if remaining is not None:
            windows.append((remaining, limit, reset))
    return windows


def _by_prefix(fields: Mapping[str, str]) -> list[_Window]:
    for prefix in _PREFIXES:
        limit = fields.get(f"{prefix}limit", "")
        remaining = _number(fields.get(f"{prefix}remaining"))
        if remaining is not None:
            reset = _number(fields.get(f"{prefix}reset"))
            # Where more follows, it describes windows, not what is left in them.
            return [(remaining, _number(limit), reset)]
        if windows := _used(limit, fields.get(f"{prefix}usage", "")):
            return windows
    return []


def _used(limits: str, usages: str) -> list[_Window]:
    """Return what is left in each window, from what may be used and has been."""
    windows: list[_Window] = []
    for limit_text, used_text in zip(
        limits.split(","), usages.split(","), strict=False
    ):
        limit, used = _number(limit_text), _number(used_text)
        if limit is not None and used is not None:
            windows.append((max(limit - used, 0.0), limit, None))
    return windows


def _number(text: str | None) -> float | None:
    """Return the first number of a field."""
    found = re.match(_NUMBER, (text or "")[:64].strip())
    number = float(found.group()) if found else None
    return (
        number
        if number is not None and isfinite(number) and number < _LARGEST_NUMBER
        else None
    )


def _moment(reset: float, now: float) -> float:
    if reset > _FIRST_EPOCH_MILLISECONDS:
        return reset / 1000
    return reset if reset > _FIRST_EPOCH_SECONDS else now + reset
