"""Waiting for what happens in the same event loop."""

import asyncio
from collections.abc import Callable
from typing import Final

# What never happens ends so; what a test waits for is there in milliseconds, or in seconds on a
# machine that is busy.
_LONGEST_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.005


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true. Raises TimeoutError after a minute."""
    async with asyncio.timeout(_LONGEST_SECONDS):
        while not condition():  # noqa: ASYNC110 - that of somebody who tells nobody
            await asyncio.sleep(_PAUSE_SECONDS)
