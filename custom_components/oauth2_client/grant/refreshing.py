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

# After a refresh that a 401 forced, another 401 forces none for this long: an API that answers every
# request with 401 must not cause a refresh each time.
_FORCED_PAUSE_SECONDS: Final = 60.0

type Refresh = Callable[[TokenSet, Keep], Awaitable[TokenSet]]
type Report = Callable[[OAuth2Error | None], Awaitable[None]]


class NextFile(Protocol):
    """The file for the token set of a refresh. The thread that receives the token set writes it."""

    written: TokenSet | None
    """The token set that was written to disk, None until then."""

    def write(self, token_set: TokenSet) -> None:
        """Write a token set to disk. Where that fails, `written` stays as it was."""


class Storage(Protocol):
    """Stores the token set of one grant."""

    async def load(self) -> TokenSet | None:
        """Return the stored token set, None where there is none that can be read."""

    def next(self) -> AbstractAsyncContextManager[NextFile]:
        """Return the file for the next token set. Raises WriteError on entry."""

    async def save(self, token_set: TokenSet) -> None:
        """Save a token set, and forget the backoff; it is on disk on return. Raises WriteError."""

    async def keep_backoff(self, backoff: Backoff) -> None:
        """Store a backoff for the grant of the next set-up."""


class Refresher:
    """Refreshes the current token set of a grant, which calls it for one refresh at a time.

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
        # Whether the current token set is not on disk yet.
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
        # Whether the last failure was reported, since the current token could not be used either.
        self._is_reported = False
        # In seconds of the timer.
        self._paused_until = 0.0

    def resume(self, backoff: Backoff) -> None:
        """Continue the backoff of the previous set-up's grant."""
        self._backoff = backoff
        if remaining := backoff.remaining(now=self._clock.now()):
            self._failure = TemporaryFailure(backoff.code)
            self._paused_until = self._clock.timer() + remaining

    @property
    def pause(self) -> float:
        """Seconds until the next refresh may be sent, 0 unless the last one failed."""
        return max(0.0, self._paused_until - self._clock.timer())

    @property
    def was_just_forced(self) -> bool:
        """Whether a refresh after a 401 has just succeeded, so that another one would not help."""
        if self._forced_at is None or self._failure is not None:
            return False
        return self._clock.timer() - self._forced_at < _FORCED_PAUSE_SECONDS

    async def save(self) -> None:
        """Save the current token set if it is not on disk: its refresh token may be the only valid one.

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
        """Refresh; where that fails, keep the current token as long as it can be used.

        `rejected` is the token set to which an API answered 401, None where a refresh was due. Raises
        OAuth2Error.
        """
        try:
            self._check_pause(rejected)
            async with self._storage.next() as next_file:
                if rejected is not None:
                    self._forced_at = self._clock.timer()
                self._hold(await self._refresh_or_fall_back(next_file), next_file)
        except WriteError:
            # No refresh was sent, since a new token set could not be stored.
            if self._is_usable(rejected):
                return
            raise TemporaryFailure("token_not_saved") from None
        except OAuth2Error:
            if self._is_usable(rejected):
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

    def _is_usable(self, rejected: TokenSet | None) -> bool:
        """Return whether the current token has neither expired nor been rejected."""
        held = self._held
        return not held.has_expired and not held.has_same_access_token(rejected)

    def _hold(self, token_set: TokenSet, next_file: NextFile) -> None:
        """Make the result of a refresh the current token set, also if it could not be written."""
        self._held.hold(token_set)
        self.is_unsaved = next_file.written != token_set

    async def _refresh_or_fall_back(self, next_file: NextFile) -> TokenSet:
        """Refresh the current token set, or another one after a refusal. Notes a failure."""
        try:
            try:
                return await self._send(self._held.token_set, next_file)
            except OAuth2Error as err:
                if (fallback := await self._fallback(err)) is None:
                    raise
                return await self._send(fallback, next_file)
        except OAuth2Error as err:
            failure = await self._note_failure(err)
            if failure is err:
                raise
            raise failure from err

    async def _send(self, token_set: TokenSet, next_file: NextFile) -> TokenSet:
        """Send a refresh; keep a refresh token that came without a usable access token."""
        try:
            return await self._refresh(token_set, next_file.write)
        except OAuth2Error as err:
            if (refresh_token := err.next_refresh_token) is not None:
                # The error is remembered and must hold no secret.
                err.next_refresh_token = None
                self._hold(token_set.rotated(refresh_token), next_file)
                self._notify_saved()
            raise

    async def _fallback(self, err: OAuth2Error) -> TokenSet | None:
        """Return another token set to try after a refusal, None where there is none."""
        if isinstance(err, TemporaryFailure) and err.is_refusal:
            return self._held.token_set.before_rotation
        if not isinstance(err, GrantRejected):
            return None
        if (before_rotation := self._held.token_set.before_rotation) is not None:
            # The current refresh token came without a usable access token, and is refused: try the
            # one before it.
            return before_rotation
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

        A GrantRejected that was reported is raised whenever a refresh is wanted from then on. A refusal
        that came while the token could be used does not block the refresh after a 401.
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
        """Remember a failure and its pause; return the error to raise.

        That is GrantRejected after many refusals without a reason.
        """
        _LOGGER.debug("Token request failed: %s", err.code)
        now, previous = self._clock.now(), self._backoff
        seconds_left = self._held.seconds_left
        backoff = backoff_after(err, previous, seconds_left, now=now)
        if isinstance(err, TemporaryFailure) and err.is_refusal and backoff.ends_grant:
            err = GrantRejected(err.code, description=err.description)
            backoff = backoff_after(err, previous, seconds_left, now=now)
        # Without its traceback, whose frames hold tokens.
        self._failure = copy(err)
        self._is_reported = False
        self._paused_until = self._clock.timer() + backoff.until - now
        self._backoff = backoff
        if isinstance(err, TemporaryFailure):
            await self._storage.keep_backoff(backoff)
        return err
