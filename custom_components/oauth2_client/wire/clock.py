"""The clock that everything that needs the time is given, and time limits for requests."""

import asyncio
from collections.abc import Callable
from math import inf
import time

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey


def _now() -> float:
    return time.time()


def _timer() -> float:
    return time.monotonic()


class Clock:
    """The wall clock, and a monotonic timer for pauses.

    `now` is in seconds since the epoch, `timer` in seconds since an arbitrary moment.
    """

    def __init__(
        self,
        now: Callable[[], float] = _now,
        timer: Callable[[], float] = _timer,
    ) -> None:
        self.now = now
        self.timer = timer


class TimeLimit:
    """Ends the body of a `with` statement with TimeoutError, as `asyncio.timeout` does.

    `asyncio.timeout` would set a timer and run two coroutines each time. `ends` is a time on the event
    loop's clock; by default, the limit is over only when `end` is called.
    """

    __slots__ = ("_cancelling", "_is_over", "_limits", "_task", "ends")

    def __init__(self, limits: set[TimeLimit] | None = None, ends: float = inf) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.ends = ends
        self._limits = set() if limits is None else limits
        self._task = task
        self._cancelling = task.cancelling()
        self._is_over = False

    def __enter__(self) -> None:
        """Begin the time limit."""
        self._limits.add(self)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Raise TimeoutError where the limit cancelled the body."""
        self._limits.discard(self)
        # Where somebody else has cancelled the task too, CancelledError goes on.
        if not self._is_over or self._task.uncancel() > self._cancelling:
            return
        if kind is asyncio.CancelledError:
            raise TimeoutError from None

    def end(self) -> None:
        """End the body now, by cancelling its task."""
        self._limits.discard(self)
        self._is_over = True
        self._task.cancel()


class TimeLimits:
    """Time limits that share one timer.

    Setting a timer for each request would take as long as the rest of preparing the request.
    """

    def __init__(self) -> None:
        self._limits: set[TimeLimit] = set()
        self._timer: asyncio.TimerHandle | None = None

    def within(self, seconds: float) -> TimeLimit:
        """Return a time limit that is over in so many seconds.

        The timer is kept for the next limit, so that requests in a row set few timers.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        if self._timer is None or ends < self._timer.when():
            self.close()
            self._timer = loop.call_at(ends, self._look)
        return TimeLimit(self._limits, ends)

    def close(self) -> None:
        """Cancel the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        assert self._timer is not None
        # Not the clock's time: the timer may fire slightly before it.
        now, self._timer = self._timer.when(), None
        for limit in tuple(self._limits):
            if limit.ends <= now:
                limit.end()
        if self._limits:
            ends = min(limit.ends for limit in self._limits)
            self._timer = asyncio.get_running_loop().call_at(ends, self._look)


# Set by tests, before the integration is set up.
CLOCK: HassKey[Clock] = HassKey("oauth2_client.clock")


@callback
def async_get_clock(hass: HomeAssistant) -> Clock:
    """Return the clock of this Home Assistant."""
    return hass.data.setdefault(CLOCK, Clock())
