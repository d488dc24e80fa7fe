"""Adds the resources that a service is known to have: all that are ticked, at once."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_BASE, CONF_PATH
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ...catalogue import KnownResource
from ...definitions.account import AccountSettings
from ...definitions.resource import CONF_VALUES, Resource
from ...providers.elements import first_path, for_each
from ..request_form import FormError
from ..service.notes import async_unseen
from . import USER
from .offer import async_prove
from .request_steps import RequestSteps

CONF_KNOWN: Final = "known"
# The choice to enter an address, which can be ticked besides.
OTHER: Final = "other"
# How APIs answer where a token's scopes do not reach.
_FOR_LACK_OF_SCOPES: Final = {"api_forbidden", "api_not_found", "api_unauthorized"}

type _Failed = tuple[KnownResource, FormError]


def known_schema(known: Iterable[KnownResource]) -> vol.Schema:
    """Return the form of what a service is known to have, each with what it gives."""
    options = [
        SelectOptionDict(value=item.id, label=f"{item.name} · {item.gives}")
        for item in known
    ]
    # Its label is in the translations.
    other = SelectOptionDict(value=OTHER, label=OTHER)
    selector = SelectSelectorConfig(
        options=[*options, other],
        multiple=True,
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_KNOWN,
    )
    return vol.Schema({vol.Optional(CONF_KNOWN): SelectSelector(selector)})


class KnownSteps(RequestSteps):
    """Adds known resources, and goes on to one of the user's own."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tick what the service is known to have; where that is nothing, enter an address."""
        if (left := await self._async_leave()) is not None:
            return left
        if not (known := self._known()):
            return await self.async_step_address()
        mistake: FormError | None = None
        ticked: Sequence[str] = ()
        if user_input is not None:
            if not (ticked := user_input.get(CONF_KNOWN, ())):
                mistake = FormError(CONF_KNOWN, "nothing_ticked")
            else:
                chosen = [item for item in known if item.id in ticked]
                made, failed = await self._async_prove(chosen)
                is_last = not failed and OTHER not in ticked
                ending = made.pop() if made and is_last else None
                for resource in made:
                    self._add(resource)
                if ending is not None:
                    return await self._async_finish(ending)
                if not failed:
                    return await self.async_step_address()
                mistake = _not_added(failed)
                still = {OTHER, *(item.id for item, _ in failed)}
                ticked = [each for each in ticked if each in still]
        answers = {CONF_KNOWN: [*ticked]}
        known = self._known()
        unseen = await async_unseen(self.hass, self._account.provider, known)
        return self._show("user", known_schema(known), answers, mistake, unseen=unseen)

    async def _async_prove(
        self, chosen: Sequence[KnownResource]
    ) -> tuple[list[Resource], list[_Failed]]:
        """Fetch each once; return those that can be fetched, and why others cannot.

        One that is refused and needs scopes that the account lacks counts as one that can be fetched:
        the sign-in that asks for these scopes follows the flow.
        """
        proven = await asyncio.gather(*map(self._async_prove_one, chosen))
        made: list[Resource] = []
        failed: list[_Failed] = []
        for item, (resource, err) in zip(chosen, proven, strict=True):
            lacking = self._lacked_by(item)
            if err is None:
                made.append(resource)
            elif lacking and err.key in _FOR_LACK_OF_SCOPES:
                made.append(resource)
                self._lacking = (*dict.fromkeys((*self._lacking, *lacking)),)
            else:
                failed.append((item, err))
        return made, failed

    async def _async_prove_one(
        self, item: KnownResource
    ) -> tuple[Resource, FormError | None]:
        """Return a resource with the values of each element that it lists, or why it cannot be fetched."""
        name = self._default_name(item.name)
        resource = Resource.from_dict(name, item.as_dict())
        try:
            document = await async_prove(self.hass, self._account, resource)
        except FormError as err:
            return resource, err
        return Resource.from_dict(name, for_each(item, document).as_dict()), None

    @override
    def _ways_back(self) -> tuple[str, ...]:
        return (USER,) if self._known() else ()

    def _lacked_by(self, known: KnownResource) -> list[str]:
        """Return the scopes that a known resource needs and the account has not asked for."""
        asked = AccountSettings.from_entry(self._get_entry()).scopes
        return [scope for scope in known.scopes if scope not in asked]

    def _known(self) -> list[KnownResource]:
        """Return what the service is known to have and the account does not have yet."""
        present = [subentry.data for subentry in self._get_entry().subentries.values()]
        return [
            item
            for item in self._account.provider.known_resources
            if not any(_is_same(item, stored) for stored in present)
        ]


def _is_same(known: KnownResource, stored: Mapping[str, Any]) -> bool:
    """Return whether what is stored has the request and a value of a known resource."""
    request = Resource.from_dict(known.name, known.as_dict()).request.as_dict()
    if not request.items() <= {**stored}.items():
        return False
    paths = {first_path(known, value.path) for value in known.values}
    return any(
        first_path(known, value[CONF_PATH]) in paths for value in stored[CONF_VALUES]
    )


def _not_added(failed: Sequence[_Failed]) -> FormError:
    """Return the first error, with the names of all that failed at the list."""
    _, first = failed[0]
    first.errors = {CONF_BASE: first.key, CONF_KNOWN: "not_added"}
    first.placeholders["failed"] = ", ".join(item.name for item, _ in failed)
    return first
