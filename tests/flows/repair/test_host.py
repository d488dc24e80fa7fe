"""A host that may not receive the token is allowed in its issue, for one account."""

from typing import Any

import pytest
from yarl import URL

from custom_components.oauth2_client.oauth2 import RefusedByPolicy
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.update_coordinator import UpdateFailed

from ...account_flow import AccountFlow
from ...commands import add_command, press
from ...fake_server import FakeServer, Fault
from ...issue_flow import IssueFlow, issue_keys
from ...resources import add_resource, settle


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


def _elsewhere(server: FakeServer) -> str:
    """Return the API's host under another name, which the account does not know."""
    return f"localhost:{URL(server.base_url).port}"


def _sent_on(server: FakeServer) -> Fault:
    return Fault(302, {"Location": f"http://{_elsewhere(server)}/api/weather"})


async def _sent_on_resource(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> Any:
    """Add a resource whose API begins to send on to another host."""
    subentry = await add_resource(hass, account)
    coordinator = account.runtime_data.resources[subentry.subentry_id]
    server.api_faults.append(_sent_on(server))
    with pytest.raises(UpdateFailed):
        await coordinator.async_fetch_now()
    return coordinator


async def test_a_redirect_to_another_host_is_allowed_with_one_click(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    await _sent_on_resource(hass, server, account)
    form = await issue.open("host_not_allowed")
    assert form["description_placeholders"]["host"] == _elsewhere(server)
    assert account.data["allowed_hosts"] == []
    server.api_faults.append(_sent_on(server))
    assert (await issue.submit())["type"] == "create_entry"
    await settle(hass)

    assert account.data["allowed_hosts"] == [_elsewhere(server)]
    assert server.api_requests[-1].path == "/api/weather"
    assert issue_keys(hass) == []


async def test_a_request_that_leads_there_no_more_takes_the_issue_back_at_once(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    coordinator = await _sent_on_resource(hass, server, account)
    assert issue_keys(hass) == ["host_not_allowed"]
    await account.runtime_data.account.request("GET", "/me")
    assert issue_keys(hass) == ["host_not_allowed"]
    await coordinator.async_fetch_now()

    assert issue_keys(hass) == []


async def test_an_issue_that_is_gone_meanwhile_still_allows_its_host(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    coordinator = await _sent_on_resource(hass, server, account)
    await issue.open("host_not_allowed")
    await coordinator.async_fetch_now()
    assert issue_keys(hass) == []
    assert (await issue.submit())["type"] == "create_entry"
    await settle(hass)

    assert account.data["allowed_hosts"] == [_elsewhere(server)]


async def test_a_resource_that_is_removed_takes_the_issue_with_it(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    coordinator = await _sent_on_resource(hass, server, account)
    [subentry_id] = account.subentries
    hass.config_entries.async_remove_subentry(account, subentry_id)
    await settle(hass)

    assert coordinator not in account.runtime_data.resources.values()
    assert issue_keys(hass) == []


async def test_a_command_at_another_host_is_told_too(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, issue: IssueFlow
) -> None:
    await add_command(hass, account)
    server.api_faults.append(_sent_on(server))
    with pytest.raises(HomeAssistantError):
        await press(hass)
    form = await issue.open("host_not_allowed")

    assert form["description_placeholders"]["host"] == _elsewhere(server)
    await press(hass)
    assert issue_keys(hass) == []


async def test_what_a_person_tries_in_a_form_or_an_action_makes_no_issue(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.api_faults.append(_sent_on(server))
    with pytest.raises(RefusedByPolicy, match="redirect_refused"):
        await account.runtime_data.account.request("GET", "/me")

    assert issue_keys(hass) == []


async def test_a_secret_in_the_name_of_a_host_is_not_shown(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    token = account.runtime_data.account.token_set.access_token
    target = f"https://{token}.example.com/"
    server.api_faults.append(Fault(302, {"Location": target}))
    coordinator = account.runtime_data.resources[subentry.subentry_id]
    with pytest.raises(UpdateFailed):
        await coordinator.async_fetch_now()

    assert issue_keys(hass) == []
