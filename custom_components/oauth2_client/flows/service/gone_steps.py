"""The step that explains why a service cannot be connected, and what there is instead."""

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
# The reasons that do not keep those out who have a client id already.
_OPEN_TO_SOME: Final = frozenset({"closed", "partners"})


class GoneSteps(EntrySteps):
    """Explains why a service cannot be connected, and leads to what there is instead."""

    _gone: Gone

    @abstractmethod
    async def _async_use_service(self, provider_id: str) -> ConfigFlowResult:
        """Go on with a service that was found."""

    async def _async_with_gone(self, summaries: Iterable[Summary]) -> list[Summary]:
        """Return services and those that cannot be connected. The user's own come first, all by name."""
        by_name = {each.name: each for each in summaries}
        for gone in await async_gone(self.hass):
            summary = Summary(
                id=gone.id, name=gone.name, category=GONE, aliases=gone.aliases
            )
            # The user may have entered a service of this name all the same.
            by_name.setdefault(gone.name, summary)
        return sorted(
            by_name.values(),
            key=lambda each: (each.category != USER_CATEGORY, each.name.casefold()),
        )

    async def async_step_gone(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Explain why a service cannot be connected, and offer what there is instead."""
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
        alternatives = (
            (SUCCESSOR, as_markdown(successor)),
            ("integration", link),
            (PERSONAL_TOKEN, rest),
        )
        instead = [
            words[key].format(instead=name) for key, name in alternatives if name
        ] or [words["nothing"]]
        options = [SUCCESSOR] if successor else []
        if gone.what in _OPEN_TO_SOME:
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
        """Go on with the service that took its place."""
        return await self._async_use_service(self._gone.successor or "")
