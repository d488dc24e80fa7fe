"""What version 0.1.0 stored loads as it was: made by that version, before its modules moved."""

import json
from pathlib import Path
import shutil
from typing import Any, Final

import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant import bootstrap
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component

from .clock import StoppedClock
from .commands import press
from .fake_server import FakeServer, Fault
from .resources import settle

STORED: Final = Path(__file__).parent / "stored" / "0.1.0"
TOKEN: Final = "oauth2_client.token.01M8A6E5CSYCNB2RYC31R1YX2K"
WEATHER: Final = {
    "current": {"temperature": 21.9, "humidity": 48, "condition": "partly cloudy"}
}
# The states that the version before showed of the same answer.
STATES: Final = {
    "binary_sensor.weather_rain": "off",
    "button.lamp": "unknown",
    "button.sandbox_refresh_now": "unknown",
    "sensor.weather_condition": "partly cloudy",
    "sensor.weather_sum": "49",
    "sensor.weather_temperature": "21.9",
}


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let Home Assistant tidy its registries ten seconds after a device is removed."""
    return True


@pytest.fixture
def load_registries() -> bool:
    """Load the registries from what is stored, and not before."""
    return False


@pytest.fixture
async def home(
    hass_storage: dict[str, Any],
    hass: HomeAssistant,
    server: FakeServer,
    integration: None,
) -> HomeAssistant:
    """A Home Assistant that has read what is stored, its provider at the fake server."""
    for path in STORED.iterdir():
        text = path.read_text(encoding="utf-8")
        text = text.replace("http://sandbox.invalid", server.base_url)
        hass_storage[path.name] = json.loads(text)
    folder = Path(hass.config.path(".storage"))
    folder.mkdir(exist_ok=True)
    shutil.copy(STORED / TOKEN, folder / TOKEN)
    server.api_faults.append(Fault.json(200, WEATHER))
    received_at = json.loads((STORED / TOKEN).read_text())["data"]["received_at"]
    # The day of the sign-in: a day later the token would be renewed.
    hass.data[CLOCK] = StoppedClock(time=received_at + 60).clock
    assert await bootstrap.async_load_base_functionality(hass)
    assert await async_setup_component(hass, DOMAIN, {})
    await settle(hass)
    return hass


async def test_the_account_and_its_entities_are_as_they_were(
    home: HomeAssistant, server: FakeServer
) -> None:
    [entry] = home.config_entries.async_entries(DOMAIN)

    assert entry.state is ConfigEntryState.LOADED
    assert {state.entity_id: state.state for state in home.states.async_all()} == STATES
    [request] = server.api_requests
    assert request.headers["authorization"] == "Bearer planted-access-stored"
    assert (request.headers["x-a"], request.query["q"]) == ("b", "2")
    # Signed in still: nothing was asked of the token endpoint.
    assert server.token_requests == []


def _stored(registry: str) -> list[dict[str, Any]]:
    content = json.loads((STORED / f"core.{registry}_registry").read_text())
    items: list[dict[str, Any]] = content["data"][
        "entities" if registry == "entity" else "devices"
    ]
    return items


async def test_no_entity_is_added_or_lost_and_none_has_another_id(
    home: HomeAssistant,
) -> None:
    [entry] = home.config_entries.async_entries(DOMAIN)
    registry = er.async_get(home)
    now = er.async_entries_for_config_entry(registry, entry.entry_id)

    assert {(item.id, item.entity_id) for item in now} == {
        (item["id"], item["entity_id"]) for item in _stored("entity")
    }


async def test_the_command_is_at_the_accounts_device_now_and_its_own_is_gone(
    home: HomeAssistant,
) -> None:
    [entry] = home.config_entries.async_entries(DOMAIN)
    devices = dr.async_entries_for_config_entry(dr.async_get(home), entry.entry_id)
    [account] = [item for item in devices if item.name == "Sandbox"]
    lamp = er.async_get(home).async_get("button.lamp")

    before = {item["name"]: item["id"] for item in _stored("device")}
    lost = {before.pop("Lamp")}
    assert {item.id for item in devices} == set(before.values())
    assert lost.isdisjoint(before.values())
    assert lamp is not None
    assert lamp.device_id == account.id


async def test_the_command_is_sent_as_it_was(
    home: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, {}))
    await press(home, "button.lamp")

    request = server.api_requests[-1]
    assert (request.method, request.path) == ("POST", "/api/echo/all")
    assert (request.query["room"], request.headers["x-mode"]) == ("hall", "auto")
    assert request.body == b'{"level": 1}'
