"""The steps that take the request of a resource, and send it before the flow goes on."""

from copy import replace
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME

from ...definitions.resource import Resource
from ..request_form import FormError, render_request
from . import RECONFIGURE
from .form import form_from_resource, resource_from_form, resource_schema
from .steps import ResourceSteps


class RequestSteps(ResourceSteps):
    """Takes a request, and fetches the answer that values are picked from."""

    # The form of the request as it was submitted last, None where that was not in this flow.
    _entered: dict[str, Any] | None = None

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Enter the address of a new resource, or paste a definition of `rest:`."""
        if (ended := await self._async_enter(user_input)) is not None:
            return ended
        error: FormError | None = None
        if user_input is not None:
            self._entered = user_input
            try:
                return await self._async_take_address(user_input)
            except FormError as err:
                error = err
        schema = resource_schema(*self._steps_back(), new=True)
        return self._show("address", schema, self._entered, error)

    def _steps_back(self) -> tuple[str, ...]:
        """Return the steps before that of the address."""
        return ()

    async def _async_take_address(self, form: dict[str, Any]) -> SubentryFlowResult:
        """Go on with the resource of a filled-in form. Raises FormError."""
        resource = resource_from_form(form)
        if not form.get(CONF_NAME, "").strip():
            resource = replace(resource, name=self._default_name(resource.name))
        return await self._async_send_and_pick(resource)

    async def async_step_request(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change the request, its schedule and its pages."""
        if (ended := await self._async_enter(user_input)) is not None:
            return ended
        stored = self._stored()
        error: FormError | None = None
        if user_input is not None:
            self._entered = user_input
            values = () if stored is None else stored.values
            try:
                changed = resource_from_form(user_input, values)
                return await self._async_send_and_pick(changed, stored)
            except FormError as err:
                error = err
        return self._show_request(stored, error)

    def _show_request(
        self, stored: Resource | None, error: FormError | None
    ) -> SubentryFlowResult:
        back = () if stored is None else (RECONFIGURE,)
        schema = resource_schema(*back, new=False)
        suggested = self._entered or form_from_resource(stored)
        return self._show("request", schema, suggested, error)

    async def _async_send_and_pick(
        self, resource: Resource, stored: Resource | None = None
    ) -> SubentryFlowResult:
        """Send the request, and show the values to pick; not where the answer has all stored ones.

        Raises FormError.
        """
        self._resource = resource
        render_request(self.hass, self._account, resource.request)
        if stored is not None and _has_same_answer(resource, stored):
            return await self._async_finish(resource)
        self._offer = None
        self._offer = await self._async_offer()
        self._ticked = resource.values
        if stored is not None and not self._offer.missing(stored.values):
            return await self._async_finish(resource)
        return await self.async_step_pick()


def _has_same_answer(resource: Resource, stored: Resource) -> bool:
    """Tell whether at most name and schedule differ, so that the answer need not be fetched."""
    return replace(resource, name=stored.name, schedule=stored.schedule) == stored
