"""The step that adds known resources of a service: all that are ticked, at once."""

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
from .offer import async_fetch_known
from .request_steps import RequestSteps

CONF_KNOWN: Final = "known"
# The choice to enter an address, which can be ticked together with known resources.
OTHER: Final = "other"
# The errors with which APIs refuse a request that the scopes of a token do not allow.
_SCOPE_ERRORS: Final = {"api_forbidden", "api_not_found", "api_unauthorized"}

type _Failed = tuple[KnownResource, FormError]


def known_schema(known: Iterable[KnownResource]) -> vol.Schema:
    """Return the form to tick known resources, each with the names of its values."""
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
                chosen = [item for item in known if item.id in ticked]
                fetched, failed = await self._async_fetch_all(chosen)
                is_finished = not failed and OTHER not in ticked
                last = fetched.pop() if fetched and is_finished else None
                for resource in fetched:
                    self._add(resource)
                if last is not None:
                    return await self._async_finish(last)
                if not failed:
                    return await self.async_step_address()
                error = _not_added(failed)
                remaining = {OTHER, *(item.id for item, _ in failed)}
                ticked = [each for each in ticked if each in remaining]
        suggested = {CONF_KNOWN: [*ticked]}
        known = self._known_not_added()
        unseen = await async_unseen(self.hass, self._account.provider, known)
        return self._show("user", known_schema(known), suggested, error, unseen=unseen)

    async def _async_fetch_all(
        self, chosen: Sequence[KnownResource]
    ) -> tuple[list[Resource], list[_Failed]]:
        """Fetch each once. Return those that can be added, and why others cannot.

        One that is refused and needs scopes that the account lacks is added: the sign-in that asks for
        these scopes follows the flow.
        """
        results = await asyncio.gather(*map(self._async_fetch_one, chosen))
        fetched: list[Resource] = []
        failed: list[_Failed] = []
        for item, (resource, err) in zip(chosen, results, strict=True):
            lacking = self._lacking_scopes_of(item)
            if err is None:
                fetched.append(resource)
            elif lacking and err.key in _SCOPE_ERRORS:
                fetched.append(resource)
                self._lacking_scopes = tuple(
                    dict.fromkeys((*self._lacking_scopes, *lacking))
                )
            else:
                failed.append((item, err))
        return fetched, failed

    async def _async_fetch_one(
        self, item: KnownResource
    ) -> tuple[Resource, FormError | None]:
        """Return a resource with the values of each element that it lists, or why it cannot be fetched."""
        name = self._default_name(item.name)
        resource = Resource.from_dict(name, item.as_dict())
        try:
            document = await async_fetch_known(self.hass, self._account, resource)
        except FormError as err:
            return resource, err
        return Resource.from_dict(name, for_each(item, document).as_dict()), None

    @override
    def _steps_back(self) -> tuple[str, ...]:
        return (USER,) if self._known_not_added() else ()

    def _lacking_scopes_of(self, known: KnownResource) -> list[str]:
        """Return the scopes that a known resource needs and the account has not asked for."""
        asked = AccountSettings.from_entry(self._get_entry()).scopes
        return [scope for scope in known.scopes if scope not in asked]

    def _known_not_added(self) -> list[KnownResource]:
        """Return the known resources of the service that the account does not have yet."""
        present = [subentry.data for subentry in self._get_entry().subentries.values()]
        return [
            item
            for item in self._account.provider.known_resources
            if not any(_is_same(item, stored) for stored in present)
        ]


def _is_same(known: KnownResource, stored: Mapping[str, Any]) -> bool:
    """Tell whether a stored resource has the request and a value of a known one."""
    request = Resource.from_dict(known.name, known.as_dict()).request.as_dict()
    if not request.items() <= {**stored}.items():
        return False
    paths = {first_path(known, value.path) for value in known.values}
    return any(
        first_path(known, value[CONF_PATH]) in paths for value in stored[CONF_VALUES]
    )


def _not_added(failed: Sequence[_Failed]) -> FormError:
    """Return the first error, shown with the names of all resources that failed."""
    _, first = failed[0]
    first.errors = {CONF_BASE: first.key, CONF_KNOWN: "not_added"}
    first.placeholders["failed"] = ", ".join(item.name for item, _ in failed)
    return first
