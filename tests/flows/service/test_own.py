"""Services of one's own: changed, removed, and their names taken again."""

from typing import Any

import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ...account_flow import AccountFlow, suggested
from ...fake_server import FakeServer, Settings


async def _open(flow: AccountFlow, step: str) -> Any:
    """Open a step of the only service of one's own."""
    await flow.start()
    await flow.submit(next_step_id="own_services")
    await flow.submit(next_step_id="choose_own")
    return await flow.submit(next_step_id=step)


async def _change(flow: AccountFlow, **changed: Any) -> Any:
    """Change the only service of one's own."""
    form = suggested(await _open(flow, "change_service"))
    details = form.pop("details") | changed.pop("details", {})
    return await flow.submit(**form | changed, details=details)


async def _kept(hass: HomeAssistant, flow: AccountFlow, **changed: Any) -> None:
    """Store a service that no account uses."""
    store = await async_get_provider_store(hass)
    raw = {
        "name": "Sandbox",
        "authorize_url": flow.server.authorize_url,
        "token_url": flow.server.token_url,
        "api_base_url": flow.server.api_base_url,
        **changed,
    }
    raw = {key: value for key, value in raw.items() if value is not None}
    await store.async_keep_provider(store.draft_provider(raw))


def _reauths(hass: HomeAssistant) -> list[str]:
    return [
        progress["context"]["entry_id"]
        for progress in hass.config_entries.flow.async_progress()
        if progress["context"]["source"] == SOURCE_REAUTH
    ]


async def test_without_any_there_is_only_one_to_paste(flow: AccountFlow) -> None:
    await flow.start()
    result = await flow.submit(next_step_id="own_services")

    assert result["menu_options"] == ["import_service", "user"]


async def test_a_service_shows_where_it_leads_and_who_uses_it(
    flow: AccountFlow, account: ConfigEntry, server: FakeServer
) -> None:
    await flow.start()
    await flow.submit(next_step_id="own_services")
    result = await flow.submit(next_step_id="choose_own")

    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "own_service")
    shown = result["description_placeholders"]
    assert shown["token_url"] == f"`{server.token_url}`"
    assert "ada" in shown["accounts"]


