"""The life of a token set, which is refreshed, saved and handed out only here."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ..catalogue import DAILY
from ..oauth2 import TokenSet
from ..wire.clock import Clock
from .held import HeldTokenSet

if TYPE_CHECKING:
    from .backoff import Backoff
    from .refreshing import Refresh, Refresher, Report, Storage

    type Spawn = Callable[[Coroutine[Any, Any, TokenSet]], asyncio.Task[TokenSet]]


class Grant:
    """Owns a token set: has it refreshed and hands it out.

    `report` is awaited after a refresh that succeeded, with None, and with the error of one that
    failed once the token in hand cannot be used either. `backoff` is that of the previous set-up.
    `spread`, from 0 to 1, moves the times of renewal, so that they differ between accounts. While
    `is_busy`, a token that works is not renewed. `renew` is that of `HeldTokenSet`.

    `refreshing` is imported when a token set has to be refreshed.
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
        renew: str = DAILY,
    ) -> None:
        # Called when a newer token set has been saved.
        self.on_renewal: Callable[[], None] | None = None
        self._refresh = refresh
        self._storage = storage
        self._report = report
        self._spawn = spawn
        self._clock = clock
        self._is_busy = is_busy
        self._held = HeldTokenSet(token_set, clock=clock, spread=spread, renew=renew)
        self._refreshing: asyncio.Task[TokenSet] | None = None
        self._refresher: Refresher | None = None
        if backoff is not None:
            self._begin().resume(backoff)

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
        return 0.0 if self._refresher is None else self._refresher.pause

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
        held, refresher = self._held, self._refresher
        if held.is_token_of(rejected):
            return refresher is None or not refresher.was_forced
        due = held.renew_in
        if due is None or due > 0:
            return False
        return not held.works or (self.pause == 0 and not self._is_busy())

    @property
    def _unsaved(self) -> bool:
        """Whether the token set in hand is on no disk yet."""
        return self._refresher is not None and self._refresher.is_unsaved

    def _begin(self) -> Refresher:
        if self._refresher is None:
            from .refreshing import Refresher  # noqa: PLC0415 - most starts have a token that works

            self._refresher = Refresher(
                self._held,
                refresh=self._refresh,
                storage=self._storage,
                report=self._report,
                clock=self._clock,
                notify=self._notify,
            )
        return self._refresher

    async def _renew(self, rejected: TokenSet | None) -> TokenSet:
        refresher = self._begin()
        await refresher.save()
        if self._is_due(rejected):
            try:
                await refresher.refresh_or_keep(rejected)
            finally:
                await refresher.save()
        return self.token_set

    def _finished(self, task: asyncio.Task[TokenSet]) -> None:
        self._refreshing = None
        if not task.cancelled():
            # Marks it as retrieved. Otherwise asyncio logs it where all callers were cancelled.
            task.exception()

    def _notify(self) -> None:
        if self.on_renewal is not None:
            self.on_renewal()
