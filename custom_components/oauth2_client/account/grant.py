"""An account's grant: the life of its token set, which is refreshed and saved only here."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from copy import replace
import logging
from typing import Any, Final, Protocol, Self

from homeassistant.util.file import WriteError

from ..oauth2 import GrantRejected, OAuth2Error, TemporaryFailure, TokenSet
from ..oauth2.frozen import Frozen
from ..wire.clock import Clock

_LOGGER = logging.getLogger(__name__)

# A token is renewed in the last tenth of its lifetime, and at least once a day: some refresh tokens
# expire when they are not used. The spread keeps accounts of one provider from renewing at once.
_LAST_SHARE: Final = 0.1
_SPREAD_SHARE: Final = 0.05
_LONGEST_AGE_SECONDS: Final = 86400.0
# The least time between two refreshes after a 401: an API that answers every request with 401 must
# not cause a refresh each time.
_FORCED_PAUSE_SECONDS: Final = 60.0
# The pause after a failed refresh. It doubles with each failure in a row.
_FIRST_PAUSE_SECONDS: Final = 10.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0
_MOST_DOUBLINGS: Final = 16
# However long one that is stored would last.
_LONGEST_BACKOFF_SECONDS: Final = 86400.0
# A refused renewal is tried again when the token in hand is about to end: within this time.
_NEAR_END_SECONDS: Final = 60.0
_NEAR_END_SHARE: Final = 0.1
# A refusal that does not say why means that the grant is dead when it comes this often in this time.
_MOST_UNCLEAR_REFUSALS: Final = 3
_UNCLEAR_REFUSALS_SECONDS: Final = 600.0

type Refresh = Callable[[TokenSet], Awaitable[TokenSet]]
type Report = Callable[[OAuth2Error | None], None]
type Spawn = Callable[[Coroutine[Any, Any, TokenSet]], asyncio.Task[TokenSet]]


class Backoff(Frozen):
    """What refreshes that failed in a row lead to; kept from one set-up to the next.

    Nothing is asked before `until`. `unclear` refusals did not say why, the first one came at
    `unclear_since`. Times are in seconds since the epoch.
    """

    code: str
    noted_at: float
    until: float
    failures: int
    unclear: int = 0
    unclear_since: float = 0.0

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `differing_fields` returned. Raises ValueError."""
        try:
            return cls(
                code=str(stored["code"]),
                noted_at=float(stored["noted_at"]),
                until=float(stored["until"]),
                failures=int(stored["failures"]),
                unclear=int(stored.get("unclear", 0)),
                unclear_since=float(stored.get("unclear_since", 0)),
            )
        except (KeyError, TypeError, OverflowError) as err:
            raise ValueError("backoff") from err


class Storage(Protocol):
    """Stores the token set of one grant."""

    async def load(self) -> TokenSet | None:
        """Return the stored token set, None where there is none that can be read."""

    async def save(self, token_set: TokenSet) -> None:
        """Save a token set, and forget the backoff; it is on disk on return. Raises WriteError."""

    async def keep_backoff(self, backoff: Backoff) -> None:
        """Keep a backoff for the grant of the next set-up."""


