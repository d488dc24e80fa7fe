"""Reads from a response how many requests the API has left for an account."""

from collections.abc import Mapping
from math import isfinite
import re
from typing import Final

from ..oauth2 import Response
from ..oauth2.frozen import Frozen

# A reset above this is a time since the epoch, one below it a number of seconds from now.
_FIRST_EPOCH_SECONDS: Final = 1_000_000_000
# A reset above this is in milliseconds since the epoch.
_FIRST_EPOCH_MILLISECONDS: Final = 1_000_000_000_000
_LARGEST_NUMBER: Final = 10**15
# The prefixes of the headers `…Limit`, `…Remaining` and `…Reset`.
_PREFIXES: Final = (
    "ratelimit-",
    "x-ratelimit-",
    "x-rate-limit-",
    "fitbit-rate-limit-",
)
# The first number of a field; further ones are for longer windows. What has to follow it keeps out
# dates, which may begin with a number.
_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?(?=\s*(?:[,;]|$))"
_MAX_NUMBER_CHARACTERS: Final = 64
_MAX_FIELD_CHARACTERS: Final = 1024
_QUOTED: Final = r'"[^"]*+"'
# The parameters of a `RateLimit` field, in its older and in its newer drafts.
_PARAMETER: Final = r"(?a)\b(limit|remaining|reset|r|t|q)\s*=\s*([0-9]+)"


# The requests left, the limit, and the reset as received.
type _Window = tuple[float, float | None, float | None]


class RateLimit(Frozen):
    """How many requests are left; `resets_at` is in seconds since the epoch."""

    remaining: int
    limit: int | None = None
    resets_at: float | None = None


def may_have_rate_limit(response: Response) -> bool:
    """Return whether a response may report a rate limit; most do not."""
    return "rate" in " ".join(response.headers).lower()


def rate_limit(response: Response, *, now: float) -> RateLimit | None:
    """Return the rate limit that a response reports, None where it reports none.

    `now` is in seconds since the epoch. Reads the fields of draft-ietf-httpapi-ratelimit-headers,
    `X-RateLimit-*`, whose reset is a time for some APIs and a number of seconds for others, and
    the usage that Strava sends instead of the requests left.
    """
    fields = {
        name.lower(): text[:_MAX_FIELD_CHARACTERS]
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
    # The names of policies are quoted, and may look like parameters.
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
            # Further numbers describe the windows, not the requests left in them.
            return [(remaining, _number(limit), reset)]
        if windows := _used(limit, fields.get(f"{prefix}usage", "")):
            return windows
    return []


def _used(limits: str, usages: str) -> list[_Window]:
    """Return the windows of a limit and a usage field (Strava)."""
    windows: list[_Window] = []
    for limit_text, used_text in zip(
        limits.split(","), usages.split(","), strict=False
    ):
        limit, used = _number(limit_text), _number(used_text)
        if limit is not None and used is not None:
            windows.append((max(limit - used, 0.0), limit, None))
    return windows


def _number(text: str | None) -> float | None:
    """Return the first number of a field, None where it does not begin with one."""
    found = re.match(_NUMBER, (text or "")[:_MAX_NUMBER_CHARACTERS].strip())
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
