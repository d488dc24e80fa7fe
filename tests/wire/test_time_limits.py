"""Time limits that share one timer."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
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


async def test_a_body_that_takes_too_long_is_ended(limits: TimeLimits) -> None:
    with pytest.raises(TimeoutError), limits.within(SHORT):
        await asyncio.Event().wait()


async def test_a_limit_that_begins_later_may_end_first(limits: TimeLimits) -> None:
    ended = []

    async def wait(seconds: float) -> None:
        try:
            with limits.within(seconds):
                await asyncio.Event().wait()
        except TimeoutError:
            ended.append(seconds)

    longer = asyncio.create_task(wait(LONG))
    await asyncio.sleep(0)
    await wait(SHORT)
    await wait(2 * SHORT)

    assert ended == [SHORT, 2 * SHORT]
    longer.cancel()


async def test_a_limit_holds_after_others_have_ended(
    limits: TimeLimits,
) -> None:
    with limits.within(SHORT):
        pass
    with pytest.raises(TimeoutError), limits.within(2 * SHORT):
        await asyncio.Event().wait()


async def test_a_body_that_ends_in_time_is_not_cancelled_later(
    limits: TimeLimits,
) -> None:
    with limits.within(SHORT):
        pass
    await asyncio.sleep(2 * SHORT)


async def test_limits_share_one_timer(limits: TimeLimits) -> None:
    loop = asyncio.get_running_loop()
    with mock.patch.object(loop, "call_at", wraps=loop.call_at) as call_at:
        for _ in range(100):
            with limits.within(LONG):
                pass

    assert call_at.call_count == 1


async def test_a_cancellation_from_outside_is_not_a_timeout(limits: TimeLimits) -> None:
    async def wait() -> None:
        with limits.within(SHORT):
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel()
    [error] = await asyncio.gather(waiting, return_exceptions=True)

    assert isinstance(error, asyncio.CancelledError)


async def test_a_cancellation_as_the_time_ends_stays_a_cancellation(
    limits: TimeLimits,
) -> None:
    async def wait() -> None:
        with limits.within(SHORT):
            try:
                await asyncio.Event().wait()
            finally:
                waiting.cancel()

    waiting = asyncio.create_task(wait())
    [error] = await asyncio.gather(waiting, return_exceptions=True)

    assert isinstance(error, asyncio.CancelledError)


async def test_a_body_that_ends_by_itself_after_the_limit_leaves_no_cancellation(
    limits: TimeLimits,
) -> None:
    with limits.within(SHORT), suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)
