"""The step that adds known resources of a service: all that are ticked, at once."""

from collections.abc import Sequence
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult

from ....catalogue import KnownResource
from ...request_form import FormError
from ...service.notes import async_unseen
from .. import USER
from .adding import failure
from .form import CONF_KNOWN, OTHER, known_schema
from .thing_steps import ThingSteps


class KnownSteps(ThingSteps):
    """Adds known resources, and goes on to an address where that is ticked."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tick known resources. Where there are none to add, enter an address."""
        if (ended := await self._async_enter()) is not None:
            return ended
        if not (known := self._known_not_added()):
            return await self.async_step_address()
        error: FormError | None = None
        ticked: Sequence[str] = ()
        if user_input is not None:
            if not (ticked := user_input.get(CONF_KNOWN, ())):
                error = FormError(CONF_KNOWN, "nothing_ticked")
            else:
                self._wants_address = OTHER in ticked
                self._listed = listed = await self._async_list(
                    [item for item in known if item.id in ticked]
                )
                fetched, failed = await self._async_fetch_all(listed.ready)
                failed += listed.failed
                if not failed and not listed.several:
                    return await self._async_end(fetched)
                self._add_all(fetched)
                if not failed:
                    return await self.async_step_things()
                error = failure(failed)
                remaining = {OTHER, *listed.behind, *(item.id for item, _ in failed)}
                ticked = [each for each in ticked if each in remaining]
        suggested = {CONF_KNOWN: [*ticked]}
        known = self._known_not_added()
        unseen = await async_unseen(self.hass, self._account.provider, known)
        return self._show("user", known_schema(known), suggested, error, unseen=unseen)

    @override
    def _steps_back(self) -> tuple[str, ...]:
        return (USER,) if self._known_not_added() else ()

    def _known_not_added(self) -> list[KnownResource]:
        """Return the known resources of the service that the account does not have yet.

        One that is of a thing is always among them: only its list tells whether there is another.
        """
        return self._not_added(self._account.provider.known_resources)