class Grant:
    """Owns a token set: refreshes it, saves it and hands it out.

    `report` is called after a refresh that succeeded, with None, and with the error of one that
    failed once the token in hand cannot be used either. `backoff` is that of the grant before.
    `spread`, from 0 to 1, moves the times of renewal, so that they differ between accounts.
    """

    def __init__(
        self,
        token_set: TokenSet,
        *,
        refresh: Refresh,
        storage: Storage,
        report: Report,
        spawn: Spawn,
        clock: Clock,
        backoff: Backoff | None = None,
        spread: float = 0.0,
    ) -> None:
        # Called when a newer token set has been saved.
        self.on_renewal: Callable[[], None] | None = None
        self._token_set = token_set
        self._refresh = refresh
        self._storage = storage
        self._report = report
        self._spawn = spawn
        self._clock = clock
        self._spread = spread
        self._refreshing: asyncio.Task[TokenSet] | None = None
        self._unsaved = False
        self._forced_at: float | None = None
        self._backoff = backoff
        self._failure: OAuth2Error | None = None
        # Whether the last failure was reported: the token in hand could not be used.
        self._is_reported = False
        self._not_before = 0.0
        now = clock.now()
        # One that was noted in the future is that of a clock that was wrong.
        if backoff is not None and backoff.noted_at <= now < backoff.until:
            self._failure = TemporaryFailure(backoff.code)
            remaining = min(backoff.until - now, _LONGEST_BACKOFF_SECONDS)
            self._not_before = clock.timer() + remaining

    @property
    def token_set(self) -> TokenSet:
        """The newest token set, which may have expired."""
        return self._token_set

    @property
    def renew_at(self) -> float | None:
        """When to renew the token set, in seconds since the epoch; None where it never expires."""
        token_set = self._token_set
        expires_at = token_set.expires_at
        if token_set.refresh_token is None:
            return expires_at
        by_age = token_set.received_at + _LONGEST_AGE_SECONDS * (
            1 - _SPREAD_SHARE * self._spread
        )
        if expires_at is None:
            return by_age
        last_part = _LAST_SHARE + _SPREAD_SHARE * self._spread
        lifetime = expires_at - token_set.received_at
        return min(by_age, expires_at - lifetime * last_part)

    @property
    def pause(self) -> float:
        """Seconds until the next refresh may be sent after one that failed, else 0."""
        return max(0.0, self._not_before - self._clock.timer())

    async def usable(self, *, rejected: TokenSet | None = None) -> TokenSet:
        """Return a token set that can be used now, refreshed where it has to be.

        `rejected` is the token set that an API answered with 401. It is returned unchanged where
        it came from a refresh after another 401 just now. Concurrent callers share one token
        request, which goes on when a caller is cancelled.

        Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure.
        """
        if self._refreshing is None:
            if not self._unsaved and not self._is_due(rejected):
                return self._token_set
            self._refreshing = self._spawn(self._renew(rejected))
            self._refreshing.add_done_callback(self._finished)
        refreshing = self._refreshing
        # Not shield(): after a caller is cancelled, asyncio would log a later failure as never
        # retrieved.
        await asyncio.wait([refreshing])
        return refreshing.result()

    async def close(self) -> None:
        """Wait until a refresh in flight has ended and its token set is saved."""
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing])

    def _is_due(self, rejected: TokenSet | None) -> bool:
        if self._token_set is rejected:
            return not self._was_forced()
        due = self.renew_at
        if due is None or due > self._clock.now():
            return False
        return not self._works(rejected) or self.pause == 0

    def _works(self, rejected: TokenSet | None) -> bool:
        """Return whether the token in hand can still be used, as far as we know."""
        if self._token_set is rejected:
            return False
        return not self._token_set.expires_within(0, now=self._clock.now())

    def _was_forced(self) -> bool:
        """Return whether a refresh after a 401 succeeded just now: another one would not help."""
        if self._forced_at is None or self._failure is not None:
            return False
        return self._clock.timer() - self._forced_at < _FORCED_PAUSE_SECONDS

    def _finished(self, task: asyncio.Task[TokenSet]) -> None:
        self._refreshing = None
        if not task.cancelled():
            # Marks it as retrieved. Otherwise asyncio logs it where all callers were cancelled.
            task.exception()

    async def _renew(self, rejected: TokenSet | None) -> TokenSet:
        if not self._unsaved:
            await self._refresh_or_keep(rejected)
        if self._unsaved:
            await self._save()
        return self._token_set

    async def _refresh_or_keep(self, rejected: TokenSet | None) -> None:
        """Refresh; keep the token in hand where that fails and the token still works."""
        try:
            self._check_pause(rejected)
            if rejected is not None:
                self._forced_at = self._clock.timer()
            renewed = await self._refresh_once()
        except OAuth2Error:
            if self._works(rejected):
                return
            if not self._is_reported:
                self._is_reported = True
                self._report(self._failure)
            raise
        self._token_set = renewed
        self._unsaved = True
        self._backoff = None
        self._failure = None
        self._is_reported = False
        self._report(None)

    async def _refresh_once(self) -> TokenSet:
        try:
            try:
                return await self._refresh(self._token_set)
            except GrantRejected:
                # After a backup was restored, the store may hold the token set of another grant.
                stored = await self._storage.load()
                if (
                    stored is None
                    or stored.refresh_token == self._token_set.refresh_token
                ):
                    raise
                return await self._refresh(stored)
        except OAuth2Error as err:
            failure = await self._note_failure(err)
            if failure is err:
                raise
            raise failure from err

    async def _save(self) -> None:
        """Save the token set before it is used: its refresh token may be the only valid one."""
        try:
            await self._storage.save(self._token_set)
        except WriteError:
            raise TemporaryFailure("token_not_saved") from None
        self._unsaved = False
        if self.on_renewal is not None:
            self.on_renewal()

    def _check_pause(self, rejected: TokenSet | None) -> None:
        """Raise the last failure again, without a request, while its pause lasts.

        That of a rejected grant is raised for good once it was reported. One that came while the
        token worked does not keep a refresh from being tried after a 401.
        """
        failure, remaining = self._failure, self.pause
        if failure is None:
            return
        if isinstance(failure, TemporaryFailure):
            if remaining > 0:
                raise TemporaryFailure(failure.code, retry_after=remaining)
            return
        if self._is_reported and isinstance(failure, GrantRejected):
            raise failure.with_traceback(None)
        if remaining > 0 and (self._is_reported or rejected is None):
            raise failure.with_traceback(None)

    async def _note_failure(self, err: OAuth2Error) -> OAuth2Error:
        """Keep for how long nothing is asked; return the failure, as which it counts."""
        _LOGGER.debug("Token request failed: %s", err.code)
        now, before = self._clock.now(), self._backoff
        backoff = Backoff(
            code=err.code,
            noted_at=now,
            until=now,
            failures=1 if before is None else before.failures + 1,
            unclear=0 if before is None else before.unclear,
            unclear_since=0.0 if before is None else before.unclear_since,
        )
        if isinstance(err, TemporaryFailure) and err.is_refusal:
            backoff = replace(
                backoff,
                unclear=backoff.unclear + 1,
                unclear_since=backoff.unclear_since or now,
            )
            if _is_dead(backoff, now):
                err = GrantRejected(err.code, description=err.description)
        pause = self._pause_after(err, backoff.failures)
        self._failure = err
        self._is_reported = False
        self._not_before = self._clock.timer() + pause
        self._backoff = replace(backoff, until=now + pause)
        if isinstance(err, TemporaryFailure):
            await self._storage.keep_backoff(self._backoff)
        return err

    def _pause_after(self, err: OAuth2Error, failures: int) -> float:
        """Return the seconds until the next refresh may be sent."""
        doublings = min(failures - 1, _MOST_DOUBLINGS)
        pause: float = min(_FIRST_PAUSE_SECONDS * 2**doublings, _LONGEST_PAUSE_SECONDS)
        if isinstance(err, TemporaryFailure):
            return max(pause, err.retry_after or 0.0)
        expires_at = self._token_set.expires_at
        if expires_at is None:
            return _LONGEST_AGE_SECONDS
        left = expires_at - self._clock.now()
        return max(pause, left - min(_NEAR_END_SECONDS, left * _NEAR_END_SHARE))


def _is_dead(backoff: Backoff, now: float) -> bool:
    return (
        backoff.unclear >= _MOST_UNCLEAR_REFUSALS
        and now - backoff.unclear_since > _UNCLEAR_REFUSALS_SECONDS
    )
