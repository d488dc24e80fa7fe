"""Limits an account's requests to each host: few at once, and none while the host wants a pause."""

import asyncio
from collections.abc import Callable
from typing import Final, Self

from ..oauth2 import Response, TemporaryFailure, retry_after
from ..wire.clock import Clock
from .rate_limit import RateLimit, rate_limit

# For many providers, more requests at once look like an attack.
_MAX_CONCURRENT_REQUESTS: Final = 4
_LONGEST_PAUSE_SECONDS: Final = 86400.0
# Statuses with which a host may ask for a pause: RFC 6585, 4; RFC 9110, 15.6.4; and the 403 of
# GitHub's secondary limit.
_BUSY: Final = frozenset({403, 429, 503})


class HostBudgets:
    """An account's budgets by host. `changed` is called when a host reports a new rate limit.

    `pauses` has the ends of pauses by host, in seconds on the clock's timer. It outlives the budgets:
    the account that the next set-up makes has to wait as well.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        changed: Callable[[], None],
        pauses: dict[str, float] | None = None,
    ) -> None:
        self._pauses = {} if pauses is None else pauses
        self._clock = clock
        self._changed = changed
        self._budgets: dict[str, HostBudget] = {}

    def of(self, host: str) -> HostBudget:
        """Return the budget of a host."""
        if (budget := self._budgets.get(host)) is None:
            budget = self._budgets[host] = HostBudget(
                host, self._pauses, self._clock, self._changed
            )
        return budget

    @property
    def tightest(self) -> RateLimit | None:
        """The limit with the fewest requests left, None where no host reports one.

        One whose reset has passed is used only where there is no other.
        """
        now = self._clock.now()

        def rank(limit: RateLimit) -> tuple[bool, int]:
            is_over = limit.resets_at is not None and limit.resets_at <= now
            return is_over, limit.remaining

        limits = (budget.limit for budget in self._budgets.values())
        return min((limit for limit in limits if limit), key=rank, default=None)


class HostBudget:
    """The limits of one host. A request to it is sent within `async with`."""

    def __init__(
        self,
        host: str,
        pauses: dict[str, float],
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self.limit: RateLimit | None = None
        self._host = host
        self._pauses = pauses
        self._clock = clock
        self._changed = changed
        self._slots = asyncio.Semaphore(_MAX_CONCURRENT_REQUESTS)

    async def __aenter__(self) -> Self:
        """Wait for a slot.

        Raises TemporaryFailure (`rate_limited`) while the host's pause lasts.
        """
        await self._slots.acquire()
        if (busy_until := self._pauses.get(self._host)) is not None:
            remaining = busy_until - self._clock.timer()
            if remaining > 0:
                self._slots.release()
                raise TemporaryFailure("rate_limited", retry_after=remaining)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Free the slot."""
        self._slots.release()

    def note(self, response: Response) -> None:
        """Take the host's rate limit and pause from a response.

        The pause is that of `Retry-After` (RFC 9110, 10.2.3). Without one, it lasts until a limit
        with no requests left is reset.
        """
        now = self._clock.now()
        limit = rate_limit(response, now=now)
        pause = retry_after(response, now=now) if response.status in _BUSY else None
        if pause is None and limit is not None and limit.remaining == 0:
            pause = None if limit.resets_at is None else limit.resets_at - now
        if pause is not None and pause > 0:
            until = self._clock.timer() + min(pause, _LONGEST_PAUSE_SECONDS)
            # The response to a concurrent request may have asked for a longer pause.
            self._pauses[self._host] = max(until, self._pauses.get(self._host, 0.0))
        if limit is not None and limit != self.limit:
            self.limit = limit
            self._changed()
