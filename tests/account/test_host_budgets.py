"""What an account may ask of a host, and when it leaves the host alone."""

import asyncio
from collections.abc import Mapping

import pytest

from custom_components.oauth2_client.account.host_budgets import HostBudgets
from custom_components.oauth2_client.oauth2 import Response, TemporaryFailure

from ..clock import StoppedClock

HOST = "api.example.com"
GITHUB = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": "1800000060",
}
REDDIT = {"x-ratelimit-remaining": "299.0", "x-ratelimit-reset": "60"}


def _response(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=status, headers=headers or {}, body=b"")


class _Hosts:
    """The budgets of an account, and how often it heard of another limit."""

    def __init__(self) -> None:
        self.time = StoppedClock(time=1_800_000_000.0)
        self.changes = 0
        self.budgets = HostBudgets(clock=self.time.clock, changed=self._changed)

    def _changed(self) -> None:
        self.changes += 1

    async def answer(self, response: Response, host: str = HOST) -> None:
        async with self.budgets.of(host) as budget:
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
    async with hosts.budgets.of(HOST) as budget:
        budget.note(_response(429, {"Retry-After": "120"}))
        budget.note(_response(429, {"Retry-After": "1"}))

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


async def test_a_host_is_asked_four_times_at_once_and_each_host_for_itself() -> None:
    hosts = _Hosts()
    entered: list[str] = []
    leave = asyncio.Event()

    async def ask(host: str) -> None:
        async with hosts.budgets.of(host):
            entered.append(host)
            await leave.wait()

    asked = [asyncio.create_task(ask(host)) for host in [HOST] * 6 + ["b"]]
    await asyncio.sleep(0)
    assert sorted(entered) == [*[HOST] * 4, "b"]
    leave.set()
    await asyncio.gather(*asked)
    assert len(entered) == 7


async def test_a6_a_pause_outlives_the_account_that_was_asked_for_it() -> None:
    time, pauses = StoppedClock(), dict[str, float]()
    for asked in (True, False):
        budgets = HostBudgets(clock=time.clock, changed=lambda: None, pauses=pauses)
        if asked:
            async with budgets.of(HOST) as budget:
                budget.note(_response(429, {"Retry-After": "3600"}))
            continue
        with pytest.raises(TemporaryFailure, match="rate_limited"):
            async with budgets.of(HOST):
                pass
        time.move(3600)
        async with budgets.of(HOST):
            pass
