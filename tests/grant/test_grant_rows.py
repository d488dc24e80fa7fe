"""A grant whose server refuses: rows A1, A2 and A6 of what servers do."""

import pytest

from custom_components.oauth2_client.grant.backoff import Backoff
from custom_components.oauth2_client.oauth2 import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    TemporaryFailure,
)

from .test_grant import Parts, token_set

NOW = 1_000_000.0
REFUSALS = [
    GrantRejected("invalid_grant"),
    GrantRejected("unknown_error"),
    ClientRejected("invalid_client"),
    ScopeRejected("invalid_scope"),
    RefusedByPolicy("redirect_refused"),
    TemporaryFailure("http_400", is_refusal=True),
]


def _unclear() -> OAuth2Error:
    return TemporaryFailure("http_400", is_refusal=True)


@pytest.mark.parametrize("refusal", REFUSALS, ids=repr)
async def test_a2_a_refusal_ahead_of_expiry_leaves_the_token_in_use(
    refusal: OAuth2Error,
) -> None:
    parts = Parts(token_set(0, expires_at=NOW + 3600))
    parts.server.errors = [refusal] * 100
    # Due at 3,240 seconds.
    parts.clock.move(3240)
    while parts.clock.time < NOW + 3600:
        assert (await parts.grant.usable()).access_token == "access-0"
        parts.clock.move(5)
    assert parts.reports == []
    asked = len(parts.server.seen)
    assert asked > 1

    with pytest.raises(OAuth2Error):
        await parts.grant.usable()
    assert len(parts.reports) == 1


async def test_a2_a_refused_renewal_is_tried_again_near_the_end() -> None:
    parts = Parts(token_set(0, expires_at=NOW + 3600))
    parts.server.errors = [GrantRejected("invalid_grant")]
    parts.clock.move(3240)
    await parts.grant.usable()
    # A minute before the token expires, or at a tenth of its remaining lifetime.
    assert parts.grant.pause == pytest.approx(360 - 36)
    parts.clock.move(325)

    assert (await parts.grant.usable()).access_token == "access-2"
    assert [type(report) for report in parts.reports] == [type(None)]


async def test_a2_a_401_asks_once_more_and_then_it_is_told() -> None:
    parts = Parts(token_set(0, expires_at=NOW + 3600))
    parts.server.errors = [GrantRejected("invalid_grant") for _ in range(2)]
    parts.clock.move(3240)
    current = await parts.grant.usable()
    for _ in range(3):
        with pytest.raises(GrantRejected):
            await parts.grant.usable(rejected=current)

    assert len(parts.server.seen) == 2
    assert [type(report) for report in parts.reports] == [GrantRejected]
    # Other requests still get the token, as long as it lasts.
    assert await parts.grant.usable() is current


async def test_a2_a_token_that_never_ends_is_renewed_once_a_day_at_most() -> None:
    parts = Parts(token_set(0))
    parts.server.errors = [GrantRejected("invalid_grant") for _ in range(10)]
    for _ in range(5 * 24):
        parts.clock.move(3600)
        assert (await parts.grant.usable()).access_token == "access-0"

    assert len(parts.server.seen) == 5
    assert parts.reports == []


async def test_a1_a_refusal_that_says_nothing_is_a_dead_grant_after_ten_minutes() -> (
    None
):
    parts = Parts()
    parts.server.errors = [_unclear() for _ in range(20)]
    raised: list[OAuth2Error] = []
    while not raised or isinstance(raised[-1], TemporaryFailure):
        with pytest.raises(OAuth2Error) as failed:
            await parts.grant.usable()
        raised.append(failed.value)
        parts.clock.move(15)

    assert isinstance(raised[-1], GrantRejected)
    assert parts.clock.time - NOW > 600
    assert len(parts.server.seen) > 3
    assert [type(report) for report in parts.reports][-1] is GrantRejected


async def test_a1_two_refusals_in_an_hour_are_none() -> None:
    parts = Parts()
    parts.server.errors = [_unclear(), _unclear()]
    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            await parts.grant.usable()
        parts.clock.move(1800)

    assert (await parts.grant.usable()).access_token == "access-3"


async def test_a1_refusals_are_counted_across_set_ups() -> None:
    clock, backoff = Parts().clock, None
    raised = 0
    for _ in range(40):
        parts = Parts(clock=clock, backoff=backoff)
        parts.server.errors = [_unclear()]
        try:
            await parts.grant.usable()
        except GrantRejected:
            break
        except TemporaryFailure:
            raised += 1
        backoff = parts.storage.backoff or backoff
        clock.move(60)

    assert 3 <= raised < 40


async def test_a6_a_pause_is_kept_across_set_ups() -> None:
    parts = Parts()
    parts.server.errors = [TemporaryFailure("slow_down", retry_after=3600)]
    with pytest.raises(TemporaryFailure):
        await parts.grant.usable()
    clock, backoff = parts.clock, parts.storage.backoff
    for _ in range(10):
        clock.move(300)
        again = Parts(clock=clock, backoff=backoff)
        with pytest.raises(TemporaryFailure, match="slow_down") as paused:
            await again.grant.usable()
        assert again.server.seen == []
        assert paused.value.retry_after == pytest.approx(NOW + 3600 - clock.time)
    clock.move(600)

    assert (await Parts(clock=clock, backoff=backoff).grant.usable()).access_token == (
        "access-1"
    )


@pytest.mark.parametrize(("moved", "paused"), [(-1.0, False), (0.0, True)])
async def test_a6_a_pause_that_a_wrong_clock_noted_is_over(
    moved: float, *, paused: bool
) -> None:
    clock = Parts().clock
    backoff = Backoff(code="slow_down", noted_at=NOW, until=NOW + 3600, failures=1)
    clock.time += moved
    parts = Parts(clock=clock, backoff=backoff)

    assert (parts.grant.pause > 0) is paused


async def test_a6_a_stored_pause_lasts_a_day_at_most() -> None:
    clock = Parts().clock
    backoff = Backoff(code="slow_down", noted_at=NOW, until=NOW + 10**9, failures=1)

    assert Parts(clock=clock, backoff=backoff).grant.pause == 86400


def test_a_backoff_is_read_as_it_was_kept() -> None:
    kept = Backoff(code="x", noted_at=1.0, until=2.0, failures=3, unclear_refusals=1)
    assert Backoff.from_dict(kept.as_dict()) == kept
    assert kept.as_dict()["unclear"] == 1
    for wrong in ({}, {"code": "x"}, {**kept.as_dict(), "until": None}):
        with pytest.raises(ValueError, match="backoff"):
            Backoff.from_dict(wrong)
