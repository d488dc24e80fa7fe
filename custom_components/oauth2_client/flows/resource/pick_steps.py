"""The step that picks values of the live answer: by ticks, which a search keeps, and typed paths."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from copy import replace
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_BASE

from ...definitions.value import Value
from ...document.paths import AnyPath
from ..request_form import FormError
from . import ADDRESS, RECONFIGURE, REQUEST
from .groups import Choice, grouped
from .offer import Offer
from .pick_form import (
    CONF_ADJUST,
    CONF_PATHS,
    CONF_SEARCH,
    SECTION_ANSWER,
    group_names,
    is_searched,
    matching,
    pick_schema,
    ticked,
    typed_paths,
)
from .request_steps import RequestSteps


class PickSteps(RequestSteps):
    """Shows the values of an answer, and takes those that are ticked."""

    # The paths that are ticked, also those that a search does not show.
    _picked: Sequence[str] = ()
    # The paths that are typed.
    _typed: Sequence[str] = ()
    _searched = ""

    @override
    async def async_step_pick(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Pick values of the live answer."""
        if (ended := await self._async_enter(user_input)) is not None:
            return ended
        if self._offer is None:
            return await self._async_pick_again()
        if user_input is None:
            self._picked = [value.path.text for value in self._ticked]
            self._typed, self._searched = (), ""
            return self._show_values(self._offer, self._offer.form_error)
        searched = user_input.get(CONF_SEARCH, "").strip()
        shown = {choice.path for choice in (*self._offer.lost, *self._matching())}
        hidden = [path for path in self._picked if path not in shown]
        self._picked = [*hidden, *ticked(user_input)]
        self._typed = typed_paths(user_input)
        if searched != self._searched:
            return self._search(self._offer, searched)
        try:
            await self._async_look_up(self._offer.new_paths(self._typed))
            values = self._offer.pick([*self._picked, *self._typed])
            return await self._async_take_values(values, adjust=user_input[CONF_ADJUST])
        except FormError as err:
            return self._show_values(self._offer, err)

    @abstractmethod
    async def async_step_values(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change names, units, classes and templates of the values."""

    async def _async_take_values(
        self, values: tuple[Value, ...], *, adjust: bool
    ) -> SubentryFlowResult:
        if adjust:
            self._ticked = values
            return await self.async_step_values()
        if not values:
            raise FormError(CONF_BASE, "no_values")
        return await self._async_finish(replace(self._resource, values=values))

    async def _async_look_up(self, paths: Collection[AnyPath]) -> None:
        """Look up paths in the live answer, which is fetched again unless it is kept.

        Raises FormError.
        """
        if paths:
            self._offer = await self._async_offer(paths)

    async def _async_pick_again(self) -> SubentryFlowResult:
        """Fetch the answer of a stored resource, and show its values."""
        stored = self._stored()
        if stored is None:
            return await self.async_step_request()
        self._resource, self._ticked = stored, stored.values
        try:
            self._offer = await self._async_offer()
        except FormError as err:
            return self._show_request(stored, err)
        return await self.async_step_pick()

    def _step_back(self) -> str:
        """Return the step that the form leads back to."""
        if self.source != SOURCE_RECONFIGURE:
            return ADDRESS
        return RECONFIGURE if self._entered is None else REQUEST

    def _search(self, offer: Offer, searched: str) -> SubentryFlowResult:
        """Show what a search finds; where that is nothing, all values."""
        self._searched = searched
        if self._matching():
            return self._show_values(offer, None)
        self._searched = ""
        error = FormError(CONF_SEARCH, "nothing_found", searched=searched)
        return self._show_values(offer, error)

    def _matching(self) -> list[Choice]:
        assert self._offer is not None
        return matching(self._offer.choices, self._searched)

    def _show_values(self, offer: Offer, error: FormError | None) -> SubentryFlowResult:
        matching = self._matching()
        groups = grouped(matching)
        schema = pick_schema(
            groups,
            offer.lost,
            picked=self._picked,
            searched=self._searched if is_searched(len(offer.choices)) else None,
            back=self._step_back(),
        )
        return self._show(
            "pick",
            schema,
            {SECTION_ANSWER: {CONF_PATHS: [*self._typed]}},
            error,
            **offer.placeholders,
            **group_names(groups, offer.words["whole"]),
            matches=self._matches(offer, len(matching)),
        )

    def _matches(self, offer: Offer, count: int) -> str:
        """Return the words that say how many values a search has found, none without a search."""
        if not self._searched:
            return ""
        matches = offer.words["matches"].format(count=count, all=len(offer.choices))
        return f" {matches}"
