"""The sensors of an account: its token's expiry, and the requests left."""

from datetime import UTC, datetime

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .account_flow import AccountFlow
from .commands import add_command, send_command
from .fake_server import FakeServer, Fault
from .resources import settle, state_of

EXPIRY = "sensor.sandbox_token_expiry"
LEFT = "sensor.sandbox_requests_left"


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works, with a command to send."""
    account = await flow.add_account()
    await add_command(flow.hass, account)
    return account


@pytest.fixture
async def enabled(hass: HomeAssistant, account: ConfigEntry) -> ConfigEntry:
    """An account whose sensors are enabled."""
    for entity_id in (EXPIRY, LEFT):
        er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(account.entry_id)
    await settle(hass)
    return account


def _expiry(account: ConfigEntry) -> str:
    """Return when the token of an account expires, as a state."""
    expires_at = account.runtime_data.account.token_set.expires_at
    return datetime.fromtimestamp(expires_at, UTC).isoformat(timespec="seconds")


async def test_they_are_off_unless_someone_wants_them(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    registry = er.async_get(hass)
    for entity_id in (EXPIRY, LEFT):
        entity = registry.async_get(entity_id)
        assert entity is not None
        assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        assert entity.entity_category == "diagnostic"
        assert hass.states.get(entity_id) is None


async def test_the_expiry_is_that_of_the_token_in_use(
    hass: HomeAssistant, server: FakeServer, enabled: ConfigEntry
) -> None:
    assert state_of(hass, EXPIRY) == _expiry(enabled)
    # Another lifetime than the first token's, to tell the two apart.
    server.token_faults.append(
        Fault.json(
            200,
            {"access_token": "planted-new", "token_type": "Bearer", "expires_in": 9999},
        )
    )
    before = state_of(hass, EXPIRY)
    server.expire_access_tokens()
    server.api_faults.extend([Fault(401), Fault.json(200, {})])
    await send_command(hass)

    assert state_of(hass, EXPIRY) == _expiry(enabled) != before


async def test_the_requests_left_are_those_of_the_last_answer(
    hass: HomeAssistant, server: FakeServer, enabled: ConfigEntry
) -> None:
    assert state_of(hass, LEFT) == "unknown"
    for left in ("41", "40"):
        server.api_faults.append(Fault.json(200, {}, X_RateLimit_Remaining=left))
        await send_command(hass)
        assert state_of(hass, LEFT) == left


async def test_an_account_that_is_unloaded_is_not_listened_to(
    hass: HomeAssistant, enabled: ConfigEntry
) -> None:
    account = enabled.runtime_data.account
    assert account._listeners
    await hass.config_entries.async_unload(enabled.entry_id)

    assert not account._listeners
