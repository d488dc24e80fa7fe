"""Fetches known resources, and tells which the account has already."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from homeassistant.const import CONF_BASE, CONF_PATH

from ....catalogue import KnownResource
from ....definitions.account import AccountSettings
from ....definitions.resource import CONF_VALUES, Resource
from ....document.paths import MISSING
from ....providers.elements import first_path, for_each
from ...request_form import FormError, render_request
from ..fetch import async_fetch
from ..offer import value_at
from ..request_steps import RequestSteps
from .form import CONF_KNOWN
from .listing import AT_ONCE

# The errors with which APIs refuse a request that the scopes of a token do not allow.
SCOPE_ERRORS: Final = {"api_forbidden", "api_not_found", "api_unauthorized"}

type Failed = tuple[KnownResource, FormError]


class AddingSteps(RequestSteps):
    """Fetches known resources once before they are added."""

    async def _async_fetch_all(
        self, chosen: Sequence[KnownResource]
    ) -> tuple[list[Resource], list[Failed]]:
        """Fetch each once. Return those that can be added, and why others cannot.

        One that is refused and needs scopes that the account lacks is added: the sign-in that asks for
        these scopes follows the flow.
        """
        turns = asyncio.Semaphore(AT_ONCE)
        results = await asyncio.gather(
            *(self._async_fetch_one(item, turns) for item in chosen)
        )
        fetched: list[Resource] = []
        failed: list[Failed] = []
        for item, (resource, err) in zip(chosen, results, strict=True):
            lacking = self._lacking_scopes_of(item)
            if err is None:
                fetched.append(resource)
            elif lacking and err.key in SCOPE_ERRORS:
                fetched.append(resource)
                self._lacking_scopes = tuple(
                    dict.fromkeys((*self._lacking_scopes, *lacking))
                )
            else:
                failed.append((item, err))
        return fetched, failed

    async def _async_fetch_one(
        self, item: KnownResource, turns: asyncio.Semaphore
    ) -> tuple[Resource, FormError | None]:
        """Return a resource with the values of each element that it lists, or why it cannot be fetched."""
        name = self._default_name(item.name)
        resource = Resource.from_dict(name, item.as_dict())
        try:
            async with turns:
                document = await self._async_document(resource)
        except FormError as err:
            return resource, err
        return Resource.from_dict(name, for_each(item, document).as_dict()), None

    async def _async_document(self, resource: Resource) -> object:
        """Return the document of a resource, None where the answer is empty. Raises FormError."""

        def has_any_value(document: object) -> bool:
            return any(
                value_at(value.path, document) is not MISSING
                for value in resource.values
            )

        try:
            _, document = await async_fetch(
                self.hass,
                self._account,
                resource,
                render_request(self.hass, self._account, resource.request),
                lambda document: document,
                is_found=has_any_value,
            )
        except FormError as err:
            if err.key != "answer_empty":
                raise
            return None
        return document

    def _lacking_scopes_of(self, known: KnownResource) -> list[str]:
        """Return the scopes that a known resource needs and the account has not asked for."""
        asked = AccountSettings.from_entry(self._get_entry()).scopes
        return [scope for scope in known.scopes if scope not in asked]

    def _not_added(self, known: Collection[KnownResource]) -> list[KnownResource]:
        """Return those of known resources that the account does not have yet."""
        present = [subentry.data for subentry in self._get_entry().subentries.values()]
        return [
            item
            for item in known
            if not any(_is_same(item, stored) for stored in present)
        ]


def failure(failed: Sequence[Failed], field: str = CONF_KNOWN) -> FormError:
    """Return the first error, shown with the names of all resources that failed."""
    _, first = failed[0]
    first.errors = {CONF_BASE: first.key, field: "not_added"}
    first.placeholders["failed"] = ", ".join(item.name for item, _ in failed)
    return first


def _is_same(known: KnownResource, stored: Mapping[str, Any]) -> bool:
    """Tell whether a stored resource has the request and a value of a known one."""
    request = Resource.from_dict(known.name, known.as_dict()).request.as_dict()
    if not request.items() <= {**stored}.items():
        return False
    paths = {first_path(known, value.path) for value in known.values}
    return any(
        first_path(known, value[CONF_PATH]) in paths for value in stored[CONF_VALUES]
    )
