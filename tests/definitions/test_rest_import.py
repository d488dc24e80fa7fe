"""Definitions of `rest`, as its documentation has them, become resources."""

from typing import Any

import pytest

from custom_components.oauth2_client.definitions.readings import ValueReader
from custom_components.oauth2_client.definitions.resource import Resource
from custom_components.oauth2_client.definitions.rest_import import (
    RestImport,
    imports_from_rest,
)
from custom_components.oauth2_client.definitions.rest_values import InvalidRest
from custom_components.oauth2_client.definitions.value import Value
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.template import Template
from homeassistant.util.yaml import parse_yaml

from ..account_flow import AccountFlow
from ..fake_server import FakeServer
from ..resources import SubentryFlow, entity_ids, state_of, ticks

EXTERNAL_IP = """
sensor:
  - platform: rest
    resource: http://ip.jsontest.com
    name: External IP
    value_template: "{{ value_json.ip }}"
"""
POOL = """
rest:
  - authentication: basic
    username: "admin"
    password: "planted-password"
    scan_interval: 60
    resource: http://192.168.1.12/status.xml
    sensor:
      - name: "Adult Pool Data"
        json_attributes_path: "$.response.system"
        value_template: "OK"
        json_attributes:
          - "runstate"
          - "freemem"
      - name: "Pool temperature"
        value_template: "{{ value_json.response.temp0 | round(1) }}"
        unit_of_measurement: "°C"
        device_class: temperature
        state_class: measurement
    binary_sensor:
      - name: "Pool pump"
        value_template: "{{ value_json['response']['pump-on'] }}"
        device_class: running
"""
HEATER = """
platform: rest
resource: http://localhost:5000/heater
method: POST
payload: '{ "device" : "heater" }'
headers:
  Authorization: Bearer planted-token
  User-Agent: Home Assistant
  Content-Type: application/json
params:
  q: "{{ states('sun.sun') }}"
value_template: '{{ value_json["power"] }}'
scan_interval: "00:05:00"
"""
BY_TEMPLATE = """
rest:
  resource_template: "https://example.com/{{ now().date() }}"
  payload_template: "{{ 1 + 1 }}"
  method: post
  scan_interval:
    minutes: 2
  sensor:
    name: Bedroom
    value_template: "{{ value_json[0].rooms[-1].temperature }}"
"""
DOOR = """
binary_sensor:
  - platform: rest
    resource: http://192.168.0.1/door
    value_template: "{{ value_json.open }}"
"""


def _imported(pasted: Any, **changed: Any) -> RestImport:
    [imported] = imports_from_rest(pasted, **changed)
    return imported


def _import(yaml: str, **changed: str) -> Resource:
    return _imported(parse_yaml(yaml), **changed).resource


def _values(yaml: str) -> list[dict[str, Any]]:
    return [value.as_dict() for value in _import(yaml).values]


def test_a_sensor_with_an_address_of_its_own() -> None:
    resource = _import(EXTERNAL_IP)

    assert resource.name == "External IP"
    assert resource.request.as_dict() == {
        "url": "http://ip.jsontest.com",
        "method": "GET",
        "query": {},
        "headers": {},
        "body": None,
    }
    assert resource.schedule.interval == 30
    assert _values(EXTERNAL_IP) == [
        {
            "key": "external_ip",
            "name": "External IP",
            "path": "$.ip",
            "platform": "sensor",
        }
    ]


def test_several_entities_of_one_address() -> None:
    resource = _import(POOL, name="Pool")

    assert (resource.name, resource.schedule.interval) == ("Pool", 60)
    data, temperature, pump = _values(POOL)
    assert data["attributes"] == [
        "$.response.system.runstate",
        "$.response.system.freemem",
    ]
    assert temperature == {
        "key": "pool_temperature",
        "name": "Pool temperature",
        "path": "$.response.temp0",
        "platform": "sensor",
        "unit": "°C",
        "device_class": "temperature",
        "state_class": "measurement",
        "template": "{{ value | round(1) }}",
    }
    assert pump == {
        "key": "pool_pump",
        "name": "Pool pump",
        "path": "$['response']['pump-on']",
        "platform": "binary_sensor",
        "device_class": "running",
    }


