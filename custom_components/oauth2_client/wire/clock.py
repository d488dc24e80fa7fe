"""The clock that is handed to everything that needs the time, and time limits."""

import asyncio
from collections.abc import Callable
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


class TimeLimits:
    """Ends what takes too long, with one timer for all.

    With one for each request, the timer would take as long as all else that is done for it.
    """

    def __init__(self) -> None:
        self._ends: dict[asyncio.Timeout, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, limit: asyncio.Timeout, seconds: float) -> None:
        """End what is in `asyncio.timeout(None) as limit` after so many seconds, until `end`."""
        loop = asyncio.get_running_loop()
        self._ends[limit] = ends = loop.time() + seconds
        if self._timer is None or ends < self._timer.when():
            self.close()
            self._timer = loop.call_at(ends, self._look)

    def end(self, limit: asyncio.Timeout) -> None:
        """Take a limit back. The timer stays: where requests follow each other, few are set."""
        del self._ends[limit]

    def close(self) -> None:
        """Cancel the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        assert self._timer is not None
        # Not the clock's: timers may be early, by less than it can tell.
        now, self._timer = self._timer.when(), None
        left = []
        for limit, ends in self._ends.items():
            if ends > now:
                left.append(ends)
            elif limit.when() is None:
                limit.reschedule(now)
        if left:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(min(left), self._look)


# Set by tests, before the integration is set up.
CLOCK: HassKey[Clock] = HassKey("oauth2_client.clock")


@callback
def async_get_clock(hass: HomeAssistant) -> Clock:
    """Return the clock of this Home Assistant."""
    return hass.data.setdefault(CLOCK, Clock())
