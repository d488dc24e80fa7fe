"""Issues lead to where they are mended."""

from http import HTTPStatus
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oauth2_client import repairs
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.oauth2 import ClientRejected
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .account_flow import AccountFlow
from .fake_server import FakeServer

pytestmark = pytest.mark.usefixtures("issue_pages")


@pytest.fixture
async def issue_pages(hass: HomeAssistant) -> None:
    """Set up `repairs`, whose views have to be registered before the server starts."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account whose secret was replaced at the provider."""
    entry = await flow.add_account()
    server.settings.clients["demo-client"] = "new-secret"
    server.expire_access_tokens()
    with pytest.raises(ClientRejected):
        await entry.runtime_data.account.request("GET", "/me")
    return entry


async def _fix(hass_client: ClientSessionGenerator, entry: ConfigEntry) -> Any:
    """Open the issue and press the button in it, as the frontend does."""
    client = await hass_client()
    issue_id = f"client_rejected_{entry.entry_id}"
    response = await client.post(
        "/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id}
    )
    assert response.status == HTTPStatus.OK
    form = await response.json()
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"]["account"] == "Sandbox"
    assert r"invalid\_client" in form["description_placeholders"]["reason"]
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert response.status == HTTPStatus.OK
    return await response.json()


@pytest.mark.skipif(
    not repairs.opens_flows(), reason="this Home Assistant opens no flow from a repair"
)
async def test_a_rejected_client_leads_to_the_credential_and_is_mended_there(
    hass: HomeAssistant,
    flow: AccountFlow,
    account: ConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    result = await _fix(hass_client, account)
    kind, flow_id = result["next_flow"]
    assert kind == "config_flow"

    await flow.take(await hass.config_entries.flow.async_configure(flow_id))
    assert flow.result["step_id"] == "reconfigure"
    await flow.to_sign_in(client_secret="new-secret")
    await flow.sign_in()
    await hass.async_block_till_done()

    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    assert not ir.async_get(hass).issues


async def test_where_no_flow_can_be_opened_the_way_is_told(
    hass: HomeAssistant,
    account: ConfigEntry,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repairs, "opens_flows", lambda: False)
    result = await _fix(hass_client, account)

    assert (result["type"], result["reason"]) == ("abort", "reconfigure_by_hand")
    assert ir.async_get(hass).issues


async def test_a_refresh_that_goes_well_takes_the_issue_back(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.clients["demo-client"] = "demo-secret"
    assert ir.async_get(hass).issues
    await hass.config_entries.async_reload(account.entry_id)
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200

    assert not ir.async_get(hass).issues


@pytest.mark.parametrize("key", repairs.ACCOUNT_ISSUES)
async def test_a14_a_sign_in_takes_each_issue_back_at_once(
    hass: HomeAssistant, flow: AccountFlow, key: str
) -> None:
    entry = await flow.add_account()
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={
            "account": "Sandbox",
            "reason": "",
            "scopes": "",
            "date": "",
        },
    )
    await flow.reconfigure(entry)
    await flow.submit(
        credential=entry.data["auth_implementation"], details={"scopes": ["read"]}
    )
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    assert not ir.async_get(hass).issues
