"""Leads from an issue to the account's reconfigure flow."""

from inspect import signature
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from ...const import CHANGE_ACCOUNT, DOMAIN


class ReconfigureFlow(RepairsFlow):
    """Opens the account's reconfigure flow, where credential and scopes are changed.

    `flow_data` is what that flow begins with in place of its form's input. By default, the form opens.
    """

    def __init__(
        self, entry: ConfigEntry, flow_data: dict[str, Any] | None = None
    ) -> None:
        super().__init__()
        self._entry = entry
        self._flow_data = CHANGE_ACCOUNT if flow_data is None else flow_data
        self._placeholders: dict[str, str] = {}

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show what is wrong."""
        # The issue may be gone by the time that a form is ready.
        self._issue_placeholders()
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Go on to the reconfigure flow, once confirmed."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", description_placeholders=self._issue_placeholders()
            )
        return await self._async_reconfigure(self._flow_data)

    async def _async_reconfigure(self, flow_data: dict[str, Any]) -> RepairsFlowResult:
        if not opens_flows():
            return self._abort_by_hand()
        from homeassistant.components.repairs.const import FlowType  # noqa: PLC0415 - 2026.8 does not have it

        result = await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context={
                "source": SOURCE_RECONFIGURE,
                "entry_id": self._entry.entry_id,
            },
            data=flow_data,
        )
        if result["type"] is FlowResultType.ABORT:
            if result["reason"] == "reconfigure_successful":
                # The client signed in without a person, so that the flow has ended without a form.
                return self.async_create_entry(data={})
            return self._abort_by_hand()
        return self.async_create_entry(
            data={}, next_flow=(FlowType.CONFIG_FLOW, result["flow_id"])
        )

    def _abort_by_hand(self) -> RepairsFlowResult:
        """End the flow, and say how the account is reconfigured by hand."""
        return self.async_abort(
            reason="reconfigure_by_hand",
            description_placeholders=self._issue_placeholders(),
        )

    def _issue_placeholders(self) -> dict[str, str]:
        """Return the placeholders of the issue: those of before where it is gone in the meantime."""
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        if issue is not None:
            self._placeholders = dict(issue.translation_placeholders or {})
        return dict(self._placeholders)


def opens_flows() -> bool:
    """Tell whether a repair flow can open another flow, which it cannot in Home Assistant 2026.8."""
    return "next_flow" in signature(RepairsFlow.async_create_entry).parameters
