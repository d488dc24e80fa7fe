"""Polls begin when they are due, and turns are given few at a time."""

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar
from typing import Any, cast

from custom_components.oauth2_client.wire.turns import Timetable
from homeassistant.core import HassJob

MINUTE = 60
SOMEBODY: ContextVar[str] = ContextVar("somebody", default="nobody")


class _Timer:
    """A call that a loop was asked to make."""

    def __init__(self, when: float, call: Callable[[], object]) -> None:
        self.when = when
        self.call = call
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class _Loop:
    """An event loop whose time passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.5
        self.timers: list[_Timer] = []

    def time(self) -> float:
        return self.now

    def create_future(self) -> asyncio.Future[None]:
        return asyncio.get_running_loop().create_future()

    def call_at(
        self, when: float, call: Callable[..., object], *args: object, context: Context
    ) -> _Timer:
        # Home Assistant cancels what is marked so before it closes what polls use.
        assert [
            isinstance(job, HassJob) and job.cancel_on_shutdown for job in args
        ] == [True]
        timer = _Timer(when, lambda: context.run(call, *args))
        self.timers.append(timer)
        return timer

    @property
    def pending(self) -> list[_Timer]:
        return [timer for timer in self.timers if not timer.is_cancelled]

    def run_until(self, end: float) -> None:
        """Let time pass, and make the calls that are due by then."""
        while due := [timer for timer in self.pending if timer.when <= end]:
            timer = min(due, key=lambda timer: timer.when)
            self.timers.remove(timer)
            self.now = max(self.now, timer.when)
            timer.call()
        self.now = end


class _Poll:
    """Notes when it begins."""

    def __init__(self, loop: _Loop) -> None:
        self._loop = loop
        self.begun: list[float] = []
        self.who = ""

    def async_begin(self) -> None:
        self.begun.append(self._loop.now)
        self.who = SOMEBODY.get()


def _made(count: int = 1) -> tuple[_Loop, Timetable, list[_Poll]]:
    loop = _Loop()
    timetable = Timetable(cast(Any, loop))
    return loop, timetable, [_Poll(loop) for _ in range(count)]


def test_a_poll_begins_once_within_the_second_that_it_is_due_in() -> None:
    loop, timetable, [poll] = _made()
    timetable.add(poll, MINUTE)
    loop.run_until(3 * MINUTE)

    [begun] = poll.begun
    assert int(begun) == MINUTE
    assert loop.pending == []


def test_polls_of_a_second_share_a_timer() -> None:
    loop, timetable, polls = _made(100)
    for poll in polls:
        timetable.add(poll, MINUTE)

    assert len(loop.timers) == 1


def test_few_polls_begin_at_once_and_all_within_the_second() -> None:
    loop, timetable, polls = _made(500)
    for poll in polls:
        timetable.add(poll, MINUTE)
    loop.run_until(2 * MINUTE)

    begun = [each for poll in polls for each in poll.begun]
    assert len(begun) == len(polls)
    assert max(map(begun.count, begun)) <= 16
    assert max(begun) - min(begun) < 1


def test_few_polls_begin_at_once_after_the_machine_has_slept() -> None:
    loop, timetable, polls = _made(300)
    for number, poll in enumerate(polls):
        timetable.add(poll, MINUTE + number)
    loop.now = 10 * MINUTE
    loop.run_until(11 * MINUTE)

    begun = [each for poll in polls for each in poll.begun]
    assert len(begun) == len(polls)
    assert max(map(begun.count, begun)) <= 16


def test_a_postponed_poll_begins_only_at_its_new_time() -> None:
    loop, timetable, [poll] = _made()
    timetable.add(poll, MINUTE)
    timetable.add(poll, 2 * MINUTE)
    loop.run_until(3 * MINUTE)

    assert [int(begun) for begun in poll.begun] == [2 * MINUTE]


def test_polls_that_are_postponed_again_and_again_leave_no_timers() -> None:
    loop, timetable, [poll] = _made()
    for _ in range(100):
        timetable.add(poll, MINUTE)
        loop.now += 1

    assert len(loop.pending) == 1


def test_a_removed_poll_does_not_begin() -> None:
    loop, timetable, polls = _made(40)
    for poll in polls:
        timetable.add(poll, MINUTE)
    timetable.remove(polls[0])
    # 16 of the others have begun, and the last ones wait.
    loop.run_until(MINUTE + 0.26)
    timetable.remove(polls[-1])
    timetable.remove(polls[-1])
    loop.run_until(2 * MINUTE)

    assert [len(poll.begun) for poll in polls] == [0, *[1] * 38, 0]


def test_a_poll_does_not_begin_in_the_context_of_another_poll() -> None:
    loop, timetable, [poll] = _made()
    token = SOMEBODY.set("somebody")
    timetable.add(poll, MINUTE)
    loop.run_until(2 * MINUTE)
    SOMEBODY.reset(token)

    assert poll.who == "nobody"


async def test_turns_are_given_in_the_order_of_their_requests() -> None:
    loop, timetable, polls = _made(20)
    for poll in polls:
        timetable.add(poll, MINUTE)
    loop.run_until(MINUTE + 0.26)
    asking = asyncio.create_task(timetable.turn())
    await asyncio.sleep(0)
    assert not asking.done()
    loop.run_until(MINUTE + 0.5)
    await asking

    assert all(poll.begun for poll in polls)


async def test_a_single_task_gets_its_turn_without_waiting() -> None:
    loop, timetable, _ = _made()
    for _ in range(3):
        await timetable.turn()
        loop.now += 1

    assert loop.timers == []


async def test_a_cancelled_wait_takes_no_turn() -> None:
    loop, timetable, _ = _made()
    asking = [asyncio.create_task(timetable.turn()) for _ in range(60)]
    await asyncio.sleep(0)
    for task in asking[16:50]:
        task.cancel()
    await asyncio.sleep(0)
    loop.run_until(loop.now + 0.021)
    await asyncio.sleep(0)

    assert [task.done() for task in asking] == [True] * 60
    assert sum(task.cancelled() for task in asking) == 34
    assert loop.pending == []
