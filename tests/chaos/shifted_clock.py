"""Runs Home Assistant with a clock that can be moved: `python shifted_clock.py FILE HASS ARGS…`.

FILE holds how far, eight bytes of a floating-point number of seconds; the clock follows at once. It is
the wall clock of all that asks Python's `time` or Home Assistant's `dt_util`. Timers, as those of
Home Assistant, run on the monotonic clock, as they do where an administrator sets the time.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
import mmap
from pathlib import Path
import runpy
import struct
import sys
import time
from typing import Any, Final

OFFSET: Final = struct.Struct("d")


def shift(path: Path) -> None:
    """Have the clock follow a file."""
    with path.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), OFFSET.size)

    def offset() -> float:
        seconds: float = OFFSET.unpack_from(shared)[0]
        return seconds

    real_time, real_time_ns = time.time, time.time_ns
    time.time = lambda: real_time() + offset()
    time.time_ns = lambda: real_time_ns() + int(offset() * 1_000_000_000)

    # Imported now, so that whoever takes `time` out of its module takes the shifted one.
    dt_util: Any = import_module("homeassistant.util.dt")

    def now(time_zone: tzinfo | None = None) -> datetime:
        zone = time_zone or dt_util.get_default_time_zone()
        return datetime.now(zone) + timedelta(seconds=offset())

    dt_util.now = now
    dt_util.utcnow = lambda: datetime.now(UTC) + timedelta(seconds=offset())


if __name__ == "__main__":
    shift(Path(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_path(sys.argv[0], run_name="__main__")
