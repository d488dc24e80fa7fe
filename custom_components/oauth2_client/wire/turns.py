"""Keeps the event loop free where much is to be done at once: everybody has a turn."""

import asyncio
from collections import deque
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

_KEY: HassKey[Turns] = HassKey("oauth2_client.turns")
# What is done in a turn takes up to a millisecond.
_TURNS_OF_ONE_PASS: Final = 16


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


@callback
def async_get_turns(hass: HomeAssistant) -> Turns:
    """Return the turns that all accounts share."""
    return hass.data.setdefault(_KEY, Turns())
