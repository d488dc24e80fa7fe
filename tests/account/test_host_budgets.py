"""How many requests an account sends to a host, and when it pauses."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import pytest

from custom_components.oauth2_client.account.host_budgets import (
    HostBudget,
    HostBudgets,
    Place,
)
from custom_components.oauth2_client.oauth2 import Response, TemporaryFailure

from ..clock import StoppedClock

HOST = "api.example.com"
GITHUB = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": "1800000060",
}
REDDIT = {"x-ratelimit-remaining": "299.0", "x-ratelimit-reset": "60"}


@asynccontextmanager
async def _in_place(
    budget: HostBudget, path: str, polls: asyncio.Semaphore | None = None
) -> AsyncGenerator[None]:
    place = Place(budget, path, polls)
    if not place.take():
        await place.wait()
    try:
        yield
    finally:
        place.leave()


def _response(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=status, headers=headers or {}, body=b"")


class _Hosts:
    """The budgets of an account, and how often a new limit was reported."""

    def __init__(self) -> None:
        self.time = StoppedClock(time=1_800_000_000.0)
        self.changes = 0
        self.budgets = HostBudgets(clock=self.time.clock, on_new_limit=self._changed)

    def _changed(self) -> None:
        self.changes += 1

    async def answer(self, response: Response, host: str = HOST) -> None:
        budget = self.budgets.of(host)
        async with _in_place(budget, "/"):
            budget.note(response)


@pytest.mark.parametrize(
    ("response", "pause"),
    [
        (_response(429, {"Retry-After": "30"}), 30),
        (_response(503, {"Retry-After": "30"}), 30),
        (_response(403, {"Retry-After": "30"}), 30),
        (_response(200, {**GITHUB, "x-ratelimit-remaining": "0"}), 60),
        (_response(403, {**GITHUB, "x-ratelimit-remaining": "0"}), 60),
        (_response(200, {**REDDIT, "x-ratelimit-remaining": "0.0"}), 60),
        (_response(429, {"Retry-After": "9" * 9}), 86400),
    ],
)
async def test_a_host_that_asks_for_it_is_left_alone_until_then(
    response: Response, pause: float
) -> None:
    hosts = _Hosts()
    await hosts.answer(response)

    hosts.time.move(pause - 1)
    with pytest.raises(TemporaryFailure) as raised:
        await hosts.answer(_response(200))
    assert (raised.value.code, raised.value.retry_after) == ("rate_limited", 1)
    await hosts.answer(_response(200), "other.example.com")
    hosts.time.move(2)
    await hosts.answer(_response(200))


@pytest.mark.parametrize(
    "response",
    [
        _response(200, {"Retry-After": "30"}),
        _response(429),
        _response(403),
        _response(200, GITHUB),
        _response(200, {"x-ratelimit-remaining": "0"}),
    ],
)
async def test_a_host_that_asks_for_nothing_is_not_left_alone(
    response: Response,
) -> None:
    hosts = _Hosts()
    await hosts.answer(response)

    await hosts.answer(_response(200))


async def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    hosts = _Hosts()
    # Two requests that were under way together.
    hosts.budgets.of(HOST).note(_response(429, {"Retry-After": "120"}))
    hosts.budgets.of(HOST).note(_response(429, {"Retry-After": "1"}))

    hosts.time.move(100)
    with pytest.raises(TemporaryFailure):
        await hosts.answer(_response(200))


async def test_a_limit_whose_reset_has_passed_is_not_the_tightest() -> None:
    hosts = _Hosts()
    await hosts.answer(_response(200, GITHUB))
    await hosts.answer(_response(200, {**REDDIT, "x-ratelimit-reset": "5"}), "b")
    hosts.time.move(10)

    assert hosts.budgets.tightest is not None
    assert hosts.budgets.tightest.remaining == 4999


async def test_each_new_limit_is_told_and_the_tightest_is_known() -> None:
    hosts = _Hosts()
    await hosts.answer(_response(200, GITHUB))
    await hosts.answer(_response(200, GITHUB))
    await hosts.answer(_response(200))
    assert hosts.changes == 1
    await hosts.answer(_response(200, REDDIT), "other.example.com")
    assert hosts.changes == 2

    tightest = hosts.budgets.tightest
    assert tightest is not None
    assert tightest.remaining == 299


class _Requests:
    """Concurrent requests, by name: each keeps its place until it is released or cancelled."""

    def __init__(self) -> None:
        self.under_way: list[str] = []
        self.budgets = _Hosts().budgets
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._released: dict[str, asyncio.Event] = {}

    async def begin(
        self, name: str, path: str, *, host: str = HOST, is_poll: bool = False
    ) -> None:
        released = self._released[name] = asyncio.Event()

        async def hold_place() -> None:
            polls = asyncio.Semaphore(1000) if is_poll else None
            async with _in_place(self.budgets.of(host), path, polls):
                self.under_way.append(name)
                try:
                    await released.wait()
                finally:
                    self.under_way.remove(name)

        self._tasks[name] = asyncio.create_task(hold_place())
        await asyncio.sleep(0)

    async def release(self, name: str) -> None:
        self._released[name].set()
        await self._tasks[name]
        await asyncio.sleep(0)

    async def cancel(self, *names: str) -> None:
        """Cancel requests at the same moment."""
        tasks = [self._tasks[name] for name in names]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def release_all(self) -> None:
        for event in self._released.values():
            event.set()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


async def test_a_host_is_asked_four_times_at_once_and_each_host_for_itself() -> None:
    requests = _Requests()
    for number in range(6):
        await requests.begin(f"a{number}", f"/{number}")
    await requests.begin("b", "/", host="b")

    assert requests.under_way == ["a0", "a1", "a2", "a3", "b"]
    await requests.release("a2")
    assert requests.under_way == ["a0", "a1", "a3", "b", "a4"]
    await requests.release_all()


async def test_a_path_that_hangs_leaves_half_of_the_places_to_the_others() -> None:
    requests = _Requests()
    for number in range(40):
        await requests.begin(f"hanging{number}", "/hanging")
    await requests.begin("one", "/one")
    await requests.begin("two", "/two")

    assert requests.under_way == ["hanging0", "hanging1", "one", "two"]
    await requests.release_all()


async def test_polls_leave_the_last_place_to_a_person() -> None:
    requests = _Requests()
    for number in range(6):
        await requests.begin(f"poll{number}", f"/{number}", is_poll=True)
    await requests.begin("person", "/person")
    assert requests.under_way == ["poll0", "poll1", "poll2", "person"]

    await requests.begin("second", "/person")
    await requests.release("poll1")
    assert requests.under_way == ["poll0", "poll2", "person", "second"]
    await requests.release("person")
    assert requests.under_way == ["poll0", "poll2", "second"]
    await requests.release_all()


async def test_those_who_wait_have_their_turn_in_the_order_in_which_they_came() -> None:
    requests = _Requests()
    for number in range(20):
        await requests.begin(f"{number}", f"/{number % 7}")
    turns = [*requests.under_way]
    while requests.under_way:
        await requests.release(requests.under_way[0])
        turns += [name for name in requests.under_way if name not in turns]

    assert turns == [f"{number}" for number in range(20)]


async def test_a_hundred_who_give_up_leave_no_hole_and_take_no_place() -> None:
    requests = _Requests()
    for number in range(104):
        await requests.begin(f"{number}", f"/{number}")
    await requests.begin("last", "/last")
    # All at once: requests with a place, those that would get it next, and those that wait.
    await requests.cancel(*(f"{number}" for number in range(104)))

    assert requests.under_way == ["last"]
    for number in range(4):
        await requests.begin(f"after{number}", f"/{number}")
    assert requests.under_way == ["last", "after0", "after1", "after2"]
    await requests.release_all()


async def test_who_gives_up_when_its_turn_has_just_come_hands_it_on() -> None:
    requests = _Requests()
    for name in ("a", "b", "c", "d", "turn", "next"):
        await requests.begin(name, f"/{name}")
    # Not awaited in between: `turn` was given its place, but has not run since.
    requests._released["a"].set()
    await asyncio.sleep(0)
    await requests.cancel("turn")

    assert requests.under_way == ["b", "c", "d", "next"]
    await requests.release_all()


@pytest.mark.parametrize(
    ("path", "is_poll", "under_way"), [("/hanging", False, 2), ("", True, 3)]
)
async def test_who_finds_no_room_to_wait_is_told_and_others_have_room(
    path: str, is_poll: bool, under_way: int
) -> None:
    requests = _Requests()
    for number in range(250 + under_way):
        await requests.begin(f"{number}", path or f"/{number}", is_poll=is_poll)
    polls = asyncio.Semaphore() if is_poll else None
    with pytest.raises(TemporaryFailure, match="host_busy"):
        async with _in_place(requests.budgets.of(HOST), path or "/new", polls):
            pass

    # These have other paths and are no polls: some get a place, and all others may wait.
    for number in range(250 + 4 - under_way):
        await requests.begin(f"other{number}", f"/other{number}")
    assert len(requests.under_way) == 4
    with pytest.raises(TemporaryFailure, match="host_busy"):
        async with _in_place(requests.budgets.of(HOST), "/one-too-many"):
            pass
    await requests.release_all()


async def test_a6_a_pause_outlives_the_account_that_was_asked_for_it() -> None:
    time, pauses = StoppedClock(), dict[str, float]()
    for asked in (True, False):
        budgets = HostBudgets(
            clock=time.clock, on_new_limit=lambda: None, pauses=pauses
        )
        if asked:
            budgets.of(HOST).note(_response(429, {"Retry-After": "3600"}))
            continue
        with pytest.raises(TemporaryFailure, match="rate_limited"):
            async with _in_place(budgets.of(HOST), "/"):
                pass
        time.move(3600)
        async with _in_place(budgets.of(HOST), "/"):
            pass
