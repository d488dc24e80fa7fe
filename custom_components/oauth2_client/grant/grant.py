"""The life of a token set, which is refreshed, saved and handed out only here."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

from homeassistant.util.file import WriteError

from ..oauth2 import GrantRejected, OAuth2Error, TemporaryFailure, TokenSet
from ..wire.clock import Clock
from .held import HeldTokenSet

if TYPE_CHECKING:
    from ..credentials.provider_client import Keep
    from .backoff import Backoff

    class NextTokenSet(Protocol):
        """Where the next token set can be put, from the thread that receives it."""

        written: TokenSet | None
        """The token set that is on disk."""

        def write(self, token_set: TokenSet) -> None:
            """Put a token set on disk; `written` tells whether it is there."""

    class Storage(Protocol):
        """Stores the token set of one grant."""

        async def load(self) -> TokenSet | None:
            """Return the stored token set, None where there is none that can be read."""

        def next(self) -> AbstractAsyncContextManager[NextTokenSet]:
            """Return where the next token set can be put. Raises WriteError on entry."""

        async def save(self, token_set: TokenSet) -> None:
            """Save a token set, and forget the backoff; it is on disk on return. Raises WriteError."""

        async def keep_backoff(self, backoff: Backoff) -> None:
            """Keep a backoff for the grant of the next set-up."""


_LOGGER = logging.getLogger(__name__)

# The least time between two refreshes after a 401: an API that answers every request with 401 must
# not cause a refresh each time.
_FORCED_PAUSE_SECONDS: Final = 60.0

type Refresh = Callable[[TokenSet, Keep], Awaitable[TokenSet]]
type Report = Callable[[OAuth2Error | None], Awaitable[None]]
type Spawn = Callable[[Coroutine[Any, Any, TokenSet]], asyncio.Task[TokenSet]]


class Grant:
    """Owns a token set: refreshes it, saves it and hands it out.

    `report` is awaited after a refresh that succeeded, with None, and with the error of one that
    failed once the token in hand cannot be used either. `backoff` is that of the grant before.
    `spread`, from 0 to 1, moves the times of renewal, so that they differ between accounts. While
    `is_busy`, a token that works is not renewed. `is_daily` is that of `HeldTokenSet`.
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
        is_busy: Callable[[], bool] = lambda: False,
        is_daily: bool = True,
    ) -> None:
        # Called when a newer token set has been saved.
        self.on_renewal: Callable[[], None] | None = None
        self._refresh = refresh
        self._storage = storage
        self._report = report
        self._spawn = spawn
        self._clock = clock
        self._spread = spread
        self._is_busy = is_busy
        self._is_daily = is_daily
        self._held = self._hold(token_set)
        self._refreshing: asyncio.Task[TokenSet] | None = None
        self._unsaved = False
        self._forced_at: float | None = None
        self._backoff = backoff
        self._failure: OAuth2Error | None = None
        # Whether the last failure was reported: the token in hand could not be used.
        self._is_reported = False
        self._not_before = 0.0
        if backoff is not None and (remaining := backoff.remaining(now=clock.now())):
            self._failure = TemporaryFailure(backoff.code)
            self._not_before = clock.timer() + remaining

    @property
    def token_set(self) -> TokenSet:
        """The newest token set, which may have expired."""
        return self._held.token_set

    @property
    def renew_in(self) -> float | None:
        """Seconds until the token set is to be renewed, at most 0 when it is due; None: never."""
        return self._held.renew_in

    @property
    def works(self) -> bool:
        """Whether the token in hand can still be used, as far as its lifetime tells."""
        return self._held.works

    @property
    def in_hand(self) -> TokenSet | None:
        """The token set if it can be used as it is, None where `usable` has to be waited for."""
        if self._refreshing is not None or self._unsaved or self._is_due(None):
            return None
        return self._held.token_set

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
                return self._held.token_set
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
        held = self._held
        if self._is_rejected(rejected):
            return not self._was_forced()
        due = held.renew_in
        if due is None or due > 0:
            return False
        return not held.works or (self.pause == 0 and not self._is_busy())

    def _hold(self, token_set: TokenSet) -> HeldTokenSet:
        return HeldTokenSet(
            token_set, clock=self._clock, spread=self._spread, is_daily=self._is_daily
        )

    def _works(self, rejected: TokenSet | None) -> bool:
        """Return whether the token in hand can still be used, as far as we know."""
        return not self._is_rejected(rejected) and self.works

    def _is_rejected(self, rejected: TokenSet | None) -> bool:
        """Return whether this is the access token in hand; its refresh token may be newer."""
        return (
            rejected is not None
            and rejected.access_token == self.token_set.access_token
        )

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
        if self._unsaved:
            await self._save()
        if self._is_due(rejected):
            try:
                await self._refresh_or_keep(rejected)
            finally:
                if self._unsaved:
                    await self._save()
        return self.token_set

    async def _refresh_or_keep(self, rejected: TokenSet | None) -> None:
        """Refresh; keep the token in hand where that fails and the token still works."""
        try:
            self._check_pause(rejected)
            async with self._storage.next() as following:
                if rejected is not None:
                    self._forced_at = self._clock.timer()
                self._take(await self._refresh_once(following), following)
        except WriteError:
            # Nothing was sent: what the server would answer could not be kept.
            if self._works(rejected):
                return
            raise TemporaryFailure("token_not_saved") from None
        except OAuth2Error:
            if self._works(rejected):
                return
            if not self._is_reported:
                self._is_reported = True
                await self._report(self._failure)
            raise
        self._backoff = None
        self._failure = None
        self._is_reported = False
        await self._report(None)
        self._notify_saved()

    def _take(self, token_set: TokenSet, following: NextTokenSet) -> None:
        """Hold a token set that a refresh led to, also where it is not on disk yet."""
        self._held = self._hold(token_set)
        self._unsaved = following.written != token_set

    async def _refresh_once(self, following: NextTokenSet) -> TokenSet:
        try:
            try:
                return await self._ask(self.token_set, following)
            except OAuth2Error as err:
                if (other := await self._other_than_refused(err)) is None:
                    raise
                return await self._ask(other, following)
        except OAuth2Error as err:
            failure = await self._note_failure(err)
            if failure is err:
                raise
            raise failure from err

    async def _ask(self, current: TokenSet, following: NextTokenSet) -> TokenSet:
        try:
            return await self._refresh(current, following.write)
        except OAuth2Error as err:
            if (token := err.next_refresh_token) is not None:
                # The error is kept, and must not keep a secret.
                err.next_refresh_token = None
                self._take(current.rotated(token), following)
                self._notify_saved()
            raise

    async def _other_than_refused(self, err: OAuth2Error) -> TokenSet | None:
        """Return another token set that may be good where a refresh token is refused."""
        if isinstance(err, TemporaryFailure) and err.is_refusal:
            return self.token_set.before_rotation
        if not isinstance(err, GrantRejected):
            return None
        if (before := self.token_set.before_rotation) is not None:
            # What came in an answer of no other use was no refresh token.
            return before
        # After a backup was restored, the store may hold the token set of another grant.
        stored = await self._storage.load()
        if stored is None or stored.refresh_token == self.token_set.refresh_token:
            return None
        return stored

    async def _save(self) -> None:
        """Save the token set before it is used: its refresh token may be the only valid one."""
        try:
            await self._storage.save(self.token_set)
        except WriteError:
            raise TemporaryFailure("token_not_saved") from None
        self._unsaved = False
        self._notify_saved()

    def _notify_saved(self) -> None:
        if self.on_renewal is not None and not self._unsaved:
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
        from .backoff import backoff_after  # noqa: PLC0415 - few refreshes fail

        now, before = self._clock.now(), self._backoff
        backoff = backoff_after(err, before, self._held, now=now)
        if isinstance(err, TemporaryFailure) and err.is_refusal and backoff.is_dead:
            err = GrantRejected(err.code, description=err.description)
            backoff = backoff_after(err, before, self._held, now=now)
        self._failure = err
        self._is_reported = False
        self._not_before = self._clock.timer() + backoff.until - now
        self._backoff = backoff
        if isinstance(err, TemporaryFailure):
            await self._storage.keep_backoff(backoff)
        return err
