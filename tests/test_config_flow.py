"""The account flow, through its front door, at a real server."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .account_flow import AccountFlow


async def test_four_forms_lead_to_an_account(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    result = await flow.start()
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    result = await flow.submit(provider="manual")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "manual")
    result = await flow.submit(**flow.manual_form())
    assert (result["step_id"], result["errors"]) == ("credential", None)
    await flow.to_sign_in()
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.title == "Sandbox"
    assert entry.state is ConfigEntryState.LOADED
    assert "token" not in entry.data
