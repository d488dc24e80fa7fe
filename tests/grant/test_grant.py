"""A grant: one refresh for all callers, whose token set is saved before it is used."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from copy import replace
from typing import Any

import pytest

from custom_components.oauth2_client.credentials.provider_client import Keep
from custom_components.oauth2_client.grant import Grant
from custom_components.oauth2_client.grant.backoff import Backoff
from custom_components.oauth2_client.oauth2 import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    TemporaryFailure,
    TokenSet,
)
from homeassistant.util.file import WriteError

from ..clock import StoppedClock


def token_set(number: int, *, expires_at: float | None = None) -> TokenSet:
    return TokenSet(
        access_token=f"access-{number}",
        refresh_token=f"refresh-{number}",
        received_at=1_000_000.0,
        expires_at=expires_at,
    )


class Server:
    """The token endpoint: returns the next token set, or raises the next of `errors`."""

    def __init__(self, clock: StoppedClock) -> None:
        self.clock = clock
        self.seen: list[str | None] = []
        self.errors: list[OAuth2Error] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def refresh(self, current: TokenSet, keep: Keep) -> TokenSet:
        self.seen.append(current.refresh_token)
        await self.gate.wait()
        if self.errors:
            error = self.errors.pop(0)
            if error.next_refresh_token is not None:
                keep(current.rotated(error.next_refresh_token))
            raise error
        number = len(self.seen)
        renewed = TokenSet(
            access_token=f"access-{number}",
            refresh_token=f"refresh-{number}",
            received_at=self.clock.time,
            expires_at=self.clock.time + 3600,
        )
        keep(renewed)
        return renewed


class Storage:
    """Keeps token sets in memory. `full` lets a write fail, `read_only` already the opening of the file."""

    def __init__(self) -> None:
        self.saved: list[TokenSet] = []
        self.full = False
        self.read_only = False
        self.written: TokenSet | None = None
        self.stored: TokenSet | None = None
        self.backoff: Backoff | None = None

    async def load(self) -> TokenSet | None:
        return self.stored

    @asynccontextmanager
    async def next(self) -> AsyncGenerator[Storage]:
        if self.read_only:
            raise WriteError("read-only")
        yield self

    def write(self, token_set: TokenSet) -> None:
        if not self.full:
            self.saved.append(token_set)
            self.written = token_set

    async def save(self, token_set: TokenSet) -> None:
        await asyncio.sleep(0)
        if self.full:
            raise WriteError("full")
        self.saved.append(token_set)

    async def keep_backoff(self, backoff: Backoff) -> None:
        self.backoff = backoff


class Parts:
    """A grant and the parts it is made of."""

    def __init__(
        self,
        first: TokenSet | None = None,
        *,
        spread: float = 0.0,
        clock: StoppedClock | None = None,
        backoff: Backoff | None = None,
        renew: str = "daily",
    ) -> None:
        self.clock = clock or StoppedClock()
        self.is_busy = False
        self.server = Server(self.clock)
        self.storage = Storage()
        self.reports: list[OAuth2Error | None] = []
        self.grant = Grant(
            first or token_set(0, expires_at=self.clock.time - 1),
            refresh=self.server.refresh,
            storage=self.storage,
            report=self._report,
            spawn=self._spawn,
            clock=self.clock.clock,
            backoff=backoff,
            spread=spread,
            is_busy=lambda: self.is_busy,
            renew=renew,
        )

    async def _report(self, err: OAuth2Error | None) -> None:
        self.reports.append(err)

    @staticmethod
    def _spawn(renewal: Coroutine[Any, Any, TokenSet]) -> asyncio.Task[TokenSet]:
        return asyncio.get_running_loop().create_task(renewal)


async def test_a_good_token_is_handed_out_without_a_request() -> None:
    parts = Parts(token_set(0, expires_at=1_000_000.0 + 3600))

    assert (await parts.grant.usable()).access_token == "access-0"
    assert parts.server.seen == []


async def test_a_token_without_expiry_is_used_until_it_is_rejected() -> None:
    parts = Parts(token_set(0))
    current = await parts.grant.usable()

    assert parts.server.seen == []
    assert (await parts.grant.usable(rejected=current)).access_token == "access-1"


async def test_a_hundred_callers_on_an_expired_token_make_one_token_request() -> None:
    parts = Parts()

    answers = await asyncio.gather(*(parts.grant.usable() for _ in range(100)))

    assert {answer.access_token for answer in answers} == {"access-1"}
    assert parts.server.seen == ["refresh-0"]


async def test_a_late_401_for_the_token_before_makes_no_request() -> None:
    parts = Parts(token_set(0))
    old = await parts.grant.usable()
    await parts.grant.usable(rejected=old)

    assert (await parts.grant.usable(rejected=old)).access_token == "access-1"
    assert parts.server.seen == ["refresh-0"]


async def test_a_cancelled_caller_loses_no_token() -> None:
    parts = Parts()
    parts.server.gate.clear()
    caller = asyncio.create_task(parts.grant.usable())
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    parts.server.gate.set()
    await parts.grant.close()

    assert [kept.refresh_token for kept in parts.storage.saved] == ["refresh-1"]
    assert (await parts.grant.usable()).access_token == "access-1"
    assert parts.server.seen == ["refresh-0"]


async def test_a_failure_that_nobody_waits_for_is_not_reported_as_one_of_ours() -> None:
    parts = Parts()
    parts.server.gate.clear()
    parts.server.errors.append(TemporaryFailure("timeout"))
    unhandled: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unhandled.append(context))
    caller = asyncio.create_task(parts.grant.usable())
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    parts.server.gate.set()
    await parts.grant.close()
    await asyncio.sleep(0)

    assert unhandled == []


async def test_closing_waits_for_the_refresh_in_flight() -> None:
    parts = Parts()
    parts.server.gate.clear()
    caller = asyncio.create_task(parts.grant.usable())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.01, parts.server.gate.set)

    await parts.grant.close()

    assert [kept.refresh_token for kept in parts.storage.saved] == ["refresh-1"]
    assert (await caller).access_token == "access-1"


async def test_a_token_that_cannot_be_kept_is_not_used_and_not_lost() -> None:
    parts = Parts()
    parts.storage.full = True
    with pytest.raises(TemporaryFailure, match="token_not_saved"):
        await parts.grant.usable()

    parts.storage.full = False

    assert (await parts.grant.usable()).access_token == "access-1"
    assert parts.server.seen == ["refresh-0"]
    assert [kept.refresh_token for kept in parts.storage.saved] == ["refresh-1"]


async def test_nothing_is_asked_for_that_could_not_be_kept() -> None:
    parts = Parts()
    parts.storage.read_only = True
    for _ in range(2):
        with pytest.raises(TemporaryFailure, match="token_not_saved"):
            await parts.grant.usable()
    assert parts.server.seen == []

    parts.storage.read_only = False

    assert (await parts.grant.usable()).access_token == "access-1"


async def test_a_token_that_works_is_used_where_none_could_be_kept() -> None:
    parts = Parts(token_set(0, expires_at=1_000_000.0 + 30))
    parts.storage.read_only = True
    parts.clock.move(28)

    assert (await parts.grant.usable()).access_token == "access-0"
    assert parts.server.seen == []


async def test_a_token_that_works_is_not_renewed_in_busy_seconds() -> None:
    parts = Parts(token_set(0, expires_at=1_000_000.0 + 30))
    parts.is_busy = True
    parts.clock.move(28)
    assert (await parts.grant.usable()).access_token == "access-0"

    parts.is_busy = False

    assert (await parts.grant.usable()).access_token == "access-1"


async def test_a_token_that_has_ended_is_renewed_in_busy_seconds() -> None:
    parts = Parts()
    parts.is_busy = True

    assert (await parts.grant.usable()).access_token == "access-1"


YEARS = 10 * 365 * 86400.0


async def test_a_clock_that_is_put_right_by_years_moves_no_renewal() -> None:
    parts = Parts(clock=StoppedClock(time=1_000_000.0 + YEARS))
    assert (await parts.grant.usable()).expires_at == 1_003_600.0 + YEARS

    # In this process, the timer tells how much time has passed.
    parts.clock.time -= YEARS
    assert parts.grant.renew_in == 3240
    parts.clock.move(3300)
    assert parts.grant.renew_in == -60
    await parts.grant.usable()
    assert len(parts.server.seen) == 2


async def test_a_token_set_from_the_future_is_taken_for_one_of_now() -> None:
    last = TokenSet(
        access_token="x",
        refresh_token="y",
        received_at=1_000_000.0 + YEARS,
        expires_at=1_003_600.0 + YEARS,
    )
    parts = Parts(last)
    assert parts.grant.renew_in == 3240

    parts.clock.move(3600)

    assert parts.grant.has_expired


async def test_a_token_set_that_does_not_say_when_it_was_received_is_used_to_its_end() -> (
    None
):
    core = {"access_token": "x", "refresh_token": "y", "expires_at": 1_003_600.0}
    parts = Parts(TokenSet.from_dict(core))
    assert not parts.grant.has_expired
    assert parts.grant.renew_in == 3240

    parts.clock.move(3600)

    assert parts.grant.has_expired


async def test_a_clock_that_jumps_ahead_leads_to_one_refresh() -> None:
    parts = Parts(token_set(0, expires_at=1_003_600.0))
    parts.clock.time += YEARS

    for _ in range(3):
        assert (await parts.grant.usable()).access_token == "access-1"


async def test_a_token_ends_while_the_machine_sleeps() -> None:
    parts = Parts(token_set(0, expires_at=1_003_600.0))
    # The timer may stand still meanwhile.
    parts.clock.time += 4000

    assert parts.grant.has_expired


async def test_a_failure_ahead_of_expiry_leaves_the_token_in_use() -> None:
    parts = Parts(token_set(0, expires_at=1_000_000.0 + 30))
    parts.server.errors = [TemporaryFailure("server_error")]
    parts.clock.move(28)

    assert (await parts.grant.usable()).access_token == "access-0"
    assert parts.server.seen == ["refresh-0"]


async def test_a_failure_after_expiry_is_told_and_the_token_set_kept() -> None:
    parts = Parts()
    parts.server.errors = [TemporaryFailure("server_error")]

    with pytest.raises(TemporaryFailure, match="server_error"):
        await parts.grant.usable()

    assert parts.grant.token_set.refresh_token == "refresh-0"
    assert parts.storage.saved == []


async def test_failures_are_answered_by_longer_and_longer_pauses() -> None:
    parts = Parts()
    parts.server.errors = [TemporaryFailure("server_error") for _ in range(3)]
    waits = []
    for requests in range(1, 4):
        with pytest.raises(TemporaryFailure):
            await parts.grant.usable()
        assert len(parts.server.seen) == requests
        with pytest.raises(TemporaryFailure) as paused:
            await parts.grant.usable()
        assert len(parts.server.seen) == requests
        waits.append(paused.value.retry_after)
        parts.clock.move(paused.value.retry_after or 0)

    assert waits == [10, 20, 40]
    assert (await parts.grant.usable()).access_token == "access-4"


async def test_retry_after_is_honoured() -> None:
    parts = Parts()
    parts.server.errors = [TemporaryFailure("slow_down", retry_after=120)]
    with pytest.raises(TemporaryFailure):
        await parts.grant.usable()
    parts.clock.move(119)
    with pytest.raises(TemporaryFailure):
        await parts.grant.usable()
    assert len(parts.server.seen) == 1

    parts.clock.move(1)

    assert (await parts.grant.usable()).access_token == "access-2"


async def test_a_rejected_grant_is_asked_for_once() -> None:
    parts = Parts()
    parts.server.errors = [GrantRejected("invalid_grant")]
    for _ in range(3):
        with pytest.raises(GrantRejected, match="invalid_grant"):
            await parts.grant.usable()
        parts.clock.move(100_000)

    assert len(parts.server.seen) == 1
    assert [type(report) for report in parts.reports] == [GrantRejected]


async def test_a_rejected_client_is_tried_again_after_a_pause() -> None:
    parts = Parts()
    parts.server.errors = [ClientRejected("invalid_client")]
    for _ in range(2):
        with pytest.raises(ClientRejected):
            await parts.grant.usable()
    assert len(parts.server.seen) == 1

    parts.clock.move(10)

    assert (await parts.grant.usable()).access_token == "access-2"
    assert [type(report) for report in parts.reports] == [ClientRejected, type(None)]


async def test_a_rejected_grant_is_read_from_the_store_once_more() -> None:
    parts = Parts()
    parts.server.errors = [GrantRejected("invalid_grant")]
    parts.storage.stored = token_set(7)

    assert (await parts.grant.usable()).access_token == "access-2"
    assert parts.server.seen == ["refresh-0", "refresh-7"]


def _rotated_to(refresh_token: str) -> TemporaryFailure:
    error = TemporaryFailure("invalid_token_response")
    error.next_refresh_token = refresh_token
    return error


async def test_the_refresh_token_of_an_answer_of_no_other_use_is_used_next() -> None:
    parts = Parts()
    first = parts.grant.token_set
    parts.server.errors = [_rotated_to("refresh-x")]

    with pytest.raises(TemporaryFailure):
        await parts.grant.usable()
    assert parts.storage.saved == [first.rotated("refresh-x")]
    parts.clock.move(10)

    assert (await parts.grant.usable()).access_token == "access-2"
    assert parts.server.seen == ["refresh-0", "refresh-x"]


async def test_it_is_used_next_where_the_token_works_too() -> None:
    parts = Parts(token_set(0, expires_at=1_000_000.0 + 3600))
    parts.server.errors = [_rotated_to("refresh-x")]
    parts.clock.move(3300)

    assert (await parts.grant.usable()).access_token == "access-0"
    parts.clock.move(10)

    assert (await parts.grant.usable()).access_token == "access-2"
    assert parts.server.seen == ["refresh-0", "refresh-x"]


async def test_after_it_a_token_that_was_rejected_is_still_rejected() -> None:
    parts = Parts(token_set(0))
    current = await parts.grant.usable()
    parts.server.errors = [_rotated_to("refresh-x")]

    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            await parts.grant.usable(rejected=current)
    parts.clock.move(10)

    assert (await parts.grant.usable(rejected=current)).access_token == "access-2"
    assert parts.server.seen == ["refresh-0", "refresh-x"]


async def test_where_it_cannot_be_written_it_is_saved_before_it_is_used() -> None:
    parts = Parts()
    first = parts.grant.token_set
    parts.server.errors = [_rotated_to("refresh-x")]
    parts.storage.full = True

    for _ in range(2):
        with pytest.raises(TemporaryFailure, match="token_not_saved"):
            await parts.grant.usable()
        parts.clock.move(10)
    assert parts.server.seen == ["refresh-0"]
    parts.storage.full = False

    assert (await parts.grant.usable()).access_token == "access-2"
    assert parts.storage.saved[0] == first.rotated("refresh-x")
    assert parts.server.seen == ["refresh-0", "refresh-x"]


@pytest.mark.parametrize(
    "refusal",
    [
        GrantRejected("invalid_grant"),
        TemporaryFailure("http_400", is_refusal=True),
    ],
)
async def test_where_it_is_none_that_of_before_is_used(refusal: OAuth2Error) -> None:
    first = token_set(0, expires_at=1_000_000.0 - 1)
    parts = Parts(first.rotated("rubbish"))
    parts.server.errors = [refusal]

    assert (await parts.grant.usable()).access_token == "access-2"
    assert parts.server.seen == ["rubbish", "refresh-0"]
    assert parts.reports == [None]


async def test_where_neither_is_taken_the_grant_has_ended() -> None:
    parts = Parts(token_set(0, expires_at=1_000_000.0 - 1).rotated("rubbish"))
    parts.server.errors = [GrantRejected("invalid_grant")] * 2

    with pytest.raises(GrantRejected):
        await parts.grant.usable()
    assert parts.server.seen == ["rubbish", "refresh-0"]


async def test_that_of_before_is_not_used_while_the_server_is_only_busy() -> None:
    parts = Parts(token_set(0, expires_at=1_000_000.0 - 1).rotated("refresh-x"))
    parts.server.errors = [TemporaryFailure("http_503")]

    with pytest.raises(TemporaryFailure):
        await parts.grant.usable()
    assert parts.server.seen == ["refresh-x"]


async def test_a_401_for_a_new_token_is_not_answered_by_refresh_after_refresh() -> None:
    parts = Parts(token_set(0))
    first = await parts.grant.usable(rejected=await parts.grant.usable())

    assert await parts.grant.usable(rejected=first) is first
    assert len(parts.server.seen) == 1
    parts.clock.move(60)
    assert await parts.grant.usable(rejected=first) is not first


async def test_a_401_after_a_refresh_that_failed_is_told_what_failed() -> None:
    parts = Parts(token_set(0))
    current = await parts.grant.usable()
    parts.server.errors = [GrantRejected("invalid_grant")]
    for _ in range(3):
        with pytest.raises(GrantRejected):
            await parts.grant.usable(rejected=current)

    assert len(parts.server.seen) == 1


async def test_whoever_asks_while_a_refresh_is_under_way_waits_for_it() -> None:
    parts = Parts(token_set(0))
    current = await parts.grant.usable()
    parts.server.gate.clear()
    callers = [
        asyncio.create_task(parts.grant.usable(rejected=rejected))
        for rejected in (current, current, None)
    ]
    await asyncio.sleep(0)
    parts.server.gate.set()

    for answer in await asyncio.gather(*callers):
        assert answer.access_token == "access-1"
    assert len(parts.server.seen) == 1


@pytest.mark.parametrize(
    ("lifetime", "spread", "seconds"),
    [
        (3600, 0.0, 3240),
        (3600, 1.0, 3060),
        (60, 0.0, 54),
        (30 * 86400, 0.0, 86400),
        (30 * 86400, 1.0, 82080),
        (None, 0.0, 86400),
    ],
)
def test_a_token_is_renewed_late_in_its_life_and_once_a_day(
    lifetime: int | None, spread: float, seconds: int
) -> None:
    expires_at = None if lifetime is None else 1_000_000.0 + lifetime
    parts = Parts(token_set(0, expires_at=expires_at), spread=spread)

    assert parts.grant.renew_in == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("lifetime", "refresh_lifetime", "seconds"),
    [
        (86400, 7200, 6480),
        (None, 7200, 6480),
        (3600, 7200, 3240),
        (None, 30 * 86400, 86400),
    ],
)
def test_a_token_is_renewed_before_its_refresh_token_expires(
    lifetime: int | None, refresh_lifetime: int, seconds: int
) -> None:
    expires_at = None if lifetime is None else 1_000_000.0 + lifetime
    held = replace(
        token_set(0, expires_at=expires_at),
        refresh_expires_at=1_000_000.0 + refresh_lifetime,
    )

    assert Parts(held).grant.renew_in == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("lifetime", "seconds"), [(3600, 3240), (60 * 86400, 54 * 86400), (None, None)]
)
def test_a_token_may_be_renewed_late_in_its_life_only(
    lifetime: int | None, seconds: int | None
) -> None:
    expires_at = None if lifetime is None else 1_000_000.0 + lifetime
    parts = Parts(token_set(0, expires_at=expires_at), renew="near_end")

    assert parts.grant.renew_in == seconds


async def test_a_token_that_may_not_be_renewed_while_it_works_is_used_to_its_end() -> (
    None
):
    parts = Parts(token_set(0, expires_at=1_172_800.0), renew="at_end")
    parts.clock.move(172_799)
    assert await parts.grant.usable() is parts.grant.token_set
    assert parts.server.seen == []

    parts.clock.move(1)
    await parts.grant.usable()
    assert parts.server.seen == ["refresh-0"]


def test_without_refresh_token_a_token_is_used_to_its_end() -> None:
    last = TokenSet(access_token="x", received_at=1_000_000.0, expires_at=1_000_600.0)

    assert Parts(last).grant.renew_in == 600.0
