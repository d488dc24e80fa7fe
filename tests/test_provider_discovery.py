"""*Find by address*: what a server publishes becomes a filled-in form, unless it lies."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .account_flow import AccountFlow, suggested
from .fake_server import FakeServer, Fault


async def test_an_issuer_fills_in_the_form_and_leads_to_an_account(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    result = await flow.discover(server.base_url)

    assert result["step_id"] == "found"
    assert result["description_placeholders"]["offered"] == "read, write"
    found = suggested(result)
    assert found["name"] == "127.0.0.1"
    assert found["authorize_url"] == server.authorize_url
    assert found["token_url"] == server.token_url
    assert found["api_base_url"] == ""
    assert found["details"]["client_authentication"] == "client_secret_basic"
    assert found["details"]["device_authorization_url"] == server.device_url
    assert found["details"]["grants"] == [
        "authorization_code",
        "device_code",
        "client_credentials",
    ]
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(server.pushed_requests) == 1


async def test_an_api_leads_to_its_server(
    flow: AccountFlow, server: FakeServer
) -> None:
    found = suggested(await flow.discover(server.api_base_url))

    assert found["token_url"] == server.token_url
    assert found["api_base_url"] == server.api_base_url


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"issuer": "https://example.com"}, "issuer_mismatch"),
        ({"token_endpoint": "http://example.com/token"}, "https_required"),
        ({"token_endpoint": None}, "invalid_metadata"),
        ({"token_endpoint": 5}, "invalid_metadata"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "invalid_metadata"),
    ],
)
async def test_metadata_that_lies_is_refused_with_what_is_wrong(
    flow: AccountFlow, server: FakeServer, changes: dict[str, Any], error: str
) -> None:
    server.settings.metadata_changes = changes
    result = await flow.discover(server.base_url)

    assert (result["step_id"], result["errors"]) == ("discover", {"address": error})
    assert suggested(result) == {"address": server.base_url}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(404), "nothing_found"),
        (Fault(200, {}, b"<html>Sign in</html>"), "nothing_found"),
        (Fault(302, {"Location": "http://127.0.0.1:1/"}), "nothing_found"),
        (Fault(200, {}, b"[" * 100_000), "invalid_metadata"),
    ],
)
async def test_a_server_that_publishes_nothing_is_told(
    flow: AccountFlow, server: FakeServer, fault: Fault, error: str
) -> None:
    server.metadata_faults.extend([fault] * 12)
    result = await flow.discover(server.base_url)

    assert result["errors"] == {"address": error}


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("", "invalid_url"),
        ("not a host", "invalid_url"),
        ("http://example.com", "https_required"),
        ("http://127.0.0.1:9", "cannot_connect"),
    ],
)
async def test_an_address_that_cannot_be_asked_is_told(
    flow: AccountFlow, address: str, error: str
) -> None:
    result = await flow.discover(address)

    assert result["errors"] == {"address": error}
