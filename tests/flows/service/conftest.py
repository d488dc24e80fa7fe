"""What the tests of own services share."""

import pytest

from homeassistant.config_entries import ConfigEntry

from ...account_flow import AccountFlow
from ...fake_server import FakeServer


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account of a service that was entered by hand."""
    server.settings.id_token = {"sub": "user-1", "email": "ada@example.com"}
    return await flow.add_account()
