"""A home whose time stands still."""

from collections.abc import AsyncGenerator

import pytest

from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.core import HomeAssistant

from ..clock import StoppedClock
from ..fake_server import FakeServer, Settings


@pytest.fixture(autouse=True)
def nothing_is_logged() -> None:
    """Leave that to the tests here, which know the secrets: users have tokens of their own."""


@pytest.fixture
def recorder_config() -> dict[str, int]:
    """Let the recorder commit when it is read: in tests it does so for each event."""
    return {"commit_interval": 3600}


@pytest.fixture
def clock(hass: HomeAssistant) -> StoppedClock:
    """The clock of Home Assistant and of the provider."""
    clock = StoppedClock(time=1_800_000_000.0)
    hass.data[CLOCK] = clock.clock
    return clock


@pytest.fixture
async def server(
    socket_enabled: None, clock: StoppedClock, device_interval: float
) -> AsyncGenerator[FakeServer]:
    """A provider whose tokens end by the same clock."""
    settings = Settings(device_interval=device_interval)
    async with FakeServer(settings, clock=lambda: clock.time) as fake_server:
        yield fake_server
