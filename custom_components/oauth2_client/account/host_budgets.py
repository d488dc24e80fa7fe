"""Limits an account's requests to each host: few at once, and none while the host wants a pause."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple, Self

from ..oauth2 import Response, TemporaryFailure, retry_after
from ..wire.clock import Clock
from .rate_limit import RateLimit, rate_limit

# For many providers, more requests at once look like an attack.
_PLACES: Final = 4
# The last place is for what a person or an automation asks for.
_PLACES_OF_POLLS: Final = 3
# A path whose requests hang leaves as many places to all others.
_PLACES_OF_ONE_PATH: Final = 2
_MOST_WAITING: Final = 500
# Of these, polls take no more, and neither do the requests of one path.
_MOST_WAITING_ALIKE: Final = 250
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
    """The limits of one host. A request to it is sent within `async with` one of its places."""

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
        # How many requests are under way, in all and by path.
        self._taken = 0
        self._taken_by_path: Counter[str] = Counter()
        # Those who wait, in the order in which they came.
        self._waiting: dict[asyncio.Future[None], _Asker] = {}

    def place(self, path: str, *, polls: asyncio.Semaphore | None = None) -> Place:
        """Return a place for the requests of one caller, not taken yet.

        `polls`, for a poll, is the share that those of all accounts have together.
        """
        return Place(self, _Asker(path, is_poll=polls is not None), polls)

    def check_pause(self) -> None:
        """Raise TemporaryFailure (`rate_limited`) while the host's pause lasts."""
        if (busy_until := self._pauses.get(self._host)) is not None:
            remaining = busy_until - self._clock.timer()
            if remaining > 0:
                raise TemporaryFailure("rate_limited", retry_after=remaining)

    async def enter(self, asker: _Asker) -> None:
        """Take a place; wait for it behind those who came before and may have one.

        Raises TemporaryFailure: `rate_limited`, or `host_busy` where too many wait.
        """
        if self._may_enter(asker):
            self._take(asker)
        else:
            await self._wait(asker)
        try:
            self.check_pause()
        except TemporaryFailure:
            self.leave(asker)
            raise

    def leave(self, asker: _Asker) -> None:
        """Free a place, and hand it to whoever may have it next."""
        self._taken -= 1
        self._taken_by_path[asker.path] -= 1
        if not self._taken_by_path[asker.path]:
            del self._taken_by_path[asker.path]
        for turn, waiting in self._waiting.items():
            if not turn.done() and self._may_enter(waiting):
                # Taken here, so that nobody who comes meanwhile can take it.
                self._take(waiting)
                turn.set_result(None)
            if self._taken == _PLACES:
                return

    def _may_enter(self, asker: _Asker) -> bool:
        places = _PLACES_OF_POLLS if asker.is_poll else _PLACES
        on_path = self._taken_by_path.get(asker.path, 0)
        return self._taken < places and on_path < _PLACES_OF_ONE_PATH

    def _has_room(self, asker: _Asker) -> bool:
        waiting = self._waiting.values()
        on_path = sum(other.path == asker.path for other in waiting)
        polls = asker.is_poll and sum(other.is_poll for other in waiting)
        return (
            len(waiting) < _MOST_WAITING and max(on_path, polls) < _MOST_WAITING_ALIKE
        )

    def _take(self, asker: _Asker) -> None:
        self._taken += 1
        self._taken_by_path[asker.path] += 1

    async def _wait(self, asker: _Asker) -> None:
        if not self._has_room(asker):
            raise TemporaryFailure("host_busy")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[turn] = asker
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # Its turn had just come.
                self.leave(asker)
            raise
        finally:
            del self._waiting[turn]

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


class _Asker(NamedTuple):
    """Who asks for a place. A poll is what nobody waits for."""

    path: str
    is_poll: bool


class Place:
    """A place among the requests to a host, taken with `async with`, also more than once."""

    def __init__(
        self, budget: HostBudget, asker: _Asker, polls: asyncio.Semaphore | None
    ) -> None:
        self.is_waiting = False
        self._budget = budget
        self._asker = asker
        self._polls = polls

    async def __aenter__(self) -> Self:
        """Wait for the place. Raises TemporaryFailure: `rate_limited` or `host_busy`."""
        self.is_waiting = True
        await self._budget.enter(self._asker)
        if self._polls is not None:
            try:
                await self._polls.acquire()
            except asyncio.CancelledError:
                self._budget.leave(self._asker)
                raise
        self.is_waiting = False
        return self

    async def __aexit__(self, *_: object) -> None:
        """Free the place."""
        if self._polls is not None:
            self._polls.release()
        self._budget.leave(self._asker)
