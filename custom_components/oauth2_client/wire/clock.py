"""The clock that is handed to everything that needs the time."""

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


# Set by tests, before the integration is set up.
CLOCK: HassKey[Clock] = HassKey("oauth2_client.clock")


@callback
def async_get_clock(hass: HomeAssistant) -> Clock:
    """Return the clock of this Home Assistant."""
    return hass.data.setdefault(CLOCK, Clock())
