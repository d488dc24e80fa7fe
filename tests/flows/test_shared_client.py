"""A service that has one client for everybody: nothing is to be typed."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import AccountFlow, suggested
from ..fake_server import FakeServer

SHARED = "for-everybody"


async def _to_credential(flow: AccountFlow, server: FakeServer) -> Any:
    server.settings.clients[SHARED] = None
    return await flow.connect_pasted(
        client_authentication="none", shared_client_id=SHARED
    )


@pytest.mark.parametrize("answers", [{"client_id": SHARED}, {"client_id": ""}, {}])
async def test_the_client_that_a_service_has_for_everybody_needs_no_typing(
    flow: AccountFlow, server: FakeServer, answers: dict[str, str]
) -> None:
    result = await _to_credential(flow, server)
    assert suggested(result)["client_id"] == SHARED
    await flow.submit(**answers, details={"scopes": ["read"]})
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert server.token_requests[-1]["client_id"] == SHARED


async def test_a_client_of_ones_own_wins(flow: AccountFlow, server: FakeServer) -> None:
    server.settings.clients["own"] = None
    await _to_credential(flow, server)
    await flow.submit(client_id="own", details={"scopes": ["read"]})
    await flow.sign_in()

    assert server.token_requests[-1]["client_id"] == "own"


async def test_a_secret_that_only_the_api_takes_can_be_typed(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.clients["own"] = None
    await flow.connect_pasted(
        client_authentication="none",
        api_headers={"X-Key": "{client_id}:{client_secret}"},
    )
    await flow.to_sign_in("own", "planted-secret", scopes=["read"])
    result = await flow.sign_in()
    await hass.async_block_till_done()
    account = result["result"].runtime_data.account
    answer = await account.request("GET", "/echo")

    assert b'"x-key": "own:planted-secret"' in answer.body.lower()
    assert "client_secret" not in server.token_requests[-1]
