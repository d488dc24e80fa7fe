"""The request of a resource: entered or changed, and sent before the flow goes on."""

from copy import replace
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from ...definitions.resource import Resource
from ..request_form import FormError, render_request
from .form import form_of, new_resource, resource_from_form, resource_schema
from .steps import ResourceSteps


class RequestSteps(ResourceSteps):
    """Takes a request, and fetches what values are picked from."""

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Enter the address of a new resource, or paste a definition of `rest:`."""
        if (lost := await self._async_take_account()) is not None:
            return lost
        mistake: FormError | None = None
        if user_input is not None:
            try:
                return await self._async_go_on_with(
                    new_resource(user_input, self._default_name)
                )
            except FormError as err:
                mistake = err
        return self._show("address", resource_schema(new=True), user_input, mistake)

    async def async_step_request(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change what is sent, and when."""
        if (lost := await self._async_take_account()) is not None:
            return lost
        stored = self._stored()
        mistake: FormError | None = None
        if user_input is not None:
            values = () if stored is None else stored.values
            try:
                changed = resource_from_form(user_input, values)
                return await self._async_go_on_with(changed, stored)
            except FormError as err:
                mistake = err
        answers = user_input or form_of(stored)
        return self._show("request", resource_schema(new=False), answers, mistake)

    async def _async_go_on_with(
        self, resource: Resource, stored: Resource | None = None
    ) -> SubentryFlowResult:
        """Send the request, and show its values unless those of before are still there.

        Raises FormError.
        """
        self._resource = resource
        render_request(self.hass, self._account, resource.request)
        if stored is not None and _is_proven(resource, stored):
            return await self._async_finish(resource)
        self._offer = None
        self._offer = await self._async_offer()
        self._ticked = resource.values
        if stored is not None and not self._offer.missing(stored.values):
            return await self._async_finish(resource)
        return await self.async_step_pick()


def _is_proven(resource: Resource, stored: Resource) -> bool:
    """Return whether only name and schedule differ, so that the answer need not be fetched."""
    named_alike = replace(resource, name=stored.name, schedule=stored.schedule)
    return named_alike == stored
