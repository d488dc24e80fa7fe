"""An account's grant: the life of its token set, which is refreshed and saved only here."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
import logging
from typing import Any, Final, Protocol

from homeassistant.util.file import WriteError

from ..oauth2 import GrantRejected, OAuth2Error, TemporaryFailure, TokenSet
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

type Refresh = Callable[[TokenSet], Awaitable[TokenSet]]
type Report = Callable[[OAuth2Error | None], None]
type Spawn = Callable[[Coroutine[Any, Any, TokenSet]], asyncio.Task[TokenSet]]


class Storage(Protocol):
    """Stores the token set of one grant."""

    async def load(self) -> TokenSet | None:
        """Return the stored token set, None where there is none that can be read."""

    async def save(self, token_set: TokenSet) -> None:
        """Save a token set; it is on disk on return. Raises WriteError."""


class Grant:
    """Owns a token set: refreshes it, saves it and hands it out.

    `report` is called after each refresh, with the error or, after a success, with None. `spread`,
    from 0 to 1, moves the times of renewal, so that they differ between accounts.
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
        self._failures = 0
        self._failure: OAuth2Error | None = None
        self._not_before = 0.0

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
        return due is not None and due <= self._clock.now()

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
        try:
            self._check_pause()
            if rejected is not None:
                self._forced_at = self._clock.timer()
            renewed = await self._refresh_once()
        except TemporaryFailure:
            expired = self._token_set.expires_within(0, now=self._clock.now())
            if expired or self._token_set is rejected:
                raise
            # The renewal was ahead of expiry, so the current token set still works.
            return
        self._token_set = renewed
        self._unsaved = True
        self._failures = 0
        self._failure = None
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
            self._note_failure(err)
            raise

    async def _save(self) -> None:
        """Save the token set before it is used: its refresh token may be the only valid one."""
        try:
            await self._storage.save(self._token_set)
        except WriteError:
            raise TemporaryFailure("token_not_saved") from None
        self._unsaved = False
        if self.on_renewal is not None:
            self.on_renewal()

    def _check_pause(self) -> None:
        """Raise the last failure again, without a request, while its pause lasts.

        That of a rejected grant is raised for good.
        """
        failure, remaining = self._failure, self._not_before - self._clock.timer()
        if failure is None or (
            remaining <= 0 and not isinstance(failure, GrantRejected)
        ):
            return
        if isinstance(failure, TemporaryFailure):
            raise TemporaryFailure(failure.code, retry_after=remaining)
        raise failure.with_traceback(None)

    def _note_failure(self, err: OAuth2Error) -> None:
        _LOGGER.debug("Token request failed: %s", err.code)
        pause = min(_FIRST_PAUSE_SECONDS * 2**self._failures, _LONGEST_PAUSE_SECONDS)
        if isinstance(err, TemporaryFailure) and err.retry_after is not None:
            pause = max(pause, err.retry_after)
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        self._failure = err
        self._not_before = self._clock.timer() + pause
        self._report(err)
