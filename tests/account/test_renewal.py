"""Token sets are renewed in time, also in a quiet home."""

from datetime import timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oauth2_client.credentials import any_implementation
from custom_components.oauth2_client.oauth2 import ClientRejected
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow
from ..fake_server import FakeServer, Fault


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An unused account whose token expires after an hour."""
    return await flow.add_account()


async def _later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: float
) -> None:
    freezer.tick(timedelta(minutes=minutes))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def _refreshes(server: FakeServer) -> int:
    return sum(
        request.get("grant_type") == "refresh_token"
        for request in server.token_requests
    )


async def test_a_token_is_renewed_before_it_expires_again_and_again(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await _later(hass, freezer, 50)
    assert _refreshes(server) == 0
    for number in range(1, 4):
        await _later(hass, freezer, 55)
        assert _refreshes(server) == number


async def test_where_a_service_wants_that_a_token_is_renewed_for_a_request_only(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    await flow.connect_pasted(renew="before_use")
    await flow.to_sign_in()
    result = await flow.sign_in()
    await hass.async_block_till_done()
    await _later(hass, freezer, 55)
    assert _refreshes(server) == 0
    await result["result"].runtime_data.account.request("GET", "/me")

    assert _refreshes(server) == 1


async def test_what_fails_is_tried_again_while_the_token_is_good(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    server.token_faults.append(Fault(503))
    await _later(hass, freezer, 55)
    assert _refreshes(server) == 1
    await _later(hass, freezer, 1)

    assert _refreshes(server) == 2
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


async def test_a_credential_that_is_deleted_while_the_account_runs_is_told(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    # Home Assistant refuses that for one in use; a restored backup does not ask.
    hass.data[DATA_COMPONENT].data.clear()
    server.expire_access_tokens()

    with pytest.raises(ClientRejected):
        await account.runtime_data.account.request("GET", "/me")

    assert _refreshes(server) == 0


async def test_an_account_whose_credential_is_deleted_asks_for_a_new_sign_in(
    hass: HomeAssistant, account: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    # After a set-up has found the credential saved, token sets are stored without it.
    await hass.config_entries.async_reload(account.entry_id)
    await _later(hass, freezer, 55)
    hass.data[DATA_COMPONENT].data.clear()

    await hass.config_entries.async_reload(account.entry_id)
    await hass.async_block_till_done()

    assert account.state is ConfigEntryState.SETUP_ERROR
    assert [
        flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()
    ] == [SOURCE_REAUTH]


async def test_what_renews_is_imported_and_made_once_it_is_due(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    with patch(
        f"{any_implementation.__name__}.async_implementation_of",
        side_effect=any_implementation.async_implementation_of,
    ) as made:
        await hass.config_entries.async_reload(account.entry_id)
        made.assert_not_called()
        for _ in range(2):
            await _later(hass, freezer, 55)

    assert _refreshes(server) == 2
    made.assert_called_once()


async def test_an_ended_grant_is_asked_for_once(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    server.revoke_grants()
    for _ in range(3):
        await _later(hass, freezer, 60)

    assert _refreshes(server) == 1
    sources = [
        flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()
    ]
    assert sources.count(SOURCE_REAUTH) == 1


async def test_an_account_that_is_unloaded_is_not_renewed(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert await hass.config_entries.async_unload(account.entry_id)
    await _later(hass, freezer, 60)

    assert _refreshes(server) == 0
