"""Signing in where the browser ends at an address that leads nowhere, which is pasted."""

from contextvars import ContextVar
import json
from typing import Any

import pytest
from yarl import URL

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.credentials import redirect_uri
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import http
from homeassistant.helpers.network import NoURLAvailableError

from ..account_flow import SCOPES, AccountFlow, redirect_uris, suggested
from ..credentials.registering import made
from ..fake_server import FakeServer

LOCAL = "http://localhost:8080/callback"


async def _to_paste(flow: AccountFlow, uri: str = LOCAL) -> Any:
    await flow.to_credential()
    return await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=uri)


def _link(flow: AccountFlow) -> str:
    return str(flow.result["description_placeholders"]["authorize_url"])


def _own(flow: AccountFlow) -> dict[str, str]:
    """Return the redirect URI of Home Assistant's own that is selected."""
    return {"redirect_uri": suggested(flow.result)["redirect"]["redirect_uri"]}


async def _paste(flow: AccountFlow) -> Any:
    """Sign in with the link that is shown, and paste where that ends."""
    return await flow.submit(callback=await flow.server.sign_in(_link(flow)))


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


async def test_a_sign_in_that_is_pasted_can_be_left(flow: AccountFlow) -> None:
    await _to_paste(flow)
    result = await flow.submit(way="credential")

    assert (result["step_id"], result["errors"]) == ("stored_credential", None)


async def test_the_choice_is_kept_for_the_next_sign_ins(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await _to_paste(flow)
    entry = (await _paste(flow))["result"]
    await hass.async_block_till_done()
    result = await flow.reconfigure(entry)
    assert suggested(result)["redirect"]["redirect_uri"] == "paste"
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
        (f"{LOCAL}?code=planted-1", "callback_no_state"),
        (f"{LOCAL}?code=planted-1&code=planted-2", "callback_repeated"),
        ("?client_id=demo-client&response_type=code", "callback_sign_in_page"),
        (f"{LOCAL}?code={'planted-1' * 2000}", "callback_too_long"),
    ],
)
async def test_what_is_wrong_is_told_and_can_be_mended(
    flow: AccountFlow, typed: str, error: str
) -> None:
    await _to_paste(flow)
    result = await flow.submit(callback=typed)
    assert (result["step_id"], result["errors"]) == ("paste", {"callback": error})
    assert "callback" not in suggested(result)

    assert (await _paste(flow))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_refusal_at_the_service_is_told(flow: AccountFlow) -> None:
    await _to_paste(flow)
    answer = URL(await flow.server.sign_in(_link(flow), allow=False))
    told = answer.update_query(error_description="Ask your admin")
    result = await flow.submit(callback=str(told))

    assert result["step_id"] == "stored_credential"
    assert result["errors"] == {"base": "access_denied"}
    assert "Ask your admin" in result["description_placeholders"]["reason"]


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
    # Above the section, which is open.
    assert result["errors"] == {"redirect": "redirect_uri_wrong"}
    section = result["data_schema"].schema["redirect"]
    assert section.options == {"collapsed": False}
    assert suggested(result)["redirect"]["other_redirect_uri"] == uri
    # What cannot be registered is not what to register.
    told = result["description_placeholders"]["redirect_uri"]
    assert told == f"`{redirect_uris(result)[0]}`"


