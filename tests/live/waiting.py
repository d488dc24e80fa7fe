"""Waiting for what a process of its own does."""

from collections.abc import Callable
import time
from typing import Final

# A wait ends when what it is for is there; only what never comes takes so long, however busy the
# machine is.
_LONGEST_SECONDS: Final = 300.0
_PAUSE_SECONDS: Final = 0.2


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true. Raises TimeoutError after five minutes."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("It did not happen")
        time.sleep(_PAUSE_SECONDS)