def test_a_request_with_all_its_parts_less_how_it_signed_in() -> None:
    resource = _import(HEATER)

    assert resource.request.as_dict() == {
        "url": "http://localhost:5000/heater",
        "method": "POST",
        "query": {"q": "{{ states('sun.sun') }}"},
        "headers": {
            "User-Agent": "Home Assistant",
            "Content-Type": "application/json",
        },
        "body": '{ "device" : "heater" }',
    }
    assert resource.schedule.interval == 300
    assert resource.values[0].name == "REST Sensor"
    assert "planted" not in str(resource.as_dict())
    assert "planted" not in str(_import(POOL).as_dict())


def test_templates_of_address_and_payload() -> None:
    resource = _import(BY_TEMPLATE)

    assert resource.request.url == "https://example.com/{{ now().date() }}"
    assert (resource.request.method, resource.request.body) == ("POST", "{{ 1 + 1 }}")
    assert resource.schedule.interval == 120
    assert resource.values[0].path.text == "$[0].rooms[-1].temperature"


@pytest.mark.parametrize("typed", ["?filter={%22area%22:{}}", "/{{ states('a.b') }}"])
def test_an_address_that_is_no_template_is_sent_as_it_is(typed: str) -> None:
    sensor = {"platform": "rest", "resource": f"https://api.example{typed}"}
    imported = _imported(sensor)

    assert imported.resource.request.url == "https://api.example" + typed.replace(
        "{", "%7B"
    ).replace("}", "%7D")
    assert imported.notes == ()


def test_a_binary_sensor_with_an_address_of_its_own() -> None:
    [value] = _import(DOOR).values

    assert (value.platform, value.name) == ("binary_sensor", "REST Binary Sensor")


def test_two_of_one_name_are_two_values() -> None:
    yaml = "resource: http://x/\nsensor: [{name: A}, {name: A}]"

    assert [value["key"] for value in _values(yaml)] == ["a", "a_2"]


@pytest.mark.parametrize(
    ("template", "document", "state"),
    [
        ("{{ value_json.a.b }}", {"a": {"b": 5}}, "5"),
        ("{{ value_json['a b'][-1] }}", {"a b": [1, 2]}, "2"),
        ("{{ value_json.a | float | round(1) }}", {"a": "1.25"}, "1.2"),
        ("{{ value_json.a | default(0) }}", {"b": 1}, "0"),
        ("{{ value_json.a | d('–') }}", {"b": 1}, "–"),
        ("{{ value_json.a | float + value_json.b }}", {"a": 1, "b": 2}, "3.0"),
        ("{{ value_json.a ~ value_json.b }}", {"a": 1, "b": 2}, "12"),
        ("{{ value_json.a is defined }}", {"a": 1}, "True"),
        ("{{ value_json | length }}", [1, 2, 3], "3"),
        ("{{ value.split(':')[1] }}", "a:b", "b"),
        ("{{ value | length }}", {"a": 1}, "7"),
        ("{% if value_json.a %}yes{% else %}no{% endif %}", {"a": 0}, "no"),
        ("OK", {"a": 1}, "OK"),
    ],
)
async def test_a_template_shows_what_it_showed(
    hass: HomeAssistant, template: str, document: Any, state: str
) -> None:
    resource = _imported(
        {"resource": "http://x/", "sensor": {"value_template": template}}
    ).resource
    [value] = resource.values

    assert _shown(hass, value, document) == state


def _shown(hass: HomeAssistant, value: Value, document: Any) -> str:
    """Return what a value shows of a document."""
    found = ValueReader([value]).read(document).values[value.key]
    if value.template is None:
        return str(found)
    shown: str = Template(value.template, hass).async_render(
        {"value": found}, parse_result=False
    )
    return shown


