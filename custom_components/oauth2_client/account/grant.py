"""One grant: the life of an account's token set."""

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
# Between two refreshes that a 401 asked for: an API that answers 401 to everything must not lead
# to a refresh for every request.
_FORCED_PAUSE_SECONDS: Final = 60.0
# After failures in a row, doubled each time.
_FIRST_PAUSE_SECONDS: Final = 10.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0
_MOST_DOUBLINGS: Final = 16

type Refresh = Callable[[TokenSet], Awaitable[TokenSet]]
type Report = Callable[[OAuth2Error | None], None]
type Spawn = Callable[[Coroutine[Any, Any, TokenSet]], asyncio.Task[TokenSet]]


class Storage(Protocol):
    """Where the token set of this grant is kept."""

    async def load(self) -> TokenSet | None:
        """Return what is stored, None where nothing readable is."""

    async def save(self, token_set: TokenSet) -> None:
        """Keep a token set; durable on return. Raises WriteError."""


class Grant:
    """Owns a token set: the only one that refreshes, saves and hands it out.

    `report` is told of each refresh: the error, or None when it went well. `spread`, from 0 to 1,
    tells this grant's times of renewal from those of others.
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
        # Called when there is a newer token set, kept and ready to be used.
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
        """The newest token set, good or not."""
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
        """Seconds in which no request is sent, after one that failed."""
        return max(0.0, self._not_before - self._clock.timer())

    async def usable(self, *, rejected: TokenSet | None = None) -> TokenSet:
        """Return a token set that can be used now, refreshed where it has to be.

        `rejected` is one that an API answered with 401; it is returned as it is where a new one
        has been rejected as well. However many ask at once, one request is sent; whoever asked may
        be cancelled without harm to it.

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
        """Wait until a refresh in flight has ended and its token set is kept."""
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing])

    def _is_due(self, rejected: TokenSet | None) -> bool:
        if self._token_set is rejected:
            return not self._was_forced()
        due = self.renew_at
        return due is not None and due <= self._clock.now()

    def _was_forced(self) -> bool:
        """Tell whether a 401 has led to this token set just now, so that another will not help."""
        if self._forced_at is None or self._failure is not None:
            return False
        return self._clock.timer() - self._forced_at < _FORCED_PAUSE_SECONDS

    def _finished(self, task: asyncio.Task[TokenSet]) -> None:
        self._refreshing = None
        if not task.cancelled():
            # Retrieved, so that asyncio does not log it where nobody waits any more.
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
            # Renewed ahead of its expiry: the token set still works.
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
                # The store may hold another grant's token set, after a backup was restored.
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
        """Keep the token set before anyone uses it: its refresh token may be the only good one."""
        try:
            await self._storage.save(self._token_set)
        except WriteError:
            raise TemporaryFailure("token_not_saved") from None
        self._unsaved = False
        if self.on_renewal is not None:
            self.on_renewal()

    def _check_pause(self) -> None:
        """Raise the last failure again while its pause lasts, without a request."""
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