async def test_what_a_service_does_not_have_is_told_in_words(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await _kept(hass, flow, name="Weather", api_base_url=None)
    await flow.start()
    await flow.submit(next_step_id="own_services")
    result = await flow.submit(next_step_id="choose_own")

    shown = result["description_placeholders"]
    assert shown["api_base_url"] == "none. Each address is entered whole."
    assert "–" not in shown.values()


async def test_one_of_several_is_chosen(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    await _kept(hass, flow, name="Weather")
    await flow.start()
    await flow.submit(next_step_id="own_services")
    await flow.submit(next_step_id="choose_own")
    result = await flow.submit()
    assert result["errors"] == {"provider": "service_missing"}
    result = await flow.submit(provider="user_weather")

    assert result["description_placeholders"]["service"] == "Weather"


async def test_a_change_reaches_the_accounts_without_a_sign_in(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry, server: FakeServer
) -> None:
    tokens = len(server.token_requests)
    result = await _change(flow, api_base_url=f"{server.base_url}/other")
    await hass.async_block_till_done()

    assert result["step_id"] == "service_changed"
    assert account.state is ConfigEntryState.LOADED
    url = account.runtime_data.account.resolve_url("/me")
    assert str(url) == f"{server.base_url}/other/me"
    assert (_reauths(hass), len(server.token_requests)) == ([], tokens)


async def test_another_server_asks_for_a_new_sign_in(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry, server: FakeServer
) -> None:
    async with FakeServer(Settings()) as other:
        await _change(flow, token_url=other.token_url)
        await hass.async_block_till_done()

        assert account.state is ConfigEntryState.SETUP_ERROR
        assert _reauths(hass) == [account.entry_id]
        # No refresh token went there; an empty request tried the endpoint.
        assert not any("refresh_token" in each for each in other.token_requests)


async def test_a_new_name_is_the_accounts_too(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    await _change(flow, name="Weather")
    await hass.async_block_till_done()
    assert account.title == "Weather · ada@example.com"

    hass.config_entries.async_update_entry(account, title="Mine")
    await _change(flow, name="Sandbox")
    await hass.async_block_till_done()
    assert account.title == "Mine"
    assert account.data["provider"] == "user_sandbox"


async def test_what_is_sent_unchanged_changes_nothing(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    store = await async_get_provider_store(hass)
    before = await store.async_provider("user_sandbox")
    result = await _change(flow)

    assert result["step_id"] == "own_service"
    assert await store.async_provider("user_sandbox") == before


async def test_all_that_the_form_has_no_place_for_stays(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await _kept(
        hass,
        flow,
        identity={"url": "/me", "id": ["id"]},
        api_headers={"X-Api-Key": "planted-key"},
        token_errors={"601": "rate_limited"},
        token_headers={"X-Version": "2"},
        token_parameters={"a": "b=c"},
        token_path=["data", "token"],
        scope_separator=",",
        issuer=server.base_url,
        userinfo_url=f"{server.base_url}/userinfo",
    )
    store = await async_get_provider_store(hass)
    before = await store.async_provider("user_sandbox")
    await _change(flow, scopes="read", details={"pkce": False})
    after = await store.async_provider("user_sandbox")

    assert (after.scopes, after.server.pkce) == (("read",), False)
    changed = {**before.as_dict(), "scopes": ["read"], "pkce": False}
    assert {**after.as_dict(), "entered_hosts": []} == {**changed, "entered_hosts": []}


async def test_a_change_is_checked_like_a_new_service(
    flow: AccountFlow, account: ConfigEntry
) -> None:
    result = await _change(flow, name="GitHub", token_url="", details={"grants": []})

    assert result["step_id"] == "change_service"
    assert result["errors"] == {
        "name": "name_taken",
        "token_url": "address_missing",
        "details": "no_grant",
    }


async def test_an_account_shows_its_addresses_and_leads_to_them(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry, server: FakeServer
) -> None:
    result = await flow.take(
        await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id},
        )
    )
    assert result["menu_options"] == ["account", "change_service", "export_service"]
    shown = result["description_placeholders"]
    assert shown["authorize_url"] == f"`{server.authorize_url}`"
    form = suggested(await flow.submit(next_step_id="change_service"))
    await flow.submit(**form | {"api_base_url": f"{server.base_url}/other"})
    await hass.async_block_till_done()
    result = await flow.submit(next_step_id="account")

    assert result["step_id"] == "reconfigure"


async def test_the_form_of_an_account_leads_back_to_its_service(
    flow: AccountFlow, account: ConfigEntry
) -> None:
    before = {**account.data}
    form = suggested(await flow.reconfigure(account))
    result = await flow.submit(
        **form | {"details": {"scopes": []}, "way": "own_service"}
    )

    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "own_service")
    assert {**account.data} == before


async def test_a_service_that_is_used_is_not_removed(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    result = await _open(flow, "remove_service")

    assert result["step_id"] == "service_in_use"
    assert result["menu_options"] == ["own_service"]
    # Also one that is disabled.
    store = await async_get_provider_store(hass)
    assert store.is_own("user_sandbox")


async def test_a_service_is_removed_with_its_credentials(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    await hass.config_entries.async_remove(account.entry_id)
    await hass.async_block_till_done()
    result = await _open(flow, "remove_service")
    assert result["step_id"] == "remove_service"
    told = "The credential that is stored for it is deleted too. "
    assert result["description_placeholders"]["credentials"] == told
    result = await flow.submit(next_step_id="service_removed")
    await hass.async_block_till_done()

    assert result["step_id"] == "service_removed"
    store = await async_get_provider_store(hass)
    assert store.own_names() == {}
    assert store.credentials_of("user_sandbox") == []
    assert hass.data[DATA_COMPONENT].async_items() == []
    # There is a way on.
    assert (await flow.submit(next_step_id="user"))["step_id"] == "user"


async def test_an_account_that_was_added_meanwhile_keeps_its_service(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await _kept(hass, flow)
    result = await _open(flow, "remove_service")
    other = AccountFlow(hass, flow.server, flow._client)
    await other.choose("Sandbox")
    await other.to_sign_in()
    await other.sign_in()
    await hass.async_block_till_done()
    assert result["step_id"] == "remove_service"
    result = await flow.submit(next_step_id="service_removed")

    assert result["step_id"] == "service_in_use"


async def test_the_name_of_a_service_that_nobody_uses_can_be_taken(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await _kept(hass, flow, token_url="https://example.com/old")
    account = await flow.add_account()

    store = await async_get_provider_store(hass)
    assert store.own_names() == {"user_sandbox": "Sandbox"}
    stored = await store.async_provider(account.data["provider"])
    assert stored.server.token_url == server.token_url


async def test_the_name_of_a_service_that_is_used_is_taken(
    flow: AccountFlow, account: ConfigEntry
) -> None:
    result = await flow.to_credential()

    assert result["errors"] == {"name": "name_taken"}


@pytest.mark.parametrize("typed", ["read", "read write"])
async def test_a_form_that_is_sent_twice_makes_one_service(
    hass: HomeAssistant, flow: AccountFlow, typed: str
) -> None:
    await flow.to_credential()
    await flow.submit(details={}, client_id="", way="correct")
    result = await flow.submit(**flow.manual_form(scopes=typed))
    assert result["step_id"] == "credential"
    await flow.to_sign_in()
    await flow.sign_in()
    await hass.async_block_till_done()

    store = await async_get_provider_store(hass)
    assert list(store.own_names()) == ["user_sandbox"]
    stored = await store.async_provider("user_sandbox")
    assert stored.scopes == tuple(typed.split())


async def test_what_was_found_is_corrected_with_all_that_was_found(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    form = suggested(flow.result)
    result = await flow.submit(**form | {"way": "correct"})
    assert result["step_id"] == "found"
    assert suggested(result)["api_base_url"] == server.api_base_url
    result = await flow.confirm_found(scopes="read")

    assert result["step_id"] == "credential"
    assert suggested(result)["details"]["scopes"] == ["read"]


async def test_a_service_that_is_pasted_again_brings_its_accounts_back(
    hass: HomeAssistant, flow: AccountFlow, account: ConfigEntry
) -> None:
    await _open(flow, "export_service")
    shared = suggested(flow.result)["definition"]
    store = await async_get_provider_store(hass)
    await store.async_remove_provider("user_sandbox")
    await hass.config_entries.async_reload(account.entry_id)
    assert not hass.config_entries.async_loaded_entries(DOMAIN)
    await flow.start()
    await flow.submit(next_step_id="own_services")
    await flow.submit(next_step_id="import_service")
    await flow.submit(definition=shared)
    await hass.async_block_till_done()

    assert account.state is ConfigEntryState.LOADED
