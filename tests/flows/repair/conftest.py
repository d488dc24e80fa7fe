"""What the tests of repairs share: the views of issues, and a driver of their flows."""

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from ...account_flow import AccountFlow
from ...issue_flow import IssueFlow


@pytest.fixture(autouse=True)
async def issue_pages(hass: HomeAssistant) -> None:
    """Set up `repairs`, whose views have to be registered before the server starts."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def issue(
    hass: HomeAssistant, flow: AccountFlow, hass_client: ClientSessionGenerator
) -> IssueFlow:
    """A driver of the flows that mend issues."""
    return IssueFlow(hass, await hass_client())
