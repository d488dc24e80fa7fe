"""When a resource is fetched."""

from datetime import datetime, time, timedelta
from typing import Final

from ..oauth2.frozen import Frozen

DEFAULT_INTERVAL: Final = 300
MIN_INTERVAL: Final = 10

_DAY: Final = timedelta(days=1)


class Schedule(Frozen):
    """Every `interval` seconds, all day or between two times of the day.

    The times are local; where `end` is the earlier one, the hours between are those of the night.
    """

    interval: float = DEFAULT_INTERVAL
    start: time | None = None
    end: time | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether a local time is within the hours."""
        if self.start is None or self.end is None:
            return True
        clock = now.time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def delay(self, now: datetime) -> float:
        """Return the seconds from a local time to the next fetch.

        A fetch that would come outside the hours comes when they begin.
        """
        due = now + timedelta(seconds=self.interval)
        if self.start is None or self.is_open(due):
            return self.interval
        begins = datetime.combine(due.date(), self.start, now.tzinfo)
        if begins < due:
            begins = datetime.combine((due + _DAY).date(), self.start, now.tzinfo)
        # By their timestamps: a clock may be put forward or back in between.
        return begins.timestamp() - now.timestamp()
