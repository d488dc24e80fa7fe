"""Signing an account in again."""

import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.grant.token_store import async_get_token_store
from custom_components.oauth2_client.oauth2 import (
    ClientRejected,
    GrantRejected,
    ScopeRejected,
)
from custom_components.oauth2_client.runtime import async_get_account
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from .account_flow import SCOPES, AccountFlow
from .fake_server import FakeServer, Fault
from .translations import ENGLISH, placeholders


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account whose grant the provider has just ended."""
    server.settings.id_token = {"sub": "user-1", "email": "ada@example.com"}
    entry = await flow.add_account()
    server.revoke_grants()
    with pytest.raises(GrantRejected):
        await async_get_account(flow.hass, entry.entry_id).request("GET", "/me")
    await flow.hass.async_block_till_done()
    return entry


def _reauth(hass: HomeAssistant) -> str:
    [progress] = [
        progress
        for progress in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if progress["context"]["source"] == SOURCE_REAUTH
    ]
    return progress["flow_id"]


async def _confirm(flow: AccountFlow) -> None:
    configure = flow.hass.config_entries.flow.async_configure
    result = await configure(_reauth(flow.hass))
    assert result["step_id"] == "reauth_confirm"
    await flow.take(result)
    await flow.submit()


async def test_the_person_is_asked_once_and_the_account_works_again(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    await _confirm(flow)
    result = await flow.sign_in()

    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert account.state is ConfigEntryState.LOADED
    assert "token" not in account.data
    response = await async_get_account(hass, account.entry_id).request("GET", "/me")
    assert response.status == 200


async def test_another_person_is_refused(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.id_token = {"sub": "user-2", "email": "grace@example.com"}
    store = async_get_token_store(hass)
    before = await store.async_load(account.entry_id)
    await _confirm(flow)
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"
    assert result["description_placeholders"]["account"] == "grace\\@example\\.com"
    assert await store.async_load(account.entry_id) == before


async def test_a_deleted_credential_is_asked_for(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    collection = hass.data[DATA_COMPONENT]
    # As when .storage was restored without it: Home Assistant itself guards what is in use.
    collection.data.pop(account.data["auth_implementation"])
    await _confirm(flow)
    assert flow.result["step_id"] == "credential"
    await flow.to_sign_in(scopes=SCOPES)
    result = await flow.sign_in()

    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert account.state is ConfigEntryState.LOADED


async def test_a_provider_that_is_gone_is_told(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        account, data={**account.data, "provider": "gone"}
    )
    await _confirm(flow)

    assert flow.result["type"] is FlowResultType.ABORT
    assert flow.result["reason"] == "unknown_provider"


async def test_the_new_token_set_is_newer_than_the_old_one(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    store = async_get_token_store(hass)
    before = await store.async_load(account.entry_id)
    await _confirm(flow)
    await flow.sign_in()
    await hass.async_block_till_done()

    after = await store.async_load(account.entry_id)
    assert before is not None
    assert after is not None
    assert before.sign_in < after.sign_in
    assert before.token_set.refresh_token != after.token_set.refresh_token


async def test_a5_the_notice_says_why_in_the_servers_words(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    server.expire_access_tokens()
    words = "Token [revoked](https://a.b)\nby the user of demo-client"
    server.token_faults.append(
        Fault.json(400, {"error": "invalid_grant", "error_description": words})
    )
    with pytest.raises(GrantRejected):
        await async_get_account(hass, entry.entry_id).request("GET", "/me")
    await hass.async_block_till_done()
    result = await flow.take(
        await hass.config_entries.flow.async_configure(_reauth(hass))
    )

    assert result["errors"] == {"base": "grant_rejected"}
    assert result["description_placeholders"]["reason"] == (
        "invalid_grant: Token [revoked](https://a.b) by the user of demo-client"
    )
    # An error of a form is text. Its description would be Markdown, and does not have the words.
    step = ENGLISH["config"]["step"]["reauth_confirm"]
    assert placeholders(step["description"]) == {"name"}


async def test_a5_the_repair_shows_the_servers_words_letter_by_letter(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    server.expire_access_tokens()
    server.token_faults.append(
        Fault.json(401, {"fault": {"faultstring": "Bad client, [see](https://a.b)"}})
    )
    with pytest.raises(ClientRejected):
        await async_get_account(hass, entry.entry_id).request("GET", "/me")
    [issue] = ir.async_get(hass).issues.values()

    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["reason"] == (
        r"invalid\_client\: Bad client\, \[see\]\(https\:\/\/a\.b\)"
    )


async def test_a13_a_scope_that_is_refused_at_a_refresh_is_named(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    server.expire_access_tokens()
    server.token_faults.append(Fault.json(400, {"error": "invalid_scope"}))
    with pytest.raises(ScopeRejected):
        await async_get_account(hass, entry.entry_id).request("GET", "/me")
    [issue] = ir.async_get(hass).issues.values()

    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["scopes"] == r"\: read\, write"
