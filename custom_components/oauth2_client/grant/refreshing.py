"""Refreshes the token set of a grant: saves each new one before it is used, and pauses after failures.

A grant imports this when its token set has to be renewed.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from copy import copy
import logging
from typing import TYPE_CHECKING, Final, Protocol

from homeassistant.util.file import WriteError

from ..oauth2 import GrantRejected, OAuth2Error, TemporaryFailure, TokenSet
from ..wire.clock import Clock
from .backoff import Backoff, backoff_after
from .held import HeldTokenSet

if TYPE_CHECKING:
    from ..credentials.provider_client import Keep

_LOGGER = logging.getLogger(__name__)

# The least time between two refreshes after a 401: an API that answers every request with 401 must
# not cause a refresh each time.
_FORCED_PAUSE_SECONDS: Final = 60.0

type Refresh = Callable[[TokenSet, Keep], Awaitable[TokenSet]]
type Report = Callable[[OAuth2Error | None], Awaitable[None]]


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


class Refresher:
    """Refreshes a token set in hand, one refresh at a time.

    `report` is that of `Grant`. `notify` is called when a newer token set has been saved.
    """

    def __init__(
        self,
        held: HeldTokenSet,
        *,
        refresh: Refresh,
        storage: Storage,
        report: Report,
        clock: Clock,
        notify: Callable[[], None],
    ) -> None:
        # Whether the token set in hand is on no disk yet.
        self.is_unsaved = False
        self._held = held
        self._refresh = refresh
        self._storage = storage
        self._report = report
        self._clock = clock
        self._notify = notify
        self._forced_at: float | None = None
        self._backoff: Backoff | None = None
        self._failure: OAuth2Error | None = None
        # Whether the last failure was reported: the token in hand could not be used.
        self._is_reported = False
        self._not_before = 0.0

    def resume(self, backoff: Backoff) -> None:
        """Go on with the backoff of the grant before."""
        self._backoff = backoff
        if remaining := backoff.remaining(now=self._clock.now()):
            self._failure = TemporaryFailure(backoff.code)
            self._not_before = self._clock.timer() + remaining

    @property
    def pause(self) -> float:
        """Seconds until the next refresh may be sent after one that failed, else 0."""
        return max(0.0, self._not_before - self._clock.timer())

    @property
    def was_forced(self) -> bool:
        """Whether a refresh after a 401 succeeded just now: another one would not help."""
        if self._forced_at is None or self._failure is not None:
            return False
        return self._clock.timer() - self._forced_at < _FORCED_PAUSE_SECONDS

    async def save(self) -> None:
        """Save what is not saved yet, before it is used: its refresh token may be the only valid one.

        Raises TemporaryFailure (`token_not_saved`).
        """
        if not self.is_unsaved:
            return
        try:
            await self._storage.save(self._held.token_set)
        except WriteError:
            raise TemporaryFailure("token_not_saved") from None
        self.is_unsaved = False
        self._notify()

    async def refresh_or_keep(self, rejected: TokenSet | None) -> None:
        """Refresh; keep the token in hand where that fails and the token still works."""
        try:
            self._check_pause(rejected)
            async with self._storage.next() as following:
                if rejected is not None:
                    self._forced_at = self._clock.timer()
                self._take(await self._refresh_once(following), following)
        except WriteError:
            # No refresh was sent, since a new token set could not be stored.
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

    def _works(self, rejected: TokenSet | None) -> bool:
        """Return whether the token in hand can still be used, as far as we know."""
        return self._held.works and not self._held.is_token_of(rejected)

    def _take(self, token_set: TokenSet, following: NextTokenSet) -> None:
        """Hold a token set that a refresh led to, also where it is not on disk yet."""
        self._held.take(token_set)
        self.is_unsaved = following.written != token_set

    async def _refresh_once(self, following: NextTokenSet) -> TokenSet:
        try:
            try:
                return await self._ask(self._held.token_set, following)
            except OAuth2Error as err:
                if (other := await self._fallback(err)) is None:
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
                # The error is remembered and must hold no secret.
                err.next_refresh_token = None
                self._take(current.rotated(token), following)
                self._notify_saved()
            raise

    async def _fallback(self, err: OAuth2Error) -> TokenSet | None:
        """Return another token set to try after a refusal, None where there is none."""
        if isinstance(err, TemporaryFailure) and err.is_refusal:
            return self._held.token_set.before_rotation
        if not isinstance(err, GrantRejected):
            return None
        if (before := self._held.token_set.before_rotation) is not None:
            # The refresh token of an answer without a usable access token does not work: try the
            # one before it.
            return before
        # After a backup was restored, the store may hold the token set of another grant.
        stored = await self._storage.load()
        if stored is None or stored.refresh_token == self._held.token_set.refresh_token:
            return None
        return stored

    def _notify_saved(self) -> None:
        if not self.is_unsaved:
            self._notify()

    def _check_pause(self, rejected: TokenSet | None) -> None:
        """Raise the last failure again, without a request, while its pause lasts.

        A GrantRejected that was reported is raised from then on. A failure that came while the token
        still worked does not block the refresh after a 401.
        """
        failure, remaining = self._failure, self.pause
        if failure is None:
            return
        if isinstance(failure, TemporaryFailure):
            if remaining > 0:
                raise TemporaryFailure(failure.code, retry_after=remaining)
            return
        if self._is_reported and isinstance(failure, GrantRejected):
            raise copy(failure)
        if remaining > 0 and (self._is_reported or rejected is None):
            raise copy(failure)

    async def _note_failure(self, err: OAuth2Error) -> OAuth2Error:
        """Remember a failure and its pause; return the error that it counts as."""
        _LOGGER.debug("Token request failed: %s", err.code)
        now, before = self._clock.now(), self._backoff
        left = self._held.seconds_left
        backoff = backoff_after(err, before, left, now=now)
        if isinstance(err, TemporaryFailure) and err.is_refusal and backoff.is_dead:
            err = GrantRejected(err.code, description=err.description)
            backoff = backoff_after(err, before, left, now=now)
        # Without its traceback, whose frames hold tokens.
        self._failure = copy(err)
        self._is_reported = False
        self._not_before = self._clock.timer() + backoff.until - now
        self._backoff = backoff
        if isinstance(err, TemporaryFailure):
            await self._storage.keep_backoff(backoff)
        return err
