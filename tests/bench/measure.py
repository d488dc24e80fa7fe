"""Takes samples: how long an update lasts, and how long it keeps the event loop to itself."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter, thread_time
from typing import Final

_TICK: Final = 0.001


async def duration(work: Callable[[], Awaitable[object]]) -> float:
    """Return how many milliseconds work lasts."""
    begun = perf_counter()
    await work()
    return (perf_counter() - begun) * 1000


async def longest_stall(work: Callable[[], Awaitable[object]]) -> float:
    """Return for how many milliseconds at most work keeps others out of the event loop."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            due = perf_counter() + _TICK
            await asyncio.sleep(_TICK)
            longest = max(longest, perf_counter() - due)

    ticking = asyncio.create_task(tick())
    # The first tick is under way when the work begins, and the last one is seen late.
    await asyncio.sleep(_TICK)
    await work()
    await asyncio.sleep(2 * _TICK)
    ticking.cancel()
    return longest * 1000


async def longest_pass(work: Callable[[], Awaitable[object]]) -> float:
    """Return for how many milliseconds of CPU time at most the event loop was busy without a break.

    On a machine of its own that is the longest stall; what other processes do is not counted.
    """
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        before = thread_time()
        while True:
            await asyncio.sleep(_TICK)
            longest = max(longest, thread_time() - before)
            before = thread_time()

    ticking = asyncio.create_task(tick())
    await work()
    await asyncio.sleep(2 * _TICK)
    ticking.cancel()
    return longest * 1000
