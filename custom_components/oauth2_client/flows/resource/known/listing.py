"""Asks an API for the things that known resources are of."""

import asyncio
from typing import Final

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant

from ....account import Account
from ....catalogue import KnownResource, Level
from ....definitions.resource import Resource, Schedule
from ....providers.things import MAX_THINGS, Thing, by_request, request_of, things_in
from ...request_form import FormError, render_request
from ..fetch import async_fetch

# How many requests are sent at the same time.
AT_ONCE: Final = 3
# How many things of one level the lists of the next are asked for.
_MAX_ASKED: Final = 10
# Known resources that are of the same things share the answer with the list.
_MAX_AGE_SECONDS: Final = 10.0


class Listing:
    """Lists things of an account, for all known resources that were ticked together."""

    def __init__(self, hass: HomeAssistant, account: Account) -> None:
        self._hass = hass
        self._account = account
        self._turns = asyncio.Semaphore(AT_ONCE)
        # Whether more things were listed than are offered.
        self.is_cut = False

    async def things_of(self, known: KnownResource) -> list[Thing]:
        """Return the things that a known resource is of. Raises FormError, also where there are none."""
        things = [Thing()]
        for levels in by_request(known.of):
            self.is_cut |= len(things) > _MAX_ASKED
            found = await asyncio.gather(
                *(self._in_answer(levels, each) for each in things[:_MAX_ASKED])
            )
            things = [thing for each in found for thing in each]
        self.is_cut |= len(things) > MAX_THINGS
        if not things:
            raise FormError(CONF_URL, "nothing_listed")
        return things[:MAX_THINGS]

    async def _in_answer(self, levels: tuple[Level, ...], above: Thing) -> list[Thing]:
        """Return the things that one answer lists, for a thing of the level above. Raises FormError."""
        template = request_of(levels[0], above)
        resource = Resource(name="", request=template, schedule=Schedule(), values=())
        request = render_request(self._hass, self._account, template)
        async with self._turns:
            try:
                _, things = await async_fetch(
                    self._hass,
                    self._account,
                    resource,
                    request,
                    lambda document: things_in(document, levels, above),
                    is_found=lambda things: things is not None,
                    max_age=_MAX_AGE_SECONDS,
                )
            except FormError as err:
                if err.key != "answer_empty":
                    raise
                return []
        return things or []