@pytest.mark.parametrize(
    ("pasted", "key", "place"),
    [
        ("rest", "rest_wrong", "rest"),
        ([], "rest_wrong", "rest"),
        ({"name": "A"}, "rest_wrong", "resource"),
        ({"resource": "http://x/"}, "rest_without_sensors", ""),
        ({"switch": [{"platform": "rest"}]}, "rest_other", "switch"),
        ({"rest_command": {"on": {"url": "http://x/"}}}, "rest_other", "rest_command"),
        (
            {"sensor": [{"platform": "command_line", "command": "curl x"}]},
            "rest_other",
            "sensor: command_line",
        ),
        ({"resource": "http://x/", "sensor": ["a"]}, "rest_wrong", "sensor"),
        ({"resource": "http://x/", "method": "SHOUT"}, "rest_wrong", "method"),
        ({"resource": "http://x/", "headers": ["a"]}, "rest_wrong", "headers"),
        (
            {"resource": "http://x/", "headers": {"A B": "y"}},
            "rest_wrong",
            "headers: A B",
        ),
        (
            {"resource": "http://x/", "scan_interval": "x"},
            "rest_wrong",
            "scan_interval",
        ),
        ({"resource": "http://x/", "payload": {"a": 1}}, "rest_wrong", "body"),
        ({"resource": {"a": 1}}, "rest_wrong", "url"),
        (
            {"resource": "http://x/", "device_class": ["a"]},
            "rest_wrong",
            "sensor.device_class",
        ),
    ],
)
def test_what_is_no_definition_is_refused_with_the_place(
    pasted: Any, key: str, place: str
) -> None:
    if isinstance(pasted, dict) and key == "rest_wrong" and "sensor" not in pasted:
        pasted = {"platform": "rest", **pasted}
    with pytest.raises(InvalidRest) as raised:
        imports_from_rest(pasted)

    assert (raised.value.key, raised.value.place) == (key, place)


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


async def test_what_is_pasted_becomes_entities(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    rest = {
        "resource": f"{server.api_base_url}/usage",
        "headers": {"Authorization": "Bearer planted-old"},
        "sensor": [
            {"name": "Devices", "value_template": "{{ value_json.counters.devices }}"}
        ],
        "binary_sensor": [
            {"name": "Alarm", "value_template": "{{ value_json.counters.alerts > 0 }}"}
        ],
    }
    adding = SubentryFlow(hass, account)
    await adding.start()
    result = await adding.submit(
        name="Usage", interval=300, **{"import": {"rest": rest}}
    )
    assert result["step_id"] == "rest"
    result = await adding.submit(keep_entity_ids=False)
    assert result["step_id"] == "pick"
    result = await adding.pick(*ticks(result))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = account.subentries.values()
    assert subentry.title == "Usage"
    assert entity_ids(hass, subentry) == {
        "devices": "sensor.usage_devices",
        "alarm": "binary_sensor.usage_alarm",
    }
    assert state_of(hass, "sensor.usage_devices") == "7"
    assert state_of(hass, "binary_sensor.usage_alarm") == "off"
    assert "planted" not in str(subentry.data)


@pytest.mark.parametrize(
    ("rest", "error"),
    [
        (
            {"rest_command": {"a": {"url": "b"}}},
            {"import": "rest_other", "base": "rest_other"},
        ),
        ({"sensor": []}, {"import": "rest_wrong", "base": "rest_wrong"}),
        (
            {"resource": "http://x/"},
            {"import": "rest_without_sensors", "base": "rest_without_sensors"},
        ),
        (
            {"resource": "https://elsewhere.example/", "sensor": {"name": "A"}},
            {"url": "host_not_allowed"},
        ),
    ],
)
async def test_what_cannot_be_imported_is_told_in_the_form(
    hass: HomeAssistant, account: ConfigEntry, rest: Any, error: dict[str, str]
) -> None:
    adding = SubentryFlow(hass, account)
    await adding.start()
    result = await adding.submit(interval=300, **{"import": {"rest": rest}})

    assert (result["step_id"], result["errors"]) == ("address", error)
