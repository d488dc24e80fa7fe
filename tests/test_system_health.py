"""System health: which authorization servers are in use, and whether they answer."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from yarl import URL

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.health import servers
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .account_flow import AccountFlow
from .fake_server import FakeServer


@pytest.fixture
async def account(hass: HomeAssistant, flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    assert await async_setup_component(hass, "system_health", {})
    return await flow.add_account()


async def _health(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown, each server asked."""
    shown: dict[str, Any] = await get_system_health_info(hass, DOMAIN)
    return {
        key: value if isinstance(value, int) else await value
        for key, value in shown.items()
    }


def _called(server: FakeServer) -> str:
    return f"Sandbox (127.0.0.1:{URL(server.base_url).port})"


async def test_each_server_in_use_is_asked_and_the_accounts_are_counted(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    other = MockConfigEntry(domain=DOMAIN, title="Other", data=dict(account.data))
    other.add_to_hass(hass)
    other.async_start_reauth(hass)
    await hass.async_block_till_done()

    assert await _health(hass) == {
        "accounts": 2,
        "accounts_to_sign_in": 1,
        _called(server): "ok",
    }
    # Nothing is asked but whether somebody is there.
    assert server.requested[-1].endswith("/")


async def test_one_that_does_not_answer_is_told(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await server.__aexit__(None, None, None)

    assert (await _health(hass))[_called(server)] == {
        "type": "failed",
        "error": "unreachable",
    }


async def test_one_that_hangs_is_waited_for_only_so_long(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(servers, "_TIMEOUT_SECONDS", 0.0001)

    assert (await _health(hass))[_called(server)] == {
        "type": "failed",
        "error": "timeout",
    }


async def test_a_tenant_in_an_address_is_not_shown(
    hass: HomeAssistant, server: FakeServer, flow: AccountFlow
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await flow.add_account(token_url=f"{server.token_url}?tenant=contoso")
    shown = await _health(hass)

    assert list(shown)[2:] == [_called(server)]
    assert "contoso" not in repr(shown)


async def test_only_so_many_servers_are_asked(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    for number in range(50):
        variables = {"tenant": f"tenant{number}"}
        data = {**account.data, "provider": "microsoft", "variables": variables}
        MockConfigEntry(domain=DOMAIN, data=data).add_to_hass(hass)
    for number in range(50):
        variables = {"base_url": f"https://cloud{number}.example.com"}
        data = {**account.data, "provider": "nextcloud", "variables": variables}
        MockConfigEntry(domain=DOMAIN, data=data).add_to_hass(hass)
    shown = await servers.async_servers_in_use(
        hass, hass.config_entries.async_entries(DOMAIN)
    )

    assert len(shown) == 20
    assert [name for name in shown if name.startswith("Microsoft")] == [
        "Microsoft (login.microsoftonline.com)"
    ]


async def test_a_provider_that_is_gone_has_no_server(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        account, data={**account.data, "provider": "gone"}
    )

    assert list(await _health(hass)) == ["accounts", "accounts_to_sign_in"]
