"""The subentry flow of a resource: what is wanted, the live answer, its values."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from .known_steps import KnownSteps
from .rest_steps import RestSteps
from .value_steps import ValueSteps


class ResourceFlow(RestSteps, KnownSteps, ValueSteps):
    """Adds resources to an account, or changes one."""

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose what to change."""
        if (left := await self._async_leave()) is not None:
            return left
        # What was begun in another form is not stored.
        self._offer = self._entered = None
        if self._stored() is None:
            return await self.async_step_request()
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["pick", "values", "request"]
        )
