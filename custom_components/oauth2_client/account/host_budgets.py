"""What an account may ask of each host: so many requests at once, and none while the host wants a pause."""

import asyncio
from collections.abc import Callable
from typing import Final, Self

from ..oauth2 import Response, TemporaryFailure, retry_after
from ..wire.clock import Clock
from .rate_limit import RateLimit, rate_limit

# To many providers more requests at once would look like an attack.
_MAX_CONCURRENT: Final = 4
_LONGEST_PAUSE_SECONDS: Final = 86400.0
# RFC 6585, 4; RFC 9110, 15.6.4; and GitHub's secondary limit, which is a 403.
_BUSY: Final = frozenset({403, 429, 503})


class HostBudgets:
    """The budgets of an account by host.

    `changed` is called when a host tells another rate limit than before.
    """

    def __init__(self, *, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._budgets: dict[str, HostBudget] = {}

    def of(self, host: str) -> HostBudget:
        """Return the budget of a host."""
        if (budget := self._budgets.get(host)) is None:
            budget = self._budgets[host] = HostBudget(self._clock, self._changed)
        return budget

    @property
    def tightest(self) -> RateLimit | None:
        """The limit with the fewest requests left, None where no host tells.

        One whose reset has passed counts only where there is no other.
        """
        now = self._clock.now()

        def rank(limit: RateLimit) -> tuple[bool, int]:
            is_over = limit.resets_at is not None and limit.resets_at <= now
            return is_over, limit.remaining

        limits = (budget.limit for budget in self._budgets.values())
        return min((limit for limit in limits if limit), key=rank, default=None)


class HostBudget:
    """What may be asked of one host. A request is sent within `async with`."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self.limit: RateLimit | None = None
        self._clock = clock
        self._changed = changed
        self._slots = asyncio.Semaphore(_MAX_CONCURRENT)
        self._busy_until = 0.0

    async def __aenter__(self) -> Self:
        """Wait for a slot.

        Raises TemporaryFailure (`rate_limited`) while the host is to be left alone.
        """
        await self._slots.acquire()
        remaining = self._busy_until - self._clock.timer()
        if self._busy_until and remaining > 0:
            self._slots.release()
            raise TemporaryFailure("rate_limited", retry_after=remaining)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the slot to the next request."""
        self._slots.release()

    def note(self, response: Response) -> None:
        """Take over what a response says of the host's limit.

        The pause is what `Retry-After` says (RFC 9110, 10.2.3), else until the limit is reset.
        """
        now = self._clock.now()
        limit = rate_limit(response, now=now)
        pause = retry_after(response, now=now) if response.status in _BUSY else None
        if pause is None and limit is not None and limit.remaining == 0:
            pause = None if limit.resets_at is None else limit.resets_at - now
        if pause is not None and pause > 0:
            until = self._clock.timer() + min(pause, _LONGEST_PAUSE_SECONDS)
            # Another request that was under way may have been told of a longer pause.
            self._busy_until = max(until, self._busy_until)
        if limit is not None and limit != self.limit:
            self.limit = limit
            self._changed()
