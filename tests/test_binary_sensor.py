"""Values that are on or off."""

import pytest

from custom_components.oauth2_client.binary_sensor import flag
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import LEVEL, add_resource, change_values, entity_ids, state_of

LEAK = {
    "name": "Leak",
    "path": "$.leak",
    "platform": "binary_sensor",
    "device_class": "moisture",
    "category": "diagnostic",
}


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        (2, None),
        ("on", True),
        ("OFF", False),
        ("perhaps", None),
        ("", None),
        (None, None),
        ([], False),
        ([0], True),
        ({}, None),
    ],
)
def test_a_value_is_on_off_or_unknown(value: object, state: bool | None) -> None:
    assert flag(value) is state


@pytest.mark.parametrize(
    ("leak", "state"), [("yes", "on"), (False, "off"), (None, "unknown")]
)
async def test_a_value_becomes_a_binary_sensor(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    leak: object,
    state: str,
) -> None:
    server.api_faults.extend([Fault.json(200, {"leak": leak})] * 2)
    await add_resource(hass, account, **{**LEVEL, "values": [LEAK]})

    shown = hass.states.get("binary_sensor.tank_leak")
    assert shown is not None
    assert (shown.state, shown.attributes["device_class"]) == (state, "moisture")
    entity = er.async_get(hass).async_get("binary_sensor.tank_leak")
    assert entity is not None
    assert entity.entity_category == "diagnostic"


async def test_a_value_that_is_not_there_makes_it_unavailable(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.api_faults.append(Fault.json(200, {"leak": True}))
    server.api_faults.append(Fault.json(200, {"level": 1}))
    await add_resource(hass, account, **{**LEVEL, "values": [LEAK]})

    assert state_of(hass, "binary_sensor.tank_leak") == "unavailable"


async def test_its_template_says_whether_it_is_on(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.api_faults.extend([Fault.json(200, {"leak": 7})] * 2)
    value = {**LEAK, "template": "{{ value > 5 }}"}
    await add_resource(hass, account, **{**LEVEL, "values": [value]})

    assert state_of(hass, "binary_sensor.tank_leak") == "on"


async def test_a_value_that_becomes_a_sensor_leaves_no_binary_sensor(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.api_faults.extend([Fault.json(200, {"leak": 7})] * 2)
    subentry = await add_resource(hass, account, **{**LEVEL, "values": [LEAK]})
    server.api_faults.append(Fault.json(200, {"leak": 7}))
    values = [{"name": "Leak", "path": "$.leak"}]
    subentry = await change_values(hass, account, subentry, values)

    assert entity_ids(hass, subentry) == {"leak": "sensor.tank_leak"}
