"""Callbacks that come late or twice, or with an error that no RFC knows."""

import asyncio
import time

import pytest
from yarl import URL

from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import SCOPES, AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault
from ..waiting import until

_MORE_THAN_A_CODE_LASTS = 3600.0


async def _callback(flow: AccountFlow, *, allow: bool = True) -> str:
    """Decide at the provider's page, and return where the browser is led."""
    left = await flow.server.sign_in(await flow.open_window(), allow=allow)
    return URL(left).path_qs


async def _to_callback(flow: AccountFlow) -> str:
    await flow.to_credential()
    await flow.to_sign_in()
    return await _callback(flow)


async def _open(flow: AccountFlow, callback: str) -> int:
    """Open the callback as the browser does; Home Assistant's frontend does not go on yet."""
    response = await flow._client.get(callback)
    return response.status


async def _go_on(flow: AccountFlow) -> FlowResultType:
    manager = flow.hass.config_entries.flow
    result = await flow.take(await manager.async_configure(flow.result["flow_id"]))
    kind: FlowResultType = result["type"]
    return kind


async def test_a_code_that_has_expired_is_told_and_another_sign_in_works(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    clock = StoppedClock(time=time.time())
    hass.data[CLOCK] = clock.clock
    server._store.clock = lambda: clock.time
    callback = await _to_callback(flow)
    clock.move(_MORE_THAN_A_CODE_LASTS)
    result = await flow.come_back(callback)

    assert result["errors"] == {"base": "grant_rejected"}
    reason = result["description_placeholders"]["reason"]
    assert reason == "invalid_grant: code expired or revoked"
    stored = result["data_schema"].schema["credential"].config["options"][0]["value"]
    await flow.submit(credential=stored, details={"scopes": SCOPES})
    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY


async def test_a_page_that_is_reloaded_during_the_exchange_ends_no_grant(
    flow: AccountFlow, server: FakeServer
) -> None:
    """RFC 6749, 4.1.2: a server revokes the tokens of a code that comes twice."""
    callback = await _to_callback(flow)
    before = len(server.token_requests)
    let = asyncio.Event()
    server.token_faults.append(Fault(None, let=let))
    await _open(flow, callback)
    going_on = asyncio.create_task(_go_on(flow))
    await until(lambda: len(server.token_requests) > before)

    async with asyncio.timeout(5):
        assert await _open(flow, callback) == 200
    let.set()
    assert await going_on is FlowResultType.CREATE_ENTRY
    assert len(server.token_requests) == before + 1
    assert not server.grants[-1].revoked


async def test_a_page_that_is_reloaded_before_the_exchange_leaves_it_to_the_form(
    flow: AccountFlow, server: FakeServer
) -> None:
    callback = await _to_callback(flow)
    for _ in range(2):
        assert await _open(flow, callback) == 200

    assert await _go_on(flow) is FlowResultType.CREATE_ENTRY


async def test_a_refusal_that_is_reloaded_is_told_all_the_same(
    flow: AccountFlow,
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    callback = await _callback(flow, allow=False)
    for _ in range(2):
        assert await _open(flow, callback) == 200

    assert await _go_on(flow) is FlowResultType.FORM
    assert flow.result["errors"] == {"base": "access_denied"}


async def test_a_page_that_is_reloaded_later_disturbs_nothing(
    flow: AccountFlow, server: FakeServer
) -> None:
    callback = await _to_callback(flow)
    server.token_faults.append(Fault.json(400, {"error": "invalid_grant"}))
    before = await flow.come_back(callback)
    asked = len(server.token_requests)
    # Home Assistant's own page.
    assert await _open(flow, callback) == 400
    assert len(server.token_requests) == asked
    stored = before["data_schema"].schema["credential"].config["options"][0]["value"]
    await flow.submit(credential=stored, details={"scopes": SCOPES})

    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    await _open(flow, callback)
    assert not server.grants[-1].revoked


@pytest.mark.parametrize("code", ["consent_timeout", "user cancelled login", "1001"])
async def test_an_error_that_no_rfc_knows_is_told_and_another_sign_in_is_offered(
    flow: AccountFlow, code: str
) -> None:
    callback = URL(await _to_callback(flow))
    answer = {"state": callback.query["state"], "error": code}
    result = await flow.come_back(str(callback.with_query(answer)))

    assert result["step_id"] == "stored_credential"
    assert "base" in result["errors"]
    assert code in result["description_placeholders"]["reason"]
