"""An account, and the form that adds a resource to it."""

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ...account_flow import AccountFlow
from ...resources import SubentryFlow


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.fixture
async def adding(hass: HomeAssistant, account: ConfigEntry) -> SubentryFlow:
    """The form of a new resource."""
    adding = SubentryFlow(hass, account)
    result = await adding.start()
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "address")
    assert not result["errors"]
    return adding
