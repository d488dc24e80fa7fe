"""Lets weeks pass from timer to timer, with outages, and counts what is alive."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
import gc
from typing import Final

from freezegun.api import FrozenDateTimeFactory

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.core import HomeAssistant

from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault
from ..resources import settle

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
_LONGEST_STEP: Final = HOUR
# More than is sent between two timers.
_REPEATED: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """A time in which the provider answers no token request; in days since the beginning."""

    begins: float
    lasts: float
    fault: Fault


class Weeks:
    """The time of one home."""

    def __init__(
        self,
        hass: HomeAssistant,
        server: FakeServer,
        clock: StoppedClock,
        freezer: FrozenDateTimeFactory,
    ) -> None:
        # Token requests that an outage has met.
        self.failed = 0
        self._hass = hass
        self._server = server
        self._clock = clock
        self._freezer = freezer
        self._began = clock.passed

    @property
    def day(self) -> float:
        """Days since the beginning."""
        return (self._clock.passed - self._began) / DAY

    async def pass_until(self, day: float, outages: Iterable[Outage] = ()) -> None:
        """Let time pass, and each timer be called when it is due."""
        while self.day < day:
            self._clock.move(min(self._next_timer(), (day - self.day) * DAY + 0.001))
            self._freezer.move_to(datetime.fromtimestamp(self._clock.time, UTC))
            out = [
                each.fault
                for each in outages
                if each.begins <= self.day < each.begins + each.lasts
            ]
            self._server.token_faults.extend(out * _REPEATED)
            asked = len(self._server.token_requests)
            # The loop finds which timers are due, then it calls them: before time moves on.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await settle(self._hass)
            if out:
                self.failed += len(self._server.token_requests) - asked
            self._server.token_faults.clear()
            self._server.forget()

    def _next_timer(self) -> float:
        """Return the seconds until the next timer of the loop."""
        loop = self._hass.loop
        timers = (each for each in loop._scheduled if not each.cancelled())  # type: ignore[attr-defined]  # asyncio has no public one
        due = min((timer.when() for timer in timers), default=0.0) - loop.time()
        return min(max(due, 0.01), _LONGEST_STEP)


def alive() -> Counter[str]:
    """Count the objects of this integration and of Home Assistant, by their type."""
    gc.collect()
    names = (
        type(each).__module__ + "." + type(each).__name__ for each in gc.get_objects()
    )
    return Counter(
        name
        for name in names
        if name.startswith((f"custom_components.{DOMAIN}", "homeassistant."))
    )
