"""A key of one's own, which a service wants beside the token: typed once, and shown nowhere."""

from typing import Any

from custom_components.oauth2_client.catalogue import load_provider
from custom_components.oauth2_client.flows.account_form import KEPT_SECRET
from custom_components.oauth2_client.flows.service.form import variables_schema
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.selector import TextSelector, TextSelectorType

from ..account_flow import AccountFlow, suggested

KEY = "planted-key/+=="


async def _to_variables(flow: AccountFlow) -> Any:
    """Begin to connect a service that wants a key and a region."""
    return await flow.connect_pasted(
        api_headers={"X-Key": "{api_key}"},
        api_query={"region": "{region}"},
        variables=[{"name": "api_key"}, {"name": "region"}],
    )


def test_a_key_of_ones_own_is_typed_unseen() -> None:
    provider = load_provider("volvo")

    [field] = [
        selector
        for key, selector in variables_schema(provider).schema.items()
        if key == "api_key"
    ]
    assert isinstance(field, TextSelector)
    assert field.config["type"] == TextSelectorType.PASSWORD


async def test_a_key_that_was_typed_is_not_sent_back_and_not_lost(
    flow: AccountFlow,
) -> None:
    await _to_variables(flow)
    result = await flow.submit(api_key=KEY, region="no region")

    assert result["errors"] == {"region": "invalid_variable"}
    assert suggested(result)["api_key"] == KEPT_SECRET
    assert KEY not in repr(suggested(result))
    await flow.submit(api_key=KEPT_SECRET, region="eu")
    await flow.to_sign_in()
    result = await flow.sign_in()
    assert result["result"].data["secrets"] == {"api_key": KEY}


async def test_a_key_of_ones_own_goes_with_requests_and_is_shown_nowhere(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await _to_variables(flow)
    await flow.submit(api_key=KEY, region="eu")
    await flow.to_sign_in()
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    answer = await entry.runtime_data.account.request("GET", "/echo")

    assert KEY.encode() in answer.body
    assert KEY not in f"{entry.title} {entry.unique_id}"
    assert entry.data["variables"] == {"region": "eu"}
    assert entry.data["secrets"] == {"api_key": KEY}
    account = entry.runtime_data.account
    assert KEY not in account.redaction().redact(answer.body.decode())
