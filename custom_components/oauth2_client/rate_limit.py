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
_MOST: Final = 10**12
# RFC 6585, 4; RFC 9110, 15.6.4; and GitHub's secondary limit.
_BUSY: Final = frozenset({403, 429, 503})
# What APIs call these headers before `limit`, `remaining` and `reset`.
_PREFIXES: Final = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
# Whole, or the first of a list or before parameters: a date is none.
_NUMBER: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:[,;]|$)")
# The parameters of a `RateLimit` field, of either draft of it.
_PARAMETER: Final = re.compile(
    r"\b(limit|remaining|reset|r|t|q)\s*=\s*\"?([0-9]+)", re.ASCII
)


# What is left, the limit and its reset.
type _Told = tuple[float | None, float | None, float | None]


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
    headers = {name.lower(): text for name, text in response.headers.items()}
    remaining, limit, reset = _by_field(headers.get("ratelimit", ""))
    if remaining is None:
        remaining, limit, reset = _by_prefix(headers)
    if remaining is None:
        return None
    return RateLimit(
        remaining=int(remaining),
        limit=None if limit is None else int(limit),
        resets_at=None if reset is None else _moment(reset, now),
    )


def _by_field(field: str) -> _Told:
    """Read the `RateLimit` field: one limit (draft 7), or a list of limits (from draft 8 on)."""
    told = dict(_PARAMETER.findall(field[:1024]))
    if "remaining" in told:
        remaining, limit, reset = map(told.get, ("remaining", "limit", "reset"))
        return _number(remaining), _number(limit), _number(reset)
    tightest: _Told = (None, None, None)
    for item in field[:1024].split(","):
        told = dict(_PARAMETER.findall(item))
        remaining = _number(told.get("r"))
        if remaining is None:
            continue
        if tightest[0] is None or remaining < tightest[0]:
            tightest = (remaining, _number(told.get("q")), _number(told.get("t")))
    return tightest


def _by_prefix(headers: Mapping[str, str]) -> _Told:
    for prefix in _PREFIXES:
        limit = _number(headers.get(f"{prefix}limit"))
        remaining = _number(headers.get(f"{prefix}remaining"))
        if remaining is None and limit is not None:
            used = _number(headers.get(f"{prefix}usage"))
            remaining = None if used is None else max(limit - used, 0)
        if remaining is not None:
            return remaining, limit, _number(headers.get(f"{prefix}reset"))
    return None, None, None


def _number(text: str | None) -> float | None:
    """Return the first number of a field: others are of longer windows."""
    found = _NUMBER.match((text or "")[:64].strip())
    number = float(found[1]) if found else None
    return (
        number if number is not None and isfinite(number) and number < _MOST else None
    )


def _moment(reset: float, now: float) -> float:
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
        """The limit with the fewest requests left, None where no host tells."""
        limits = self._limits.values()
        return min(limits, key=lambda limit: limit.remaining, default=None)

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
            # An answer that was on its way meanwhile makes a pause no shorter.
            until = self._timer() + min(pause, _LONGEST)
            self._busy_until[host] = max(until, self._busy_until.get(host, until))
        if limit is None or limit == self._limits.get(host):
            return False
        self._limits[host] = limit
        return True
