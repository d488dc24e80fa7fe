"""What answers say of the rate limit."""

from collections.abc import Mapping

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import Response, TemporaryFailure
from custom_components.oauth2_client.rate_limit import (
    HostBudgets,
    RateLimit,
    rate_limit,
)

NOW = 1_800_000_000.0
HOST = "api.example.com"
GITHUB = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": "1800000060",
}
REDDIT = {"x-ratelimit-remaining": "299.0", "x-ratelimit-reset": "60"}
STRAVA = {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "10,500"}
DRAFT_3 = {"RateLimit-Limit": "10", "RateLimit-Remaining": "1", "RateLimit-Reset": "7"}
DRAFT_7 = {"RateLimit": "limit=10, remaining=1, reset=7"}
DRAFT_8 = {"RateLimit": '"default";r=1;t=7'}


def _response(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=status, headers=headers or {}, body=b"")


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (GITHUB, RateLimit(remaining=4999, limit=5000, resets_at=NOW + 60)),
        (REDDIT, RateLimit(remaining=299, resets_at=NOW + 60)),
        (STRAVA, RateLimit(remaining=190, limit=200)),
        (DRAFT_3, RateLimit(remaining=1, limit=10, resets_at=NOW + 7)),
        (DRAFT_7, RateLimit(remaining=1, limit=10, resets_at=NOW + 7)),
        (DRAFT_8, RateLimit(remaining=1, resets_at=NOW + 7)),
        # Each window has a limit of its own: the one that is nearest to its end counts.
        (
            {"RateLimit": '"burst";r=1;t=7, "day";r=90;t=9000'},
            RateLimit(remaining=1, resets_at=NOW + 7),
        ),
        (
            {"RateLimit-Remaining": "5", "RateLimit-Limit": "10, 10;w=60"},
            RateLimit(remaining=5, limit=10),
        ),
        (
            {"RateLimit": "unlimited", **REDDIT},
            RateLimit(remaining=299, resets_at=NOW + 60),
        ),
        # A date is no number of seconds, whatever it begins with.
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-24T12:00Z"},
            RateLimit(remaining=0),
        ),
        ({}, None),
        ({"X-RateLimit-Limit": "10"}, None),
        ({"RateLimit": "unlimited"}, None),
        ({"X-RateLimit-Remaining": "many"}, None),
        ({"X-RateLimit-Remaining": "-1"}, None),
        ({"X-RateLimit-Remaining": "9" * 400}, None),
    ],
)
def test_it_is_read_as_apis_write_it(
    headers: dict[str, str], limit: RateLimit | None
) -> None:
    assert rate_limit(_response(200, headers), now=NOW) == limit


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_whatever_stands_there_is_a_limit_or_none(one: str, two: str, all: str) -> None:
    headers = {
        "RateLimit": all,
        "X-RateLimit-Remaining": one,
        "X-RateLimit-Reset": two,
    }
    for kept in (headers, dict(list(headers.items())[1:])):
        limit = rate_limit(_response(200, kept), now=NOW)
        assert limit is None or limit.remaining >= 0


class _Time:
    def __init__(self) -> None:
        self.passed = 0.0

    def budgets(self) -> HostBudgets:
        return HostBudgets(
            clock=lambda: NOW + self.passed, timer=lambda: 5.0 + self.passed
        )


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
def test_a_host_that_asks_for_it_is_left_alone_until_then(
    response: Response, pause: float
) -> None:
    time = _Time()
    budgets = time.budgets()
    budgets.note(HOST, response)

    time.passed = pause - 1
    with pytest.raises(TemporaryFailure) as raised:
        budgets.check(HOST)
    assert (raised.value.code, raised.value.retry_after) == ("rate_limited", 1)
    budgets.check("other.example.com")
    time.passed = pause + 1
    budgets.check(HOST)


def test_who_answers_late_makes_a_pause_no_shorter() -> None:
    time = _Time()
    budgets = time.budgets()
    budgets.note(HOST, _response(429, {"Retry-After": "60"}))
    budgets.note(HOST, _response(429, {"Retry-After": "1"}))

    time.passed = 59
    with pytest.raises(TemporaryFailure):
        budgets.check(HOST)


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
def test_a_host_that_asks_for_nothing_is_not_left_alone(response: Response) -> None:
    budgets = _Time().budgets()
    budgets.note(HOST, response)

    budgets.check(HOST)


def test_the_tightest_limit_is_told_and_that_it_changed() -> None:
    budgets = _Time().budgets()
    assert budgets.note(HOST, _response(200, GITHUB))
    assert not budgets.note(HOST, _response(200, GITHUB))
    assert not budgets.note(HOST, _response(200))
    assert budgets.note("other.example.com", _response(200, REDDIT))

    tightest = budgets.tightest
    assert tightest is not None
    assert tightest.remaining == 299
