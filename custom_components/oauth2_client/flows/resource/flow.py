"""The subentry flow of a resource, composed of its steps."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from .known.steps import KnownSteps
from .rest_steps import RestSteps
from .values.steps import ValueSteps


class ResourceFlow(RestSteps, KnownSteps, ValueSteps):
    """Adds resources to an account, or changes one."""

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose what to change."""
        if (ended := await self._async_enter()) is not None:
            return ended
        # Changes that were begun in another form are dropped.
        self._offer = self._entered = None
        if self._stored() is None:
            return await self.async_step_request()
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["pick", "values", "request"]
        )
