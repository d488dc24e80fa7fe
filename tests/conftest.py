"""What the tests share: a fake server on loopback, and a driver of the account flow."""

from collections.abc import AsyncGenerator

from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .account_flow import AccountFlow
from .fake_server import FakeServer, Settings

# Two cores under load: a slow example is not a failing one.
settings.register_profile("default", deadline=None)
settings.load_profile("default")


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[FakeServer]:
    """A provider on loopback."""
    async with FakeServer(Settings()) as fake_server:
        yield fake_server


@pytest.fixture
def integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration."""


@pytest.fixture
async def flow(
    hass: HomeAssistant,
    integration: None,
    server: FakeServer,
    hass_client_no_auth: ClientSessionGenerator,
    current_request_with_host: None,
) -> AccountFlow:
    """A driver of the account flow at the fake server."""
    assert await async_setup_component(hass, DOMAIN, {})
    return AccountFlow(hass, server, await hass_client_no_auth())
