"""The steps of an import of `rest:`: which definitions, what changes, which entity ids are kept."""

from collections.abc import Sequence
from copy import replace
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult

from ...definitions.resource import Resource
from ...definitions.rest_import import RestImport
from ..request_form import FormError
from .offer import Offer
from .request_steps import RequestSteps
from .rest_form import (
    CONF_CHOSEN,
    CONF_KEEP_ENTITY_IDS,
    async_listed_ids,
    async_notes_text,
    choice_schema,
    chosen_imports,
    entity_ids_of,
    imports_of,
    paths_in_first_elements,
    rest_schema,
    with_attribute_paths,
    with_entity_ids,
)


class RestSteps(RequestSteps):
    """Adds the resources of definitions of `rest`, one after another."""

    # The imports that are not finished. The first is the current one.
    _imports: tuple[RestImport, ...] = ()
    # Whether the form has said what works differently in the current import.
    _is_explained = False
    # The resources of finished imports. They are stored together with the last one.
    _ready: Sequence[Resource] = ()

    @override
    async def _async_take_address(self, form: dict[str, Any]) -> SubentryFlowResult:
        self._imports, self._ready = imports_of(self.hass, form), ()
        if not self._imports:
            return await super()._async_take_address(form)
        if len(self._imports) > 1:
            return await self.async_step_rest_choice()
        return await self._async_begin()

    async def async_step_rest_choice(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose which of several definitions are imported."""
        if (ended := await self._async_enter(user_input)) is not None:
            return ended
        if user_input is None:
            return self._show_choice(None)
        offered = self._imports
        self._imports = chosen_imports(offered, user_input)
        error = FormError(CONF_CHOSEN, "nothing_ticked")
        if self._imports:
            try:
                return await self._async_begin()
            except FormError as err:
                error = err
        elif self._ready:
            # The person has unticked what cannot be fetched: the finished imports are stored.
            *self._ready, last = self._ready
            return await self._async_finish(last)
        self._imports = offered
        return self._show_choice(error)

    async def async_step_rest(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say what works differently, and choose whether entity ids are kept."""
        if (ended := await self._async_enter(user_input)) is not None:
            return ended
        if self._offer is None:
            return self.async_abort(reason="entry_not_loaded")
        imported = self._imports[0]
        if user_input is None:
            await self._async_read_first_elements(self._offer)
        ids = entity_ids_of(self.hass, imported)
        if user_input is not None:
            kept = ids if user_input.get(CONF_KEEP_ENTITY_IDS) else {}
            self._ticked = with_entity_ids(self._resource.values, kept)
            self._resource = replace(self._resource, values=self._ticked)
            self._offer = replace(self._offer, previous=self._ticked)
            self._is_explained = True
            return await self.async_step_pick()
        return self._show(
            "rest",
            rest_schema(offers_ids=bool(ids)),
            None,
            None,
            resource=imported.resource.name,
            notes=await async_notes_text(self.hass, imported.notes),
            entity_ids=await async_listed_ids(self.hass, ids.values()),
        )

    @override
    async def async_step_pick(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Pick values, once the form has said what works differently in an import."""
        if self._imports and not self._is_explained:
            return await self.async_step_rest()
        return await super().async_step_pick(user_input)  # type: ignore[safe-super]  # that of PickSteps

    @override
    async def _async_finish(self, resource: Resource) -> SubentryFlowResult:
        """Go on with the next import; after the last one, store all of them."""
        if len(self._imports) > 1:
            self._ready = (*self._ready, resource)
            self._imports = self._imports[1:]
            try:
                return await self._async_begin()
            except FormError as err:
                return self._show_choice(err)
        for ready in self._ready:
            self._add(ready)
        return await super()._async_finish(resource)

    async def _async_begin(self) -> SubentryFlowResult:
        """Fetch the answer of the first import. Raises FormError."""
        self._is_explained = False
        return await self._async_send_and_pick(self._imports[0].resource)

    async def _async_read_first_elements(self, offer: Offer) -> None:
        """Read attributes of the first element where the path of `rest` leads to a list."""
        values = self._resource.values
        paths = paths_in_first_elements(values, offer.missing(values))
        if not paths:
            return
        present = (await self._async_offer([*paths.values()])).present
        found = {text: path for text, path in paths.items() if path.text in present}
        self._ticked = with_attribute_paths(values, found)
        self._resource = replace(self._resource, values=self._ticked)
        self._offer = await self._async_offer()

    def _show_choice(self, error: FormError | None) -> SubentryFlowResult:
        base = self._account.provider.api_base_url
        schema = choice_schema(self._imports, base=base)
        if error is not None:
            error.errors = {CONF_CHOSEN: error.key}
        return self._show("rest_choice", schema, None, error)
