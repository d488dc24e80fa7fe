"""Changing an account: its scopes, its hosts, its credential."""

import pytest

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .account_flow import SCOPES, AccountFlow
from .fake_server import FakeServer


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account that works."""
    server.settings.id_token = {"sub": "user-1", "email": "ada@example.com"}
    return await flow.add_account()


def _stored(hass: HomeAssistant) -> list[str]:
    return [item["client_secret"] for item in hass.data[DATA_COMPONENT].async_items()]


async def test_other_scopes_are_consented_to(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    await flow.reconfigure(account)
    await flow.submit(
        credential=account.data["auth_implementation"],
        details={"scopes": ["read", "admin"]},
    )
    assert "scope=read+admin" in flow.result["url"]
    result = await flow.sign_in()

    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert account.data["scopes"] == ["read", "admin"]
    assert account.state is ConfigEntryState.LOADED
    assert "token" not in account.data


async def test_further_hosts_need_no_sign_in(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    await flow.reconfigure(account)
    result = await flow.submit(
        credential=account.data["auth_implementation"],
        details={"scopes": SCOPES, "allowed_hosts": ["files.example.com"]},
    )

    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    account.runtime_data.account.resolve_url("https://files.example.com/x")


@pytest.mark.parametrize("host", ["https://", "a b", "user@example.com", "x/y"])
async def test_what_is_no_host_is_told(
    flow: AccountFlow, account: ConfigEntry, host: str
) -> None:
    await flow.reconfigure(account)
    result = await flow.submit(
        credential=account.data["auth_implementation"],
        details={"scopes": SCOPES, "allowed_hosts": [host]},
    )

    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"details": "invalid_host"}


async def test_a_new_secret_takes_the_place_of_the_old_one(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.clients["demo-client"] = "new-secret"
    before = account.data["auth_implementation"]
    await flow.reconfigure(account)
    await flow.to_sign_in(client_secret="new-secret")
    result = await flow.sign_in()

    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert account.state is ConfigEntryState.LOADED
    assert account.data["auth_implementation"] != before
    assert _stored(hass) == ["new-secret"]


async def test_a_wrong_new_secret_leaves_the_account_as_it_was(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    before = dict(account.data)
    await flow.reconfigure(account)
    await flow.to_sign_in(client_secret="wrong-secret")
    result = await flow.sign_in()

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"base": "client_rejected", "client_secret": "look_at_client_secret"},
    )
    assert dict(account.data) == before
    assert _stored(hass) == ["demo-secret"]
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


async def test_another_person_is_refused(
    flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.id_token = {"sub": "user-2"}
    await flow.reconfigure(account)
    await flow.submit(
        credential=account.data["auth_implementation"], details={"scopes": ["read"]}
    )
    result = await flow.sign_in()

    assert (result["reason"], account.data["scopes"]) == ("wrong_account", SCOPES)


async def test_a_credential_that_another_account_uses_is_not_removed(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.id_token = {"sub": "user-2"}
    await flow.choose("Sandbox")
    await flow.submit(
        credential=account.data["auth_implementation"], details={"scopes": SCOPES}
    )
    await flow.sign_in()
    await hass.async_block_till_done()
    server.settings.id_token = {"sub": "user-1"}
    server.settings.clients["other"] = "other-secret"
    await flow.reconfigure(account)
    await flow.to_sign_in("other", "other-secret")
    result = await flow.sign_in()

    assert result["reason"] == "reconfigure_successful"
    assert sorted(_stored(hass)) == ["demo-secret", "other-secret"]


async def test_a_provider_that_is_gone_is_told(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        account, data={**account.data, "provider": "gone"}
    )
    result = await flow.reconfigure(account)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "unknown_provider"


async def test_a_provider_that_no_longer_tells_whose_account_it_is_keeps_it(
    flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    before = account.unique_id
    server.settings.id_token = None
    await flow.reconfigure(account)
    await flow.submit(
        credential=account.data["auth_implementation"], details={"scopes": ["read"]}
    )
    result = await flow.sign_in()

    assert result["reason"] == "reconfigure_successful"
    assert (account.unique_id, account.data["scopes"]) == (before, ["read"])
