"""Who the client is, through the account flow: rows C1 to C7 of what other servers do."""

from base64 import b64encode
import time
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import SCOPES, AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault


async def test_c2_a_device_code_is_asked_for_with_basic_and_the_client_id(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(
        grants=["device_code"],
        authorize_url="",
        device_authorization_url=server.device_url,
        client_authentication="client_secret_basic",
    )
    result = await flow.to_sign_in()

    assert result["step_id"] == "device"
    [asked] = server.device_requests
    assert asked.parameters["client_id"] == "demo-client"


@pytest.mark.parametrize(
    "method",
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "none"],
    ids=lambda method: f"C5-{method}",
)
async def test_c5_a_public_client_signs_in_refreshes_and_is_signed_out(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, method: str
) -> None:
    server.settings.clients["public-client"] = None
    await flow.to_credential(client_authentication=method)
    secret: Any = {} if method == "none" else {"client_secret": "  "}
    await flow.submit(client_id="public-client", details={"scopes": ["read"]}, **secret)
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    server.expire_access_tokens()
    account = result["result"].runtime_data.account
    assert (await account.request("GET", "/me")).status == 200

    # The first asks whether this is a token endpoint at all.
    _, *requests = zip(server.token_requests, server.token_headers, strict=True)
    assert len(requests) == 2
    for sent, headers in requests:
        assert sent["client_id"] == "public-client"
        assert not sent.keys() & {"client_secret", "client_assertion"}
        assert "authorization" not in headers


async def test_a16_each_opening_of_the_window_pushes_anew(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.require_pushed = True
    server.settings.id_token = {"sub": "1"}
    server.settings.metadata_changes = {"jwks_uri": None}
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in(scopes=["openid", "read"])
    # Opened, seen, closed; and again.
    await server.sign_in(await flow.open_window())
    await server.sign_in(await flow.open_window())
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(server.pushed_requests) == 3
    assert len({sent["nonce"] for sent in server.pushed_requests}) == 1
    assert len({sent["code_challenge"] for sent in server.pushed_requests}) == 1


async def test_a16_a_clock_that_is_set_back_does_not_lead_to_an_old_push(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    clock = StoppedClock(time=time.time())
    hass.data[CLOCK] = clock.clock
    server.settings.require_pushed = True
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    # The window stays closed for a minute, while the clock is set.
    clock.move(60)
    clock.time -= 3600
    await server.sign_in(await flow.open_window())

    assert len(server.pushed_requests) == 2


async def test_a16_a_push_that_is_refused_at_a_later_opening_is_told(
    flow: AccountFlow, server: FakeServer, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    result = await flow.to_sign_in()
    address = URL(result["url"]).path
    await flow.open_window()
    server.settings.clients["demo-client"] = "other"
    browser = await hass_client_no_auth()
    assert (await browser.get(address)).status == 200
    result = await flow.take(
        await flow.hass.config_entries.flow.async_configure(result["flow_id"])
    )
    assert result["errors"]["base"] == "client_rejected"
    # The window of a sign-in that has ended leads nowhere.
    for over in (address, f"{address}x"):
        response = await browser.get(over)
        assert response.status == 404
        assert "begin again in Home Assistant" in await response.text()


async def _add_again(flow: AccountFlow, entry: ConfigEntry) -> Any:
    """Sign in once more with the credential of an account."""
    await flow.choose("Sandbox")
    await flow.submit(
        credential=entry.data["auth_implementation"], details={"scopes": SCOPES}
    )
    return await flow.sign_in()


async def test_a8_a_second_account_without_an_identity_is_made(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entries = [await flow.add_account()]
    for _ in range(2):
        result = await _add_again(flow, entries[0])
        assert result["type"] is FlowResultType.CREATE_ENTRY
        entries.append(result["result"])
        await hass.async_block_till_done()

    assert [each.title for each in entries] == ["Sandbox", "Sandbox 2", "Sandbox 3"]
    assert len({each.unique_id for each in entries}) == 3
    server.expire_access_tokens()
    for each in entries:
        account = each.runtime_data.account
        assert (await account.request("GET", "/me")).status == 200
    # Signed in again, the second one is the second one.
    await flow.reconfigure(entries[1])
    credential = entries[1].data["auth_implementation"]
    await flow.submit(credential=credential, details={"scopes": ["read"]})
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert len({each.unique_id for each in entries}) == 3


async def test_a8_a_client_with_a_persons_account_has_one_of_its_own(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    both = ["authorization_code", "client_credentials"]
    persons = await flow.add_account(grants=both)
    answers = {
        "credential": persons.data["auth_implementation"],
        "details": {"scopes": SCOPES, "grant": "client_credentials"},
    }
    await flow.choose("Sandbox")
    result = await flow.submit(**answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].title == "Sandbox 2"
    await hass.async_block_till_done()
    own = result["result"]
    assert persons.unique_id != own.unique_id
    await flow.choose("Sandbox")
    assert (await flow.submit(**answers))["reason"] == "already_configured"
    # Also where the person's account is gone.
    await hass.config_entries.async_remove(persons.entry_id)
    await flow.choose("Sandbox")
    assert (await flow.submit(**answers))["reason"] == "already_configured"
    # Changed, it stays the client's own.
    await flow.reconfigure(own)
    answers["details"] |= {"scopes": ["read"], "allowed_hosts": []}
    result = await flow.submit(**answers)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()


async def test_a8_the_very_same_grant_twice_is_one_account(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    same = Fault.json(200, {"access_token": "planted-1", "refresh_token": "planted-2"})
    await flow.to_credential()
    await flow.to_sign_in()
    server.token_faults.append(same)
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    server.token_faults.append(same)
    result = await _add_again(flow, entry)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_c6_basic_as_it_is_at_sign_in_and_at_refresh(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account(
        client_authentication="client_secret_basic_unencoded"
    )
    server.expire_access_tokens()
    account = entry.runtime_data.account
    assert (await account.request("GET", "/me")).status == 200

    sent = b64encode(b"demo-client:demo-secret").decode()
    _, *headers = server.token_headers
    assert [each["authorization"] for each in headers] == [f"Basic {sent}"] * 2
