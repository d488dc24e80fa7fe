"""Signing in where the browser ends at an address that leads nowhere, which is pasted."""

from contextvars import ContextVar
from typing import Any

import pytest
from yarl import URL

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.credentials import redirect_uri
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import http
from homeassistant.helpers.network import NoURLAvailableError

from ..account_flow import AccountFlow
from ..fake_server import FakeServer

LOCAL = "http://localhost:8080/callback"


async def _to_paste(flow: AccountFlow, uri: str = LOCAL) -> Any:
    await flow.to_credential()
    return await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=uri)


def _link(flow: AccountFlow) -> str:
    return str(flow.result["description_placeholders"]["authorize_url"])


async def _paste(flow: AccountFlow, *, allow: bool = True) -> Any:
    """Sign in with the link that is shown, and paste where that ends."""
    return await flow.submit(
        callback=await flow.server.sign_in(_link(flow), allow=allow)
    )


async def test_the_pasted_address_leads_to_an_account(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    result = await _to_paste(flow)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "paste")
    assert URL(_link(flow)).query["redirect_uri"] == LOCAL
    result = await _paste(flow)

    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED
    assert server.token_requests[-1]["redirect_uri"] == LOCAL
    account = result["result"].runtime_data.account
    assert (await account.request("GET", "/me")).status == 200


async def test_the_choice_is_kept_for_the_next_sign_ins(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await _to_paste(flow)
    entry = (await _paste(flow))["result"]
    await hass.async_block_till_done()
    result = await flow.reconfigure(entry)
    [default] = [
        key.default()
        for key in result["data_schema"].schema
        if str(key) == "redirect_uri"
    ]
    assert default == "paste"
    credential = entry.data["auth_implementation"]
    await flow.submit(
        credential=credential, other_redirect_uri=LOCAL, details={"scopes": ["read"]}
    )
    assert (await _paste(flow))["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    [reauth] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await flow.take(
        await hass.config_entries.flow.async_configure(reauth["flow_id"], {})
    )
    assert flow.result["step_id"] == "paste"
    assert (await _paste(flow))["reason"] == "reauth_successful"
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "callback_missing"),
        (LOCAL, "callback_no_answer"),
        (f"{LOCAL}?code=planted-1&state=old", "callback_old"),
        ("https://example.com/?code=planted-1", "callback_other_address"),
    ],
)
async def test_what_is_wrong_is_told_and_can_be_mended(
    flow: AccountFlow, typed: str, error: str
) -> None:
    await _to_paste(flow)
    result = await flow.submit(callback=typed)
    assert (result["step_id"], result["errors"]) == ("paste", {"callback": error})
    [key] = result["data_schema"].schema
    kept = (key.description or {}).get("suggested_value")
    assert kept == (typed if error == "callback_no_answer" else "")

    assert (await _paste(flow))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_refusal_at_the_service_is_told(flow: AccountFlow) -> None:
    await _to_paste(flow)
    result = await _paste(flow, allow=False)

    assert result["step_id"] == "credential"
    assert result["errors"] == {"base": "access_denied"}


async def test_each_time_the_form_is_shown_the_request_is_pushed_anew(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.require_pushed = True
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=LOCAL)
    first = _link(flow)
    await flow.submit()
    assert URL(_link(flow)).query["request_uri"] != URL(first).query["request_uri"]

    assert (await _paste(flow))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("uri", ["", "localhost", "javascript:x", "http://a/#b"])
async def test_a_wrong_redirect_uri_is_told_and_kept_to_be_mended(
    flow: AccountFlow, uri: str
) -> None:
    result = await _to_paste(flow, uri)
    assert result["step_id"] == "credential"
    assert result["errors"] == {"other_redirect_uri": "redirect_uri_wrong"}
    shown = {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if str(key) == "other_redirect_uri"
    }
    assert shown == {"other_redirect_uri": uri}


async def test_where_no_address_is_known_pasting_is_the_choice(
    flow: AccountFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> str:
        raise NoURLAvailableError

    monkeypatch.setattr(redirect_uri, "get_url", unknown)
    nothing = ContextVar[None]("nothing", default=None)
    monkeypatch.setattr(http, "current_request", nothing)
    result = await flow.to_credential()
    shown = result["description_placeholders"]["redirect_uris"]
    assert shown == "- `http://localhost`"
    result = await flow.to_sign_in(other_redirect_uri="http://localhost")

    assert result["step_id"] == "paste"
    assert URL(_link(flow)).query["redirect_uri"] == "http://localhost"
