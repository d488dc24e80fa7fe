"""The request of a resource: entered or changed, and sent before the flow goes on."""

from copy import replace
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME

from ...definitions.resource import Resource
from ..request_form import FormError, render_request
from . import RECONFIGURE
from .form import form_of, resource_from_form, resource_schema
from .steps import ResourceSteps


class RequestSteps(ResourceSteps):
    """Takes a request, and fetches what values are picked from."""

    # The form of the request, as it was filled in last.
    _entered: dict[str, Any] | None = None

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Enter the address of a new resource, or paste a definition of `rest:`."""
        if (left := await self._async_leave(user_input)) is not None:
            return left
        mistake: FormError | None = None
        if user_input is not None:
            self._entered = user_input
            try:
                return await self._async_add(user_input)
            except FormError as err:
                mistake = err
        schema = resource_schema(*self._ways_back(), new=True)
        return self._show("address", schema, self._entered, mistake)

    def _ways_back(self) -> tuple[str, ...]:
        """Return the forms that are before that of an address."""
        return ()

    async def _async_add(self, form: dict[str, Any]) -> SubentryFlowResult:
        """Go on with the resource of a filled-in form. Raises FormError."""
        resource = resource_from_form(form)
        if not form.get(CONF_NAME, "").strip():
            resource = replace(resource, name=self._default_name(resource.name))
        return await self._async_go_on_with(resource)

    async def async_step_request(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change what is sent, and when."""
        if (left := await self._async_leave(user_input)) is not None:
            return left
        stored = self._stored()
        mistake: FormError | None = None
        if user_input is not None:
            self._entered = user_input
            values = () if stored is None else stored.values
            try:
                changed = resource_from_form(user_input, values)
                return await self._async_go_on_with(changed, stored)
            except FormError as err:
                mistake = err
        return self._show_request(stored, mistake)

    def _show_request(
        self, stored: Resource | None, mistake: FormError | None
    ) -> SubentryFlowResult:
        ways = () if stored is None else (RECONFIGURE,)
        schema = resource_schema(*ways, new=False)
        return self._show("request", schema, self._entered or form_of(stored), mistake)

    async def _async_go_on_with(
        self, resource: Resource, stored: Resource | None = None
    ) -> SubentryFlowResult:
        """Send the request, and show its values unless the answer still has all stored ones.

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
