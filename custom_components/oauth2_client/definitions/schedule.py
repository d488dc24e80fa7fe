"""When a resource is fetched."""

from datetime import datetime, time, timedelta
from typing import Final

from ..oauth2.frozen import Frozen

DEFAULT_INTERVAL_SECONDS: Final = 300
MIN_INTERVAL_SECONDS: Final = 10

_DAY: Final = timedelta(days=1)


class Schedule(Frozen):
    """Every `interval` seconds, all day or between two times of the day.

    The times are local. Where `end` is before `start`, the hours span midnight.
    """

    interval: float = DEFAULT_INTERVAL_SECONDS
    start: time | None = None
    end: time | None = None

    def is_open(self, now: datetime) -> bool:
        """Return whether a local time is within the hours."""
        if self.start is None or self.end is None:
            return True
        clock = now.time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def delay(self, now: datetime) -> float:
        """Return the seconds from a local time to the next fetch.

        A fetch that would be due outside the hours is due when they begin.
        """
        due = now + timedelta(seconds=self.interval)
        if self.start is None or self.is_open(due):
            return self.interval
        begins = datetime.combine(due.date(), self.start, now.tzinfo)
        if begins < due:
            begins = datetime.combine((due + _DAY).date(), self.start, now.tzinfo)
        # As timestamps, since daylight saving time may begin or end in between.
        return begins.timestamp() - now.timestamp()
