"""The step that asks which things, such as heat pumps, there are to be known resources of."""

import asyncio
from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_BASE

from ....catalogue import KnownResource
from ....definitions.resource import Resource
from ....health.issues import async_report_scopes
from ....providers.things import MAX_THINGS, of_things
from ...request_form import FormError
from ...words import async_words
from .adding import SCOPE_ERRORS, AddingSteps, Failed, failure
from .form import CONF_THINGS, things_schema
from .listing import Listing


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What the ticked known resources lead to, each complete.

    `ready` are to be added. Of `several` a person ticks some, and `behind` are the ids of the known
    resources that these are made of. `is_cut`: the service lists more.
    """

    ready: list[KnownResource] = field(default_factory=list)
    several: list[KnownResource] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    is_cut: bool = False


class ThingSteps(AddingSteps):
    """Lists the things that known resources are of, and adds those that are ticked."""

    _listed: Listed = Listed()
    # Whether an address is entered afterwards.
    _wants_address: bool = False

    async def async_step_things(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tick things: each becomes a resource."""
        if (ended := await self._async_enter(user_input)) is not None:
            return ended
        offered = self._not_added(self._listed.several)
        error: FormError | None = None
        ticked: Sequence[str] = ()
        if user_input is not None:
            if not (ticked := user_input.get(CONF_THINGS, ())):
                error = FormError(CONF_THINGS, "nothing_ticked")
            else:
                chosen = [item for item in offered if item.id in ticked]
                fetched, failed = await self._async_fetch_all(chosen)
                if not failed:
                    return await self._async_end(fetched)
                self._add_all(fetched)
                error = failure(failed, CONF_THINGS)
                ticked = [item.id for item, _ in failed]
                offered = self._not_added(self._listed.several)
        suggested = {CONF_THINGS: [*ticked]}
        words = await async_words(self.hass, "things")
        more = words["more"].format(count=MAX_THINGS) if self._listed.is_cut else ""
        return self._show("things", things_schema(offered), suggested, error, more=more)

    async def _async_list(self, chosen: Sequence[KnownResource]) -> Listed:
        """Return what known resources lead to: one that is of a thing, to one for each that is not added."""
        listing = Listing(self.hass, self._account)
        of_a_thing = [item for item in chosen if item.of]
        results = await asyncio.gather(
            *(self._async_complete(item, listing) for item in of_a_thing)
        )
        ready = [item for item in chosen if not item.of]
        several: list[KnownResource] = []
        behind: list[str] = []
        failed: list[Failed] = []
        for item, found in zip(of_a_thing, results, strict=True):
            if isinstance(found, FormError):
                failed.append((item, found))
            elif len(found) == 1:
                ready += found
            else:
                several += found
                behind.append(item.id)
        return Listed(
            ready=ready,
            several=several,
            behind=behind,
            failed=failed,
            is_cut=listing.is_cut,
        )

    async def _async_complete(
        self, item: KnownResource, listing: Listing
    ) -> list[KnownResource] | FormError:
        """Return a known resource for each thing that the account does not have it of, or what fails."""
        try:
            things = await listing.things_of(item)
        except FormError as err:
            lacking = self._lacking_scopes_of(item)
            if lacking and err.key in SCOPE_ERRORS:
                async_report_scopes(self.hass, self._get_entry(), lacking)
                return FormError(
                    CONF_BASE, "list_needs_scopes", scopes=", ".join(lacking)
                )
            return err
        match self._not_added(of_things(item, things)):
            case []:
                return FormError(CONF_BASE, "all_added")
            case [only]:
                return [replace(only, id=item.id)]
            case several:
                return several

    def _add_all(self, resources: Sequence[Resource]) -> None:
        for resource in resources:
            self._add(resource)

    async def _async_end(self, fetched: list[Resource]) -> SubentryFlowResult:
        """Add what was fetched, then end the flow or go on to an address."""
        last = None if self._wants_address else fetched.pop()
        self._add_all(fetched)
        if last is None:
            return await self.async_step_address()
        return await self._async_finish(last)