async def test_a_wrong_redirect_uri_does_not_matter_where_nobody_is_sent_back(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.to_credential(grants=["authorization_code", "client_credentials"])
    wrong: dict[str, Any] = {
        "redirect_uri": "paste",
        "other_redirect_uri": "localhost",
    }
    result = await flow.to_sign_in(**wrong)
    assert result["errors"] == {"redirect": "redirect_uri_wrong"}
    result = await flow.to_sign_in(**wrong, details={"grant": "client_credentials"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()

    store = await async_get_provider_store(hass)
    credential = result["result"].data["auth_implementation"]
    assert store.redirect_uri(credential) is None


async def test_where_no_address_is_known_pasting_is_the_choice(
    flow: AccountFlow,
) -> None:
    def unknown(*_: object, **__: object) -> str:
        raise NoURLAvailableError

    nothing = ContextVar[None]("nothing", default=None)
    # Undone here: the fixture that replaces the request for all flows ends before `monkeypatch` does.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(redirect_uri, "get_url", unknown)
        patched.setattr(http, "current_request", nothing)
        result = await flow.to_credential()
        shown = result["description_placeholders"]["redirect_uri"]
        assert shown == "`http://localhost`"
        # There is no other choice, so it is not hidden.
        section = result["data_schema"].schema["redirect"]
        assert section.options == {"collapsed": False}
        result = await flow.to_sign_in(other_redirect_uri="http://localhost")

        assert result["step_id"] == "paste"
        assert URL(_link(flow)).query["redirect_uri"] == "http://localhost"
        assert (await _paste(flow))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("issuer", "error"),
    [(None, "callback_no_issuer"), ("https://evil.example", "callback_other_issuer")],
)
async def test_the_issuer_of_the_answer_is_checked(
    flow: AccountFlow, server: FakeServer, issuer: str | None, error: str
) -> None:
    promise = {"authorization_response_iss_parameter_supported": True}
    server.settings.metadata_changes |= promise
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=LOCAL)
    answer = URL(await server.sign_in(_link(flow)))
    wrong = answer if issuer is None else answer.update_query(iss=issuer)
    before = list(server.token_requests)
    result = await flow.submit(callback=str(wrong))
    assert (result["step_id"], result["errors"]) == ("paste", {"callback": error})
    assert result["description_placeholders"]["found"] == (issuer or "")
    assert server.token_requests == before

    right = answer.update_query(iss=server.base_url)
    result = await flow.submit(callback=str(right))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_code_alone_needs_the_proof_of_pkce(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _to_paste(flow)
    code = URL(await server.sign_in(_link(flow))).query["code"]
    assert (await flow.submit(callback=code))["type"] is FlowResultType.CREATE_ENTRY

    server.settings.require_pkce = False
    await flow.to_credential(name="Other", pkce=False)
    await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=LOCAL)
    code = URL(await server.sign_in(_link(flow))).query["code"]
    result = await flow.submit(callback=code)
    assert result["errors"] == {"callback": "callback_code_alone"}


async def test_a_code_of_another_sign_in_makes_no_account(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _to_paste(flow)
    foreign = URL(await server.sign_in(_link(flow))).query["code"]
    await flow.to_credential(name="Other")
    await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=LOCAL)
    result = await flow.submit(callback=foreign)
    assert (result["step_id"], result["errors"]) == (
        "stored_credential",
        {"base": "grant_rejected"},
    )

    # What was chosen is still there.
    form = suggested(result)
    assert form["redirect"] == {"redirect_uri": "paste", "other_redirect_uri": LOCAL}
    await flow.submit(**form)
    assert (await _paste(flow))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_client_is_registered_with_the_address_that_is_pasted(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes |= {"registration_endpoint": endpoint}
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    server.api_faults.append(made(server))
    chosen = {"redirect_uri": "paste", "other_redirect_uri": LOCAL}
    await flow.submit(register=True, **chosen, details={"scopes": SCOPES})
    assert flow.result["step_id"] == "paste"
    entry = (await _paste(flow))["result"]
    await hass.async_block_till_done()

    registered = [
        json.loads(request.body)["redirect_uris"]
        for request in server.api_requests
        if request.path == "/api/register"
    ]
    assert registered == [[LOCAL]]
    store = await async_get_provider_store(hass)
    kept = store.redirect_uri(entry.data["auth_implementation"])
    assert kept is not None
    assert (kept.uri, kept.pasted) == (LOCAL, True)


async def test_a_registered_client_is_not_used_with_an_address_it_does_not_have(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.clients["second-client"] = "second-secret"
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes |= {"registration_endpoint": endpoint}
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    server.api_faults.append(made(server))
    await flow.submit(register=True, **_own(flow), details={"scopes": SCOPES})
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()

    await flow.reconfigure(entry)
    second = {"client_id": "second-client", "client_secret": "second-secret"}
    server.api_faults.append(made(server, **second))
    await flow.submit(
        credential=entry.data["auth_implementation"],
        redirect_uri="paste",
        other_redirect_uri=LOCAL,
        details={"scopes": SCOPES},
    )
    assert URL(_link(flow)).query["client_id"] == "second-client"
    assert (await _paste(flow))["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()


async def test_a_credential_keeps_its_address_while_that_of_another_is_selected(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.clients["second-client"] = "second-secret"
    await flow.add_account()
    await flow.choose("Sandbox")
    await flow.to_sign_in(
        "second-client",
        "second-secret",
        redirect_uri="paste",
        other_redirect_uri=LOCAL,
    )
    entry = (await _paste(flow))["result"]
    await hass.async_block_till_done()

    await flow.choose("Sandbox")
    form = suggested(flow.result)
    assert form["credential"] != entry.data["auth_implementation"]
    assert form["redirect"]["redirect_uri"] != "paste"
    form["credential"] = entry.data["auth_implementation"]
    result = await flow.submit(**form)
    assert result["step_id"] == "paste"
    assert URL(_link(flow)).query["redirect_uri"] == LOCAL


async def test_what_the_pasted_address_brings_besides_the_code_is_kept(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.connect_pasted(callback_values={"realm": "realmId"})
    await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=LOCAL)
    ended = URL(await server.sign_in(_link(flow))).update_query(realmId="1 2")
    result = await flow.submit(callback=str(ended))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    account = result["result"].runtime_data.account
    assert account.token_set.values == {"realm": "1 2"}


async def test_a_pasted_address_without_what_the_api_needs_is_told(
    flow: AccountFlow,
) -> None:
    await flow.connect_pasted(callback_values={"realm": "realmId"})
    await flow.to_sign_in(redirect_uri="paste", other_redirect_uri=LOCAL)
    result = await _paste(flow)

    assert result["errors"] == {"base": "callback_incomplete"}
