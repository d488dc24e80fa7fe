"""The step that says what became of a service which cannot be connected, and what to do instead."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult

from ...catalogue import USER_CATEGORY, Gone, Summary
from ...catalogue.gone import PERSONAL_TOKEN
from ...errors import as_markdown
from ...providers.listing import async_gone
from ...providers.store import async_get_provider_store
from ..words import async_words
from .entry_steps import EntrySteps
from .form import CATALOGUE, GONE, MANUAL
from .links import REST, async_link_to

SUCCESSOR: Final = "successor"
# Whoever has a client ID already may connect these.
_FOR_SOME: Final = frozenset({"closed", "partners"})


class GoneSteps(EntrySteps):
    """Says what became of a service, and leads to what is there in its place."""

    _gone: Gone

    @abstractmethod
    async def _async_use_service(self, provider_id: str) -> ConfigFlowResult:
        """Go on with a service that was found."""

    async def _async_with_gone(self, summaries: Iterable[Summary]) -> list[Summary]:
        """Return services with those that cannot be connected: the user's own, then by name."""
        found = {each.name: each for each in summaries}
        for gone in await async_gone(self.hass):
            # A person may have entered it all the same.
            summary = Summary(
                id=gone.id, name=gone.name, category=GONE, aliases=gone.aliases
            )
            found.setdefault(gone.name, summary)
        return sorted(
            found.values(),
            key=lambda each: (each.category != USER_CATEGORY, each.name.casefold()),
        )

    async def async_step_gone(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what became of a service, and offer what there is in its place."""
        gone = self._gone
        words = await async_words(self.hass, GONE)
        store = await async_get_provider_store(self.hass)
        successor, link, rest = "", None, None
        if gone.successor is not None:
            successor = (await store.async_provider(gone.successor)).name
        if gone.integration is not None:
            link = await async_link_to(self.hass, gone.integration)
        if gone.instead == PERSONAL_TOKEN:
            rest = await async_link_to(self.hass, REST)
        places = (
            (SUCCESSOR, as_markdown(successor)),
            ("integration", link),
            (PERSONAL_TOKEN, rest),
        )
        instead = [
            words[key].format(instead=place) for key, place in places if place
        ] or [words["nothing"]]
        options = [SUCCESSOR] if successor else []
        if gone.what in _FOR_SOME:
            options.append(MANUAL)
        became = words[gone.what].format(
            service=as_markdown(gone.name), since=gone.since
        )
        return self.async_show_menu(
            step_id="gone",
            menu_options=[*options, CATALOGUE],
            description_placeholders={
                "became": "\n\n".join([became, *instead]),
                "successor": successor,
            },
        )

    async def async_step_successor(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with the service that is there instead."""
        return await self._async_use_service(self._gone.successor or "")
