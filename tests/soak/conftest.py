"""A home whose time is handed in: that of its loop, of its clock and of the provider."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
import time

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.core import HomeAssistant

from ..clock import StoppedClock
from ..fake_server import FakeServer, Settings
from .weeks import Weeks

# Home Assistant's tests are in California: the clocks go back on 1 November.
BEGIN = datetime(2026, 10, 12, 8, tzinfo=UTC)
# Not the one that freezegun stops.
_MONOTONIC = time.monotonic


@pytest.fixture
def clock(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> StoppedClock:
    """The clock of Home Assistant, which its timers follow."""
    clock = StoppedClock(time=BEGIN.timestamp())
    hass.data[CLOCK] = clock.clock
    freezer.move_to(BEGIN)
    monkeypatch.setattr(hass.loop, "time", lambda: _MONOTONIC() + clock.passed)
    return clock


@pytest.fixture
async def server(
    socket_enabled: None, clock: StoppedClock
) -> AsyncGenerator[FakeServer]:
    """A provider whose tokens end by the same clock."""
    async with FakeServer(Settings(), clock=lambda: clock.time) as fake_server:
        yield fake_server


@pytest.fixture
def weeks(
    hass: HomeAssistant,
    server: FakeServer,
    clock: StoppedClock,
    freezer: FrozenDateTimeFactory,
) -> Weeks:
    """Lets time pass."""
    return Weeks(hass, server, clock, freezer)
