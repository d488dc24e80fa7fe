"""Limits an account's requests to each host: few at once, and none while the host asks for a pause."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..oauth2 import Response, TemporaryFailure
from ..wire.clock import Clock

if TYPE_CHECKING:
    from .rate_limit import RateLimit

# How many requests are sent to a host at once. For many providers, more look like an attack.
_PLACES: Final = 4
# One place is reserved for requests of a person or an automation.
_PLACES_FOR_POLLS: Final = 3
# A path whose requests hang leaves the other places to other paths.
_PLACES_FOR_ONE_PATH: Final = 2
_MAX_WAITING: Final = 500
# At most this many polls may wait, and at most this many requests to one path.
_MAX_WAITING_ALIKE: Final = 250
_LONGEST_PAUSE_SECONDS: Final = 86400.0
# Statuses with which a host may ask for a pause: RFC 6585, 4; RFC 9110, 15.6.4; and the 403 of
# GitHub's secondary limit.
BUSY_STATUSES: Final = frozenset({403, 429, 503})


class HostBudgets:
    """An account's budgets by host. `on_new_limit` is called when a host reports a new rate limit.

    `pauses` has the end of each host's pause, in seconds of the clock's timer. It outlives the budgets:
    the account that the next set-up makes has to wait too.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        on_new_limit: Callable[[], None],
        pauses: dict[str, float] | None = None,
    ) -> None:
        self._pauses = {} if pauses is None else pauses
        self._clock = clock
        self._on_new_limit = on_new_limit
        self._budgets: dict[str, HostBudget] = {}

    def of(self, host: str) -> HostBudget:
        """Return the budget of a host."""
        if (budget := self._budgets.get(host)) is None:
            budget = self._budgets[host] = HostBudget(
                host, self._pauses, self._clock, self._on_new_limit
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
    """The limits of one host. A request to it is sent in a `Place`."""

    def __init__(
        self,
        host: str,
        pauses: dict[str, float],
        clock: Clock,
        on_new_limit: Callable[[], None],
    ) -> None:
        self.limit: RateLimit | None = None
        self._host = host
        self._pauses = pauses
        self._clock = clock
        self._on_new_limit = on_new_limit
        # How many requests are under way, in all and by path.
        self._taken = 0
        self._taken_by_path: dict[str, int] = {}
        # The requests that wait, in the order in which they came.
        self._waiting: dict[asyncio.Future[None], Place] = {}

    def check_pause(self) -> None:
        """Raise TemporaryFailure (`rate_limited`) while the host's pause lasts."""
        if (paused_until := self._pauses.get(self._host)) is not None:
            remaining = paused_until - self._clock.timer()
            if remaining > 0:
                raise TemporaryFailure("rate_limited", retry_after=remaining)

    def take(self, place: Place) -> bool:
        """Take a place if it is free now; return whether it was."""
        places = _PLACES_FOR_POLLS if place.is_poll else _PLACES
        on_path = self._taken_by_path.get(place.path, 0)
        if self._taken >= places or on_path >= _PLACES_FOR_ONE_PATH:
            return False
        self._taken += 1
        self._taken_by_path[place.path] = on_path + 1
        return True

    def leave(self, place: Place) -> None:
        """Free a place, and give it to the first waiting request that may have it."""
        self._taken -= 1
        if on_path := self._taken_by_path.pop(place.path) - 1:
            self._taken_by_path[place.path] = on_path
        for turn, waiting in self._waiting.items():
            # Taken here, so that no request that comes before the waiting task runs can take it.
            if not turn.done() and self.take(waiting):
                turn.set_result(None)
            if self._taken == _PLACES:
                return

    async def wait(self, place: Place) -> None:
        """Wait for a place, in the order in which requests came.

        Raises TemporaryFailure (`host_busy`) where too many wait.
        """
        if not self._has_room(place):
            raise TemporaryFailure("host_busy")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[turn] = place
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # The place was taken for this request just before it was cancelled.
                self.leave(place)
            raise
        finally:
            del self._waiting[turn]

    def _has_room(self, place: Place) -> bool:
        waiting = self._waiting.values()
        on_path = sum(other.path == place.path for other in waiting)
        polls = place.is_poll and sum(other.is_poll for other in waiting)
        return len(waiting) < _MAX_WAITING and max(on_path, polls) < _MAX_WAITING_ALIKE

    def pause(self, seconds: float) -> None:
        """Send no request for so many seconds; a pause that ends later stays as it is."""
        until = self._clock.timer() + min(seconds, _LONGEST_PAUSE_SECONDS)
        self._pauses[self._host] = max(until, self._pauses.get(self._host, 0.0))

    def note(self, response: Response) -> None:
        """Read the host's rate limit and pause from a response.

        The pause is that of `Retry-After` (RFC 9110, 10.2.3). Without this header, it lasts until a
        limit with no requests left is reset.
        """
        is_busy = response.status in BUSY_STATUSES
        if not is_busy and not _may_have_rate_limit(response):
            return
        from ..oauth2 import retry_after  # noqa: PLC0415 - many APIs report none
        from .rate_limit import rate_limit  # noqa: PLC0415 - as above

        now = self._clock.now()
        limit = rate_limit(response, now=now)
        pause = retry_after(response, now=now) if is_busy else None
        if pause is None and limit is not None and limit.remaining == 0:
            pause = None if limit.resets_at is None else limit.resets_at - now
        if pause is not None and pause > 0:
            self.pause(pause)
        if limit is not None and limit != self.limit:
            self.limit = limit
            self._on_new_limit()


class Place:
    """The place of one request to a host: taken at once or waited for, and left at the end.

    A poll is a request that no person and no automation waits for. `polls` limits how many polls of all
    accounts are sent to the host at once; it is None for other requests.
    """

    __slots__ = ("_budget", "_polls", "is_poll", "is_waiting", "path")

    def __init__(
        self, budget: HostBudget, path: str, polls: asyncio.Semaphore | None = None
    ) -> None:
        self.path = path
        self.is_poll = polls is not None
        self.is_waiting = False
        self._budget = budget
        self._polls = polls

    def take(self) -> bool:
        """Take the place if it is free; return whether it was. A poll always has to wait.

        Raises TemporaryFailure (`rate_limited`).
        """
        if self.is_poll:
            return False
        self._budget.check_pause()
        return self._budget.take(self)

    async def wait(self) -> None:
        """Wait for the place and take it. Raises TemporaryFailure: `rate_limited` or `host_busy`."""
        budget = self._budget
        self.is_waiting = True
        if not budget.take(self):
            await budget.wait(self)
        try:
            # A response that came meanwhile may have asked for a pause.
            budget.check_pause()
            if self._polls is not None:
                await self._polls.acquire()
        except TemporaryFailure, asyncio.CancelledError:
            budget.leave(self)
            raise
        self.is_waiting = False

    def leave(self) -> None:
        """Free the place."""
        if self._polls is not None:
            self._polls.release()
        self._budget.leave(self)


def _may_have_rate_limit(response: Response) -> bool:
    """Return whether a response may report a rate limit; most do not."""
    return "rate" in " ".join(response.headers).lower()
