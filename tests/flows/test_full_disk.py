"""A disk that takes nothing: what a person sees, and that nothing is lost."""

from collections.abc import Callable, Coroutine
from copy import replace
from pathlib import Path
from typing import Any

import pytest

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import SCOPES, AccountFlow, suggested
from ..fake_server import FakeServer
from ..full_disk import full_disk
from ..issue_flow import issue_keys
from ..resources import SubentryFlow
from ..translations import ENGLISH, subentry_words

_KNOWN: dict[str, Any] = {
    "id": "weather",
    "name": "Weather",
    "url": "/weather",
    "values": [{"key": "temp", "name": "Temp", "path": "$.current.temperature"}],
}


async def _add_by_address(adding: SubentryFlow) -> Any:
    return await adding.submit(name="Weather", url="/weather", interval=60)


async def _add_known(adding: SubentryFlow) -> Any:
    return await adding.submit(known=["weather"])


@pytest.mark.parametrize(
    ("known", "submit", "next_step"),
    [
        ((), _add_by_address, (FlowResultType.FORM, "pick")),
        ((_KNOWN,), _add_known, (FlowResultType.CREATE_ENTRY, None)),
    ],
)
async def test_a_resource_is_added_once_there_is_space(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    known: tuple[dict[str, Any], ...],
    submit: Callable[[SubentryFlow], Coroutine[Any, Any, Any]],
    next_step: tuple[FlowResultType, str | None],
) -> None:
    account = await flow.add_account()
    connected = account.runtime_data.account
    connected.provider = replace(connected.provider, known_resources_json=known)
    adding = SubentryFlow(hass, account)
    await adding.start()
    server.expire_access_tokens()
    before = server.issued
    with full_disk():
        for _ in range(2):
            result = await submit(adding)
            assert result["errors"]["base"] == "token_not_saved"
    words = subentry_words("resource")["error"]["token_not_saved"]
    assert "Free some space" in words
    # What was entered is there still, and the refresh token has not been used.
    assert suggested(result).get("url", "/weather") == "/weather"
    assert suggested(result).get("known", ["weather"]) == ["weather"]
    assert server.issued == before
    assert issue_keys(hass) == ["storage_not_writable"]
    result = await submit(adding)

    assert (result["type"], result.get("step_id")) == next_step
    assert issue_keys(hass) == []


async def test_a_new_account_waits_until_there_is_space(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    with full_disk():
        result = await flow.sign_in()
        await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # No form for a resource opens on top of it.
    assert "next_flow" not in result
    entry = result["result"]
    assert entry.state is ConfigEntryState.SETUP_RETRY
    told = ENGLISH["exceptions"]["token_not_saved"]["message"]
    assert entry.reason == told.removesuffix(".")
    assert issue_keys(hass) == ["storage_not_writable"]
    await hass.config_entries.async_reload(entry.entry_id)

    assert issue_keys(hass) == []
    assert (await entry.runtime_data.account.request("GET", "/me")).status == 200


async def test_a_sign_in_that_cannot_be_counted_is_made_again_once_it_can(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    account: ConfigEntry = await flow.add_account()
    before = {**account.data}
    path = Path(hass.config.path(f".storage/oauth2_client.token.{account.entry_id}"))
    kept = path.rename(path.with_name("kept"))
    path.mkdir()
    await flow.reconfigure(account)
    answers = suggested(flow.result) | {"details": {"scopes": SCOPES}}
    await flow.submit(**answers)
    result = await flow.sign_in()
    # `check_result` has found its words.
    assert result["errors"]["base"] == "token_not_saved"
    assert account.data == before
    path.rmdir()
    kept.rename(path)
    await flow.submit(**answers)
    result = await flow.sign_in()

    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
