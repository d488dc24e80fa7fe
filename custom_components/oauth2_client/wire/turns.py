"""Keeps the event loop free where much is to be done at once: everybody has a turn."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Final, Protocol

from homeassistant.core import HassJob, HassJobType, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

_KEY: HassKey[Turns] = HassKey("oauth2_client.turns")
_TIMETABLE: HassKey[Timetable] = HassKey("oauth2_client.timetable")
# What is done in a turn takes up to a millisecond.
_TURNS_OF_ONE_PASS: Final = 16
# So many polls begin at once, and the next ones so much later: 48,000 in a minute.
_POLLS_AT_ONCE: Final = 16
_PACE_SECONDS: Final = 0.02
# When in its second a poll is due, as those of Home Assistant's own coordinators.
_WITHIN_A_SECOND: Final = 0.25


class Poll(Protocol):
    """What is done again and again. Hashable."""

    def async_begin(self) -> None:
        """Begin, and do the rest in a task."""


class Turns:
    """Gives few turns in each pass of the event loop, in the order in which they are asked for.

    Between two passes, the loop does what others wait for.
    """

    def __init__(self) -> None:
        self._left = _TURNS_OF_ONE_PASS
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_counting = False

    async def turn(self) -> None:
        """Wait for a turn; what is done until the next wait is part of it."""
        if not self._is_counting:
            self._is_counting = True
            asyncio.get_running_loop().call_soon(self._next_pass)
        if self._left:
            self._left -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _next_pass(self) -> None:
        self._left = _TURNS_OF_ONE_PASS
        while self._left and self._waiting:
            turn = self._waiting.popleft()
            # Whoever was cancelled meanwhile takes no turn.
            if not turn.done():
                turn.set_result(None)
                self._left -= 1
        self._is_counting = self._left < _TURNS_OF_ONE_PASS
        if self._is_counting:
            asyncio.get_running_loop().call_soon(self._next_pass)


class _Second:
    """The polls that are due in one second, and its timer."""

    __slots__ = ("number", "polls", "timer")

    def __init__(self, number: int) -> None:
        self.number = number
        self.polls: dict[Poll, None] = {}
        self.timer: asyncio.TimerHandle | None = None


class _Turn:
    """Somebody who waits to begin."""

    __slots__ = ("begun",)

    def __init__(self, begun: asyncio.Future[None]) -> None:
        self.begun = begun

    def async_begin(self) -> None:
        if not self.begun.done():
            self.begun.set_result(None)


class Timetable:
    """Begins polls when they are due, few at a time, with one timer for all of a second.

    Python looks for garbage among what is new. A timer for each poll would be seven such objects, and
    polls that begin at once have all that they need at the same time.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # Not that of the account whose poll is the first of a second.
        self._context = Context()
        self._job = HassJob(
            self._begin_some,
            "OAuth2 Client polls",
            cancel_on_shutdown=True,
            job_type=HassJobType.Callback,
        )
        self._seconds: dict[int, _Second] = {}
        self._second_of: dict[Poll, _Second] = {}
        # What is to begin now, the first one first.
        self._due: OrderedDict[Poll, None] = OrderedDict()
        # How many more may begin, until when.
        self._left = 0
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @callback
    def add(self, poll: Poll, seconds: float) -> None:
        """Have a poll begin in so many seconds, at most one earlier, and not when it was to before."""
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
        """Have a poll not begin."""
        second = self._second_of.pop(poll, None)
        if second is None:
            self._due.pop(poll, None)
            return
        del second.polls[poll]
        if not second.polls:
            del self._seconds[second.number]
            if second.timer is not None:
                second.timer.cancel()

    async def turn(self) -> None:
        """Wait until few enough others begin."""
        if not self._due and self._has_room():
            return
        turn = _Turn(self._loop.create_future())
        self._due[turn] = None
        self._wait_for_room()
        try:
            await turn.begun
        finally:
            self.remove(turn)

    def _begin_all(self, second: _Second, _job: object) -> None:
        del self._seconds[second.number]
        for poll in second.polls:
            del self._second_of[poll]
        self._due.update(second.polls)
        if self._timer is None:
            self._begin_some()

    def _begin_some(self, _job: object = None) -> None:
        self._timer = None
        while self._due and self._has_room():
            poll, _ = self._due.popitem(last=False)
            poll.async_begin()
        self._wait_for_room()

    def _wait_for_room(self) -> None:
        if self._due and self._timer is None:
            self._timer = self._at(self._until, self._begin_some)

    def _has_room(self) -> bool:
        now = self._loop.time()
        if now >= self._until:
            self._until, self._left = now + _PACE_SECONDS, _POLLS_AT_ONCE
        self._left -= 1
        return self._left >= 0

    def _at(self, when: float, call: Callable[[object], None]) -> asyncio.TimerHandle:
        return self._loop.call_at(when, call, self._job, context=self._context)


@callback
def async_get_turns(hass: HomeAssistant) -> Turns:
    """Return the turns that all accounts share."""
    return hass.data.setdefault(_KEY, Turns())


@callback
def async_get_timetable(hass: HomeAssistant) -> Timetable:
    """Return the timetable of the polls of all accounts."""
    if (timetable := hass.data.get(_TIMETABLE)) is None:
        timetable = hass.data[_TIMETABLE] = Timetable(hass.loop)
    return timetable
