"""Time limits that share one timer."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from unittest import mock

import pytest

from custom_components.oauth2_client.wire.clock import TimeLimits

LONG = 60.0
SHORT = 0.001


@pytest.fixture
def limits() -> Iterator[TimeLimits]:
    limits = TimeLimits()
    yield limits
    limits.close()


@asynccontextmanager
async def _limited(limits: TimeLimits, seconds: float) -> AsyncGenerator[None]:
    async with asyncio.timeout(None) as limit:
        limits.begin(limit, seconds)
        try:
            yield
        finally:
            limits.end(limit)


async def test_what_takes_too_long_ends(limits: TimeLimits) -> None:
    with pytest.raises(TimeoutError):
        async with _limited(limits, SHORT):
            await asyncio.Event().wait()


async def test_a_limit_that_begins_later_may_end_first(limits: TimeLimits) -> None:
    ended = []

    async def wait(seconds: float) -> None:
        try:
            async with _limited(limits, seconds):
                await asyncio.Event().wait()
        except TimeoutError:
            ended.append(seconds)

    longer = asyncio.create_task(wait(LONG))
    await asyncio.sleep(0)
    await wait(SHORT)
    await wait(2 * SHORT)

    assert ended == [SHORT, 2 * SHORT]
    longer.cancel()


async def test_a_limit_holds_although_others_were_taken_back(
    limits: TimeLimits,
) -> None:
    async with _limited(limits, SHORT):
        pass
    with pytest.raises(TimeoutError):
        async with _limited(limits, 2 * SHORT):
            await asyncio.Event().wait()


async def test_what_is_done_in_time_is_not_ended_later(limits: TimeLimits) -> None:
    async with _limited(limits, SHORT):
        pass
    await asyncio.sleep(2 * SHORT)


async def test_limits_share_one_timer(limits: TimeLimits) -> None:
    loop = asyncio.get_running_loop()
    with mock.patch.object(loop, "call_at", wraps=loop.call_at) as call_at:
        for _ in range(100):
            async with _limited(limits, LONG):
                pass

    assert call_at.call_count == 1
