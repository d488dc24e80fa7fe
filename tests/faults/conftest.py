"""A home whose time stands still."""

from collections.abc import AsyncGenerator
from pathlib import Path

from aiohttp import ThreadedResolver
import pytest

from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer, Settings
from .moments import Home
from .troubles import NOW


@pytest.fixture(autouse=True)
def system_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look names up as the system does: the resolver of the test plugin ends with the first test."""

    def make(_: HomeAssistant) -> ThreadedResolver:
        resolver = ThreadedResolver()
        resolver.real_close = resolver.close  # type: ignore[attr-defined]  # Home Assistant's has it
        return resolver

    made = "homeassistant.helpers.aiohttp_client._async_make_resolver"
    monkeypatch.setattr(made, make)


@pytest.fixture
def clock(hass: HomeAssistant) -> StoppedClock:
    """The clock of Home Assistant and of the provider."""
    clock = StoppedClock(time=NOW)
    hass.data[CLOCK] = clock.clock
    return clock


@pytest.fixture
async def server(
    socket_enabled: None, clock: StoppedClock
) -> AsyncGenerator[FakeServer]:
    """A provider whose tokens end by the same clock."""
    async with FakeServer(Settings(), clock=lambda: clock.time) as fake_server:
        yield fake_server


@pytest.fixture
async def home(
    clock: StoppedClock,
    flow: AccountFlow,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> Home:
    """A Home Assistant with one account."""
    home = Home(flow, clock, caplog, tmp_path)
    await home.begin()
    return home
