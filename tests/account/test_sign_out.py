"""An account that is removed is signed out at the provider."""

import asyncio

import pytest

from custom_components.oauth2_client.account import sign_out
from custom_components.oauth2_client.oauth2 import JWT_BEARER_GRANT_TYPE
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow, key_file
from ..fake_server import FakeServer, Fault


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account at a provider that revokes tokens."""
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


async def test_the_grant_is_ended_refresh_token_first(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await hass.config_entries.async_remove(account.entry_id)

    assert server.revocations[0]["token_type_hint"] == "refresh_token"
    assert server.grants[-1].revoked


async def test_a_provider_that_is_gone_keeps_nobody_from_removing(
    hass: HomeAssistant, account: ConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.config_entries.async_update_entry(
        account, data={**account.data, "auth_implementation": "gone"}
    )
    # A removal that waits for the provider would never end.
    monkeypatch.setattr(sign_out, "_TIMEOUT_SECONDS", None)
    async with asyncio.timeout(60):
        await hass.config_entries.async_remove(account.entry_id)

    assert not hass.config_entries.async_entries("oauth2_client")


async def test_a_provider_that_fails_keeps_nobody_from_removing(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.settings.clients.clear()
    await hass.config_entries.async_remove(account.entry_id)

    assert not hass.config_entries.async_entries("oauth2_client")
    # D6: the log says what failed, and what to do.
    assert (
        "Sandbox could not be signed out at the provider (invalid_client)"
        in caplog.text
    )


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (
            Fault.json(400, {"error": "unsupported_token_type"}),
            "unsupported_token_type",
        ),
        (Fault.json(200, {"error": "invalid_client"}), "invalid_client"),
        (Fault(503), "http_503"),
        (Fault(404), "http_404"),
        (Fault.json(400, {"error": "planted-in-the-error"}), "http_400"),
    ],
)
async def test_d5_a_removal_logs_that_the_sign_out_did_not_work(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    reason: str,
) -> None:
    server.settings.published = {"/revoke": fault}
    await hass.config_entries.async_remove(account.entry_id)

    warnings = [
        record.getMessage()
        for record in caplog.records
        if record.levelname == "WARNING"
    ]
    [told] = [text for text in warnings if "signed out" in text]
    assert f"({reason})" in told
    assert "settings of your account" in told
    assert "planted-in-the-error" not in told


async def test_a_server_that_is_busy_for_a_moment_is_asked_once_more(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    """RFC 7009, 2.2.1."""
    server.revocation_faults.append(Fault(503, headers={"Retry-After": "1"}))
    await hass.config_entries.async_remove(account.entry_id)

    assert [asked["token_type_hint"] for asked in server.revocations] == [
        "refresh_token",
        "refresh_token",
    ]
    assert server.grants[-1].revoked


async def test_a_server_that_is_busy_for_longer_is_left_alone(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.revocation_faults.append(Fault(503, headers={"Retry-After": "60"}))
    await hass.config_entries.async_remove(account.entry_id)

    assert len(server.revocations) == 1
    assert "could not be signed out at the provider (http_503)" in caplog.text


async def test_d5_a_removal_logs_that_the_sign_out_worked(
    hass: HomeAssistant, account: ConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await hass.config_entries.async_remove(account.entry_id)

    assert "Sandbox is signed out at the provider" in caplog.text


async def test_d6_a_refresh_token_that_is_not_revoked_is_told_though_the_access_token_is(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.revocation_faults.append(
        Fault.json(400, {"error": "unsupported_token_type"})
    )
    await hass.config_entries.async_remove(account.entry_id)

    assert [asked["token_type_hint"] for asked in server.revocations] == [
        "refresh_token",
        "access_token",
    ]
    assert (
        "could not be signed out at the provider (unsupported_token_type)"
        in caplog.text
    )


@pytest.mark.parametrize(
    ("own", "taken"),
    [
        ("client_secret_basic", "client_secret_post"),
        ("client_secret_post", "client_secret_basic"),
    ],
)
async def test_d6_the_client_shows_itself_as_the_revocation_endpoint_wants_it(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, own: str, taken: str
) -> None:
    server.settings.metadata_changes = {
        "token_endpoint_auth_methods_supported": [own],
        "revocation_endpoint_auth_methods_supported": [taken],
    }
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    result = await flow.sign_in()
    await hass.async_block_till_done()
    server.settings.client_authentication = frozenset({taken})
    await hass.config_entries.async_remove(result["result"].entry_id)

    assert ("client_secret" in server.revocations[0]) is (taken == "client_secret_post")
    assert server.grants[-1].revoked


async def test_an_account_of_a_provider_that_revokes_nothing_is_removed(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.settings.metadata_changes = {"revocation_endpoint": None}
    entry = await flow.add_account()
    await hass.config_entries.async_remove(entry.entry_id)

    assert server.revocations == []
    # D5: the log says that the grant still exists.
    assert "the provider has no address for it" in caplog.text


async def test_a_key_file_is_not_shown_when_its_account_is_signed_out(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {
        "grant_types_supported": [JWT_BEARER_GRANT_TYPE]
    }
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    answer = {"access_token": "planted-robot", "expires_in": 3600}
    server.token_faults.append(Fault.json(200, answer))
    result = await flow.submit(client_secret=key_file(), details={"scopes": []})
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(result["result"].entry_id)

    [revocation] = server.revocations
    assert revocation == {
        "token": "planted-robot",
        "token_type_hint": "access_token",
        "client_id": "robot@example.com",
    }
