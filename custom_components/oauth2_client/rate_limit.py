"""How many requests an API has left for an account, as its answers say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
import re
from typing import Final

from .oauth2 import Response, TemporaryFailure, retry_after

_LONGEST: Final = 86400.0
# A reset above this is a time since the epoch and no number of seconds.
_FIRST_EPOCH: Final = 1_000_000_000
# And above this, one in milliseconds.
_FIRST_MILLISECONDS: Final = 1_000_000_000_000
_MOST: Final = 10**15
# RFC 6585, 4; RFC 9110, 15.6.4; and GitHub's secondary limit.
_BUSY: Final = frozenset({403, 429, 503})
# What APIs call these headers before `Limit`, `Remaining` and `Reset`.
_PREFIXES: Final = (
    "ratelimit-",
    "x-ratelimit-",
    "x-rate-limit-",
    "fitbit-rate-limit-",
)
# Others behind it are of longer windows; a date is none, whatever it begins with.
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?=\s*(?:[,;]|$))")
_LONGEST_FIELD: Final = 1024
_QUOTED: Final = re.compile(r'"[^"]*+"')
# The parameters of a `RateLimit` field, of either draft of it.
_PARAMETER: Final = re.compile(
    r"\b(limit|remaining|reset|r|t|q)\s*=\s*([0-9]+)", re.ASCII
)


# What is left, the limit, and the reset as it was told.
type _Window = tuple[float, float | None, float | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
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
    # Names of policies, which may look like anything.
    field = _QUOTED.sub("", field)
    several = [dict(_PARAMETER.findall(item)) for item in field.split(",")]
    if any("remaining" in told for told in several):
        several = [dict(_PARAMETER.findall(field))]
    windows = []
    for told in several:
        remaining = _number(told.get("remaining") or told.get("r"))
        limit = _number(told.get("limit") or told.get("q"))
        reset = _number(told.get("reset") or told.get("t"))
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
    found = _NUMBER.match((text or "")[:64].strip())
    number = float(found.group()) if found else None
    return (
        number if number is not None and isfinite(number) and number < _MOST else None
    )


def _moment(reset: float, now: float) -> float:
    if reset > _FIRST_MILLISECONDS:
        return reset / 1000
    return reset if reset > _FIRST_EPOCH else now + reset


class HostBudgets:
    """Keeps quiet towards hosts that have asked for it, whichever request made them ask.

    `clock` is in seconds since the epoch; `timer` is one that nobody sets, for pauses.
    """

    def __init__(
        self, *, clock: Callable[[], float], timer: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._timer = timer
        self._busy_until: dict[str, float] = {}
        self._limits: dict[str, RateLimit] = {}

    @property
    def tightest(self) -> RateLimit | None:
        """The limit with the fewest requests left, None where no host tells.

        One that has been reset since counts only where there is no other.
        """
        now = self._clock()

        def rank(limit: RateLimit) -> tuple[bool, int]:
            is_over = limit.resets_at is not None and limit.resets_at <= now
            return is_over, limit.remaining

        return min(self._limits.values(), key=rank, default=None)

    def check(self, host: str) -> None:
        """Raise TemporaryFailure (`rate_limited`) while a host is to be left alone."""
        remaining = self._busy_until.get(host, 0.0) - self._timer()
        if remaining > 0:
            raise TemporaryFailure("rate_limited", retry_after=remaining)

    def note(self, host: str, response: Response) -> bool:
        """Take over what a response says; tell whether the limit is another one now.

        The pause is what `Retry-After` says (RFC 9110, 10.2.3), else until the limit is reset.
        """
        now = self._clock()
        limit = rate_limit(response, now=now)
        pause = retry_after(response, now=now) if response.status in _BUSY else None
        if pause is None and limit is not None and limit.remaining == 0:
            pause = None if limit.resets_at is None else limit.resets_at - now
        if pause is not None and pause > 0:
            until = self._timer() + min(pause, _LONGEST)
            # Another that was under way may have been told of a longer one.
            self._busy_until[host] = max(until, self._busy_until.get(host, 0.0))
        if limit is None or limit == self._limits.get(host):
            return False
        self._limits[host] = limit
        return True
