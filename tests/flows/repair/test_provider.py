"""An account whose provider is gone gets another one, or its own one back."""

from collections.abc import Iterator, Mapping
from copy import replace
from typing import Any

import pytest

from custom_components.oauth2_client.catalogue import load, parse_provider
from custom_components.oauth2_client.flows.repair import provider
from custom_components.oauth2_client.grant.token_store import async_get_token_store
from custom_components.oauth2_client.providers.store import (
    ProviderStore,
    async_get_provider_store,
)
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from ...account_flow import AccountFlow
from ...fake_server import FakeServer, Fault
from ...issue_flow import IssueFlow, issue_keys
from ...resources import settle
from .refused_trials import REFUSED_TRIALS


@pytest.fixture
async def account(hass: HomeAssistant, flow: AccountFlow) -> ConfigEntry:
    """An account whose provider is gone after a restart."""
    entry = await flow.add_account()
    store = await async_get_provider_store(hass)
    store._providers.clear()
    store._draft_ids.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    return entry


def _state(entry: ConfigEntry) -> ConfigEntryState:
    return entry.state


async def _enter(hass: HomeAssistant, server: FakeServer, **changed: Any) -> str:
    """Store another service of the person's, and return its id."""
    store: ProviderStore = await async_get_provider_store(hass)
    provider = store.draft_provider(
        {
            "name": "Sandbox renamed",
            "authorize_url": server.authorize_url,
            "token_url": server.token_url,
            "api_base_url": server.api_base_url,
            **changed,
        }
    )
    await store.async_keep_provider(provider)
    return provider.id


async def test_another_service_is_proven_and_used(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    renamed = await _enter(hass, server)
    form = await issue.open("provider_gone")
    assert form["description_placeholders"]["provider"] == "user_sandbox"
    [field] = form["data_schema"]
    assert field["description"] == {"suggested_value": renamed}
    before = len(server.token_requests)
    assert (await issue.submit(provider=renamed))["type"] == "create_entry"
    assert issue_keys(hass) == []
    await settle(hass)

    assert [sent["grant_type"] for sent in server.token_requests[before:]] == [
        "refresh_token"
    ]
    assert account.data["provider"] == renamed
    assert str(account.unique_id).startswith(f"{renamed}:")
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


async def test_one_that_does_not_take_the_sign_in_is_told_and_not_used(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    wrong = await _enter(hass, server, token_url=f"{server.base_url}/nowhere")
    await issue.open("provider_gone")
    result = await issue.submit(provider=wrong)

    assert result["errors"]["base"] in ("grant_rejected", "temporary_failure")
    assert account.data["provider"] == "user_sandbox"
    assert issue_keys(hass) == ["provider_gone"]


async def test_one_that_was_removed_meanwhile_is_not_offered_again(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    removed = await _enter(hass, server)
    left = await _enter(hass, server, name="Sandbox moved")
    await issue.open("provider_gone")
    await (await async_get_provider_store(hass)).async_remove_provider(removed)
    form = await issue.submit(provider=removed)

    assert (form["type"], form["step_id"]) == ("form", "confirm")
    offered = [
        each["value"]
        for each in form["data_schema"][0]["selector"]["select"]["options"]
    ]
    assert removed not in offered
    assert left in offered
    assert account.data["provider"] == "user_sandbox"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        *REFUSED_TRIALS,
        (Fault.json(400, {"error": "invalid_grant"}), "grant_rejected"),
        (Fault.json(400, {"error": "access_denied"}), "access_denied"),
    ],
)
async def test_each_way_to_fail_is_told(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    issue: IssueFlow,
    fault: Fault,
    error: str,
) -> None:
    renamed = await _enter(hass, server)
    await issue.open("provider_gone")
    server.token_faults.extend([fault] * 3)
    result = await issue.submit(provider=renamed)

    assert error in result["errors"].values()


async def test_its_form_reads_the_catalogue_once(
    account: ConfigEntry, issue: IssueFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_entries = load.read_entries
    reads = []

    def counted(containing: bytes = b"") -> Iterator[tuple[str, Mapping[str, Any]]]:
        reads.append(containing)
        return read_entries(containing)

    monkeypatch.setattr(load, "read_entries", counted)
    await issue.open("provider_gone")

    assert reads == [b""]


async def test_where_none_fits_the_way_back_is_told(
    hass: HomeAssistant,
    account: ConfigEntry,
    issue: IssueFlow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{provider.__name__}.async_providers", _none)
    result = await issue.open("provider_gone")

    assert (result["type"], result["reason"]) == ("abort", "no_provider_fits")
    assert issue_keys(hass) == ["provider_gone"]


async def _none(*_: object) -> list[object]:
    return []


async def test_without_a_refresh_token_it_asks_for_a_sign_in_at_the_service(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    store = async_get_token_store(hass)
    held = await store.async_load(account.entry_id)
    assert held is not None
    token_set = replace(held.token_set, refresh_token=None)
    await store.async_save(account.entry_id, replace(held, token_set=token_set))
    renamed = await _enter(hass, server)
    await issue.open("provider_gone")
    await issue.submit(provider=renamed)
    await settle(hass)

    assert issue_keys(hass) == []
    assert account.data["provider"] == renamed
    assert [*account.async_get_active_flows(hass, {SOURCE_REAUTH})]


async def test_a_provider_that_is_entered_again_sets_the_account_up_at_once(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    assert issue_keys(hass) == ["provider_gone"]
    await flow.to_credential()
    await flow.to_sign_in()
    assert issue_keys(hass) == []
    await settle(hass)

    assert _state(account) is ConfigEntryState.LOADED


async def test_what_is_secret_at_the_new_service_is_kept_as_a_secret(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    # Without its service, nothing tells which of an account's variables are secret.
    data = {**account.data, "variables": {"api_key": "planted-key"}}
    hass.config_entries.async_update_entry(
        account, data=data, unique_id=f"{data['provider']}:planted-key:7"
    )
    keyed = {
        "id": "user_keyed",
        "name": "Keyed",
        "token_url": server.token_url,
        "allow_http": True,
        "variables": [{"name": "api_key"}],
    }
    store = await async_get_provider_store(hass)
    await store.async_keep_provider(parse_provider(keyed, category="user"))
    await issue.open("provider_gone")
    await issue.submit(provider="user_keyed")
    await settle(hass)

    assert account.data["variables"] == {}
    assert account.data["secrets"] == {"api_key": "planted-key"}
    assert account.unique_id == "user_keyed:7"
