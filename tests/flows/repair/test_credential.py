"""A credential that the provider does not accept is replaced in its issue."""

import asyncio
from copy import replace
import json

from cryptography.hazmat.primitives.asymmetric import ec
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.flows.repair import reconfigure
from custom_components.oauth2_client.flows.repair.reconfigure import opens_flows
from custom_components.oauth2_client.flows.repair.trial import Trial
from custom_components.oauth2_client.grant.token_store import async_get_token_store
from custom_components.oauth2_client.health.issues import (
    CLIENT_REJECTED,
    async_client_accepted,
    async_create,
)
from custom_components.oauth2_client.oauth2 import ClientRejected, OAuth2Error
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...account_flow import SCOPES, AccountFlow, private_pem
from ...failures import each_failure, fail
from ...fake_server import FakeServer, Fault
from ...full_disk import full_disk
from ...issue_flow import IssueFlow, issue_keys
from ...resources import add_resource
from ...waiting import until
from .refused_trials import REFUSED_TRIALS

needs_next_flow = pytest.mark.skipif(
    not opens_flows(), reason="this Home Assistant opens no flow from a repair"
)


async def _find_out(server: FakeServer, entry: ConfigEntry) -> None:
    """Replace the secret at the provider, and find that out at a refresh."""
    server.settings.clients["demo-client"] = "new-secret"
    server.expire_access_tokens()
    with pytest.raises(ClientRejected):
        await entry.runtime_data.account.request("GET", "/me")


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account whose secret was replaced at the provider."""
    entry = await flow.add_account()
    await add_resource(flow.hass, entry)
    await _find_out(server, entry)
    return entry


def _credentials(hass: HomeAssistant) -> list[tuple[str, str]]:
    return [
        (item["client_id"], item["client_secret"])
        for item in hass.data[DATA_COMPONENT].async_items()
    ]


def _is_waiting(account: ConfigEntry) -> bool:
    return account.state is ConfigEntryState.SETUP_RETRY


async def test_a_new_secret_is_proven_and_stored_there_and_then(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    entities = set(er.async_get(hass).entities)
    before = len(server.token_requests)
    form = await issue.open("client_rejected")
    assert form["step_id"] == "credential"
    assert [field["name"] for field in form["data_schema"]] == [
        "client_id",
        "client_secret",
    ]
    assert r"invalid\_client" in form["description_placeholders"]["refusal"]
    result = await issue.submit(client_id="demo-client", client_secret="new-secret")
    assert result["type"] == "create_entry"
    assert issue_keys(hass) == []
    await hass.async_block_till_done()

    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    assert _credentials(hass) == [("demo-client", "new-secret")]
    assert set(er.async_get(hass).entities) == entities
    asked = [sent["grant_type"] for sent in server.token_requests[before:]]
    assert asked == ["refresh_token"]


async def test_another_client_id_can_be_typed_and_the_secret_stays(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    server.settings.clients = {"demo-client": "other-secret"}
    await issue.open("client_rejected")
    await issue.submit(client_id="wrong-client", client_secret="other-secret")
    assert issue.result["errors"]["base"] == "client_rejected"
    # The secret that was typed is kept.
    assert (await issue.submit(client_id="demo-client"))["type"] == "create_entry"
    await hass.async_block_till_done()

    assert account.state is ConfigEntryState.LOADED
    assert _credentials(hass) == [("demo-client", "other-secret")]


async def test_what_fails_is_told_as_in_the_form_and_nothing_is_stored(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    before = await async_get_token_store(hass).async_load(account.entry_id)
    await issue.open("client_rejected")
    result = await issue.submit(client_id="demo-client", client_secret="wrong-secret")
    assert result["errors"] == {
        "base": "client_rejected",
        "client_secret": "look_at_client_secret",
    }
    assert "wrong-secret" not in str(result)
    server.token_faults.append(Fault(503))
    result = await issue.submit(client_id="demo-client", client_secret="new-secret")
    assert result["errors"] == {"base": "temporary_failure"}
    assert (await issue.submit(client_id=""))["errors"] == {
        "client_id": "client_id_missing"
    }

    assert issue_keys(hass) == ["client_rejected"]
    assert _credentials(hass) == [("demo-client", "demo-secret")]
    assert await async_get_token_store(hass).async_load(account.entry_id) == before


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        *REFUSED_TRIALS,
        (Fault.json(400, {"error": "unsupported_grant_type"}), "grant_type_rejected"),
        (Fault.json(400, {"error": "redirect_uri_mismatch"}), "redirect_uri_rejected"),
    ],
)
async def test_each_way_to_fail_is_told(
    server: FakeServer,
    account: ConfigEntry,
    issue: IssueFlow,
    fault: Fault,
    error: str,
) -> None:
    await issue.open("client_rejected")
    server.token_faults.extend([fault] * 3)
    result = await issue.submit(client_id="demo-client", client_secret="new-secret")

    assert result["errors"]["base"] == error


async def test_all_accounts_with_the_credential_have_the_new_one(
    hass: HomeAssistant,
    account: ConfigEntry,
    issue: IssueFlow,
) -> None:
    other = MockConfigEntry(
        domain=DOMAIN, title="Other", data=dict(account.data), unique_id="other"
    )
    other.add_to_hass(hass)
    async_create(hass, other, CLIENT_REJECTED, {"reason": ""})
    await issue.open("client_rejected", account)
    await issue.submit(client_id="demo-client", client_secret="new-secret")

    assert issue_keys(hass) == []
    credential = account.data["auth_implementation"]
    assert other.data["auth_implementation"] == credential
    await hass.async_block_till_done()


async def test_an_account_that_is_not_set_up_is_mended_too(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    held = await async_get_token_store(hass).async_load(account.entry_id)
    assert held is not None
    ended = replace(held.token_set, received_at=1.0, expires_at=2.0)
    await async_get_token_store(hass).async_save(
        account.entry_id, replace(held, token_set=ended)
    )
    await hass.config_entries.async_reload(account.entry_id)
    assert _is_waiting(account)
    await issue.open("client_rejected")
    await issue.submit(client_id="demo-client", client_secret="new-secret")
    await hass.async_block_till_done()

    assert account.state is ConfigEntryState.LOADED


@needs_next_flow
async def test_a_sign_in_that_ended_meanwhile_leads_to_the_form_with_what_was_typed(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    account: ConfigEntry,
    issue: IssueFlow,
) -> None:
    server.revoke_grants()
    await issue.open("client_rejected")
    result = await issue.submit(client_id="demo-client", client_secret="new-secret")
    _, flow_id = result["next_flow"]
    await flow.take(await hass.config_entries.flow.async_configure(flow_id))
    assert flow.result["step_id"] == "credential"
    await flow.submit(client_id="demo-client", details={"scopes": SCOPES})
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    assert _credentials(hass) == [("demo-client", "new-secret")]
    assert issue_keys(hass) == []


async def test_a_token_that_cannot_be_written_is_told_and_not_lost(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    await issue.open("client_rejected")
    answers = {"client_id": "demo-client", "client_secret": "new-secret"}
    for _ in range(2):
        with full_disk():
            result = await issue.submit(**answers)
        assert result["errors"] == {"base": "token_not_saved"}
    # The provider has rotated the token, and takes the one before no more.
    assert (await issue.submit(**answers))["type"] == "create_entry"
    await hass.async_block_till_done()

    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    assert issue_keys(hass) == []


async def test_an_issue_that_is_gone_meanwhile_takes_a_credential_still(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    await issue.open("client_rejected")
    async_client_accepted(hass, account)
    assert issue_keys(hass) == []
    assert (await issue.submit(client_id=""))["errors"]
    result = await issue.submit(client_id="demo-client", client_secret="new-secret")

    assert result["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_a_dialog_that_is_closed_meanwhile_loses_no_token(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    trial = await Trial.async_of(hass, account)
    assert trial is not None
    sent = len(server.token_requests)
    let = asyncio.Event()
    server.token_faults.append(Fault(None, let=let))
    trying = asyncio.create_task(trial.async_try("demo-client", "new-secret"))
    await until(lambda: len(server.token_requests) == sent + 1)
    trying.cancel()
    let.set()
    await hass.async_block_till_done()

    assert trying.cancelled()
    assert _credentials(hass) == [("demo-client", "new-secret")]
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


async def test_without_a_refresh_token_it_leads_to_the_sign_in(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    issue: IssueFlow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await flow.add_account()
    held = await async_get_token_store(hass).async_load(entry.entry_id)
    assert held is not None
    token_set = replace(held.token_set, refresh_token=None)
    await async_get_token_store(hass).async_save(
        entry.entry_id, replace(held, token_set=token_set)
    )
    await _find_out(server, entry)
    assert (await issue.open("client_rejected"))["step_id"] == "confirm"
    monkeypatch.setattr(reconfigure, "opens_flows", lambda: False)

    assert (await issue.submit())["reason"] == "reconfigure_by_hand"
    assert issue_keys(hass) == ["client_rejected"]


async def test_an_issue_that_is_solved_while_its_form_opens_is_no_error(
    hass: HomeAssistant,
    account: ConfigEntry,
    issue: IssueFlow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = Trial.async_of

    async def solved(hass: HomeAssistant, entry: ConfigEntry) -> Trial | None:
        async_client_accepted(hass, entry)
        return await read(hass, entry)

    monkeypatch.setattr(Trial, "async_of", solved)

    assert (await issue.open("client_rejected"))["step_id"] == "credential"


async def test_a_client_that_signs_in_for_itself_is_proven_by_a_token_of_its_own(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, issue: IssueFlow
) -> None:
    await flow.to_credential(grants=["client_credentials"], authorize_url="")
    entry = (await flow.to_sign_in())["result"]
    await hass.async_block_till_done()
    await _find_out(server, entry)
    assert (await issue.open("client_rejected"))["step_id"] == "credential"
    await issue.submit(client_id="demo-client", client_secret="new-secret")
    await hass.async_block_till_done()

    assert issue_keys(hass) == []
    assert (await entry.runtime_data.account.request("GET", "/echo")).status == 200


async def test_what_has_to_be_a_key_is_checked_before_anything_is_sent(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    issue: IssueFlow,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    server.settings.client_keys["demo-client"] = key.public_key()
    server.settings.assertion_audiences = {"/token": {server.token_url}}
    await flow.to_credential(client_authentication="private_key_jwt")
    await flow.to_sign_in(client_secret=private_pem(key))
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    async_create(hass, entry, CLIENT_REJECTED, {"reason": "refused"})
    sent = len(server.token_requests)
    await issue.open("client_rejected")
    result = await issue.submit(client_id="demo-client", client_secret="not a key")
    assert result["errors"] == {"client_secret": "key_not_a_key"}
    assert len(server.token_requests) == sent
    # The key that was typed last is not one: the person pastes the right one.
    result = await issue.submit(client_id="demo-client", client_secret=private_pem(key))

    assert result["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_a_new_refresh_token_of_an_unusable_answer_is_kept_and_used_next(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    await issue.open("client_rejected")
    empty = Fault(
        rewrite=lambda body: Fault.json(200, json.loads(body) | {"access_token": ""})
    )
    server.token_faults.append(empty)
    result = await issue.submit(client_id="demo-client", client_secret="new-secret")
    assert result["errors"]
    stored = await async_get_token_store(hass).async_newest(account.entry_id)
    assert stored is not None
    assert stored.token_set.refresh_token == server.grants[-1].refresh_token

    result = await issue.submit(client_id="demo-client", client_secret="new-secret")
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    assert account.state is ConfigEntryState.LOADED


@each_failure
async def test_what_keeps_a_secret_from_being_tried_is_told(
    account: ConfigEntry,
    issue: IssueFlow,
    monkeypatch: pytest.MonkeyPatch,
    failure: OAuth2Error,
    key: str,
) -> None:
    await issue.open("client_rejected", account)
    fail(monkeypatch, failure)
    result = await issue.submit(client_id="demo-client", client_secret="new-secret")

    assert result["errors"] == {"base": key}
