"""Owns the token set of an account: only a grant refreshes it, saves it and gives it to callers."""

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
    """Returns a token set that can be used, and refreshes it when it is due.

    `report` is awaited with None after a refresh that succeeded, and with the error after one that
    failed when the current token cannot be used either. `backoff` is that of the previous set-up.
    `spread`, from 0 to 1, moves the time of renewal, so that it differs between accounts. While
    `is_busy`, a token that is still valid is not renewed. `renew` is that of `HeldTokenSet`.

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
        # Called after a newer token set was saved.
        self.on_renewal: Callable[[], None] | None = None
        self._refresh = refresh
        self._storage = storage
        self._report = report
        self._spawn = spawn
        self._clock = clock
        self._is_busy = is_busy
        self._held = HeldTokenSet(token_set, clock=clock, spread=spread, renew=renew)
        self._refresh_task: asyncio.Task[TokenSet] | None = None
        self._refresher: Refresher | None = None
        if backoff is not None:
            self._get_refresher().resume(backoff)

    @property
    def token_set(self) -> TokenSet:
        """The current token set, which may have expired."""
        return self._held.token_set

    @property
    def renew_in(self) -> float | None:
        """Seconds until the token set is to be renewed, at most 0 when it is due; None: never."""
        return self._held.renew_in

    @property
    def has_expired(self) -> bool:
        """Whether the lifetime of the current token is over; a token without one does not expire."""
        return self._held.has_expired

    @property
    def usable_now(self) -> TokenSet | None:
        """The token set if it can be used without waiting, None where `usable` has to be awaited."""
        if self._refresh_task is not None or self._is_unsaved or self._is_due(None):
            return None
        return self._held.token_set

    @property
    def pause(self) -> float:
        """Seconds until the next refresh may be sent, 0 unless the last one failed."""
        return 0.0 if self._refresher is None else self._refresher.pause

    async def usable(self, *, rejected: TokenSet | None = None) -> TokenSet:
        """Return a token set that can be used now, refreshed where it has to be.

        `rejected` is a token set to which an API answered 401. It is returned unchanged if it is
        the result of a refresh after another 401 less than a minute ago. Concurrent callers share
        one token request, which goes on when a caller is cancelled.

        Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure.
        """
        if self._refresh_task is None:
            if not self._is_unsaved and not self._is_due(rejected):
                return self._held.token_set
            self._refresh_task = self._spawn(self._renew(rejected))
            self._refresh_task.add_done_callback(self._refresh_ended)
        task = self._refresh_task
        # Not shield(): after a caller is cancelled, asyncio would log a later failure as never
        # retrieved.
        await asyncio.wait([task])
        return task.result()

    async def close(self) -> None:
        """Wait until a refresh in flight has ended and its token set is saved."""
        if self._refresh_task is not None:
            await asyncio.wait([self._refresh_task])

    def _is_due(self, rejected: TokenSet | None) -> bool:
        """Return whether the token set has to be refreshed before it is used."""
        held, refresher = self._held, self._refresher
        if held.has_same_access_token(rejected):
            return refresher is None or not refresher.was_just_forced
        renew_in = held.renew_in
        if renew_in is None or renew_in > 0:
            return False
        return held.has_expired or (self.pause == 0 and not self._is_busy())

    @property
    def _is_unsaved(self) -> bool:
        """Whether the current token set is not on disk yet."""
        return self._refresher is not None and self._refresher.is_unsaved

    def _get_refresher(self) -> Refresher:
        if self._refresher is None:
            from .refreshing import Refresher  # noqa: PLC0415 - at most starts the token is valid

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
        refresher = self._get_refresher()
        await refresher.save()
        if self._is_due(rejected):
            try:
                await refresher.refresh_or_keep(rejected)
            finally:
                await refresher.save()
        return self.token_set

    def _refresh_ended(self, task: asyncio.Task[TokenSet]) -> None:
        self._refresh_task = None
        if not task.cancelled():
            # Marks the exception as retrieved. Otherwise asyncio logs it if all callers were cancelled.
            task.exception()

    def _notify(self) -> None:
        if self.on_renewal is not None:
            self.on_renewal()
