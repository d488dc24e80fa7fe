"""Spreads work that is due at once, so that the event loop stays responsive."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Final

from homeassistant.core import HassJob, HassJobType, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

if TYPE_CHECKING:
    from typing import Protocol

    class Poll(Protocol):
        """Work that begins when it has a turn. Hashable."""

        def async_begin(self) -> None:
            """Begin the work, and do the rest in a task."""


_KEY: HassKey[Turns] = HassKey("oauth2_client.turns")
_TIMETABLE: HassKey[Timetable] = HassKey("oauth2_client.timetable")
# `_TURNS_AT_ONCE` turns are given in each `_PACE_SECONDS`: 48,000 in a minute. The work of one turn
# takes up to a millisecond.
_TURNS_AT_ONCE: Final = 16
_PACE_SECONDS: Final = 0.02
# The fraction of its second at which a poll is due, as polls of Home Assistant's coordinators.
_WITHIN_A_SECOND: Final = 0.25


class _Turn:
    """A task that waits for a turn."""

    __slots__ = ("begun",)

    def __init__(self, begun: asyncio.Future[None]) -> None:
        self.begun = begun

    def async_begin(self) -> None:
        """Resume the waiting task, unless it was cancelled."""
        if not self.begun.done():
            self.begun.set_result(None)


class Turns:
    """Gives few turns at once, in the order in which they are requested.

    Between them, the event loop can do other work.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # Timers run in an empty context, not in the context of the first account that waits.
        self._context = Context()
        self._job = HassJob(
            self._give,
            "OAuth2 Client turns",
            cancel_on_shutdown=True,
            job_type=HassJobType.Callback,
        )
        self._waiting: OrderedDict[Poll, None] = OrderedDict()
        # How many more turns may be given until `_until`.
        self._left = 0
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self) -> None:
        """Wait for a turn, which lasts until the caller waits again."""
        if not self._waiting and self._is_free():
            return
        turn = _Turn(self._loop.create_future())
        self._waiting[turn] = None
        self._go_on()
        try:
            await turn.begun
        finally:
            self._waiting.pop(turn, None)

    def _is_free(self) -> bool:
        now = self._loop.time()
        if now >= self._until:
            self._until, self._left = now + _PACE_SECONDS, _TURNS_AT_ONCE
        self._left -= 1
        return self._left >= 0

    def _give(self, _job: object = None) -> None:
        self._timer = None
        while self._waiting and self._is_free():
            waiting, _ = self._waiting.popitem(last=False)
            waiting.async_begin()
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and self._timer is None:
            self._timer = self._at(self._until, self._give)

    def _at(self, when: float, call: Callable[[object], None]) -> asyncio.TimerHandle:
        return self._loop.call_at(when, call, self._job, context=self._context)


class _Second:
    """The polls that are due in one second, and the timer that begins them."""

    __slots__ = ("number", "polls", "timer")

    def __init__(self, number: int) -> None:
        self.number = number
        self.polls: dict[Poll, None] = {}
        self.timer: asyncio.TimerHandle | None = None


class Timetable(Turns):
    """Begins polls in turns when they are due, with one timer for all polls of a second.

    A timer for each poll would be seven new objects, which cause more runs of the garbage collector.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._seconds: dict[int, _Second] = {}
        self._second_of: dict[Poll, _Second] = {}

    @callback
    def add(self, poll: Poll, seconds: float) -> None:
        """Schedule a poll in so many seconds, at most one second earlier; replaces its earlier time."""
        self.remove(poll)
        number = int(self._loop.time() + seconds)
        if (second := self._seconds.get(number)) is None:
            second = self._seconds[number] = _Second(number)
            begin = partial(self._begin_all, second)
            second.timer = self._at(number + _WITHIN_A_SECOND, begin)
        second.polls[poll] = None
        self._second_of[poll] = second

    @callback
    def remove(self, poll: Poll) -> None:
        """Cancel a poll that was added."""
        second = self._second_of.pop(poll, None)
        if second is None:
            self._waiting.pop(poll, None)
            return
        del second.polls[poll]
        if not second.polls:
            del self._seconds[second.number]
            if second.timer is not None:
                second.timer.cancel()

    def _begin_all(self, second: _Second, _job: object) -> None:
        del self._seconds[second.number]
        for poll in second.polls:
            del self._second_of[poll]
        self._waiting.update(second.polls)
        if self._timer is None:
            self._give()


@callback
def async_get_turns(hass: HomeAssistant) -> Turns:
    """Return the turns that all accounts share for processing answers."""
    if (turns := hass.data.get(_KEY)) is None:
        turns = hass.data[_KEY] = Turns(hass.loop)
    return turns


@callback
def async_get_timetable(hass: HomeAssistant) -> Timetable:
    """Return the timetable of the polls of all accounts."""
    if (timetable := hass.data.get(_TIMETABLE)) is None:
        timetable = hass.data[_TIMETABLE] = Timetable(hass.loop)
    return timetable
