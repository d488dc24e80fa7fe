"""What core's documentation of `rest` shows, as resources."""

from typing import Any

import pytest

from custom_components.oauth2_client.rest_import import InvalidRest, resource_from_rest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .account_flow import AccountFlow
from .resources import SubentryFlow, entity_ids, state_of

FULL: dict[str, Any] = {
    "resource": "https://api.example.com/weather",
    "method": "post",
    "params": {"units": "metric", "days": 3},
    "headers": {"Authorization": "Bearer mine", "X-Own": "{{ 1 }}"},
    "payload": '{"a": 1}',
    "scan_interval": 60,
    "sensor": [
        {
            "name": "Outside",
            "value_template": "{{ value_json.current['temp'] }}",
            "unit_of_measurement": "°C",
            "device_class": "temperature",
            "state_class": "measurement",
            "json_attributes_path": "$.current",
            "json_attributes": ["wind", "sky"],
        },
        {"name": "Rounded", "value_template": "{{ value_json.list[0].x | round(1) }}"},
        {"name": "Sum", "value_template": "{{ value_json.a + value_json.b }}"},
    ],
    "binary_sensor": {"name": "Rain", "value_template": "{{ value_json.rain }}"},
}
PLATFORM = {
    "platform": "rest",
    "resource": "/me",
    "name": "Login",
    "value_template": "{{ value_json.login }}",
}


def test_a_definition_becomes_a_request_and_its_schedule() -> None:
    resource = resource_from_rest({"rest": [FULL]})

    assert resource.name == "Outside"
    assert resource.request.as_dict() == {
        "url": "https://api.example.com/weather",
        "method": "POST",
        "query": {"units": "metric", "days": "3"},
        "headers": {"X-Own": "{{ 1 }}"},
        "body": '{"a": 1}',
    }
    assert resource.schedule.interval == 60


def test_each_sensor_becomes_a_value() -> None:
    outside, rounded, summed, rain = resource_from_rest(FULL).values

    assert outside.as_dict() == {
        "key": "outside",
        "name": "Outside",
        "path": "$.current['temp']",
        "platform": "sensor",
        "unit": "°C",
        "device_class": "temperature",
        "state_class": "measurement",
        "attributes": ["$.current.wind", "$.current.sky"],
    }
    assert outside.path.find({"current": {"temp": 5}}) == 5
    assert [path.text for path in outside.attributes] == [
        "$.current.wind",
        "$.current.sky",
    ]
    assert rounded.path.find({"list": [{"x": 1.26}]}) == 1.26
    assert rounded.template == "{{ value | round(1) }}"
    assert summed.path.text == "$"
    assert summed.template is not None
    assert summed.template.endswith("{{ value_json.a + value_json.b }}")
    assert (rain.platform, rain.path.text) == ("binary_sensor", "$.rain")


@pytest.mark.parametrize(
    "pasted", [PLATFORM, [PLATFORM], {"sensor": [PLATFORM]}, {"sensor": PLATFORM}]
)
def test_a_sensor_of_the_platform_is_one_as_well(pasted: object) -> None:
    resource = resource_from_rest(pasted, name="Me")

    assert (resource.name, resource.request.url) == ("Me", "/me")
    [value] = resource.values
    assert (value.name, value.path.text) == ("Login", "$.login")


@pytest.mark.parametrize("interval", [30, "00:00:30", {"seconds": 30}, None])
def test_an_interval_is_written_in_many_ways(interval: object) -> None:
    pasted = {**PLATFORM, "scan_interval": interval}
    if interval is None:
        del pasted["scan_interval"]

    assert resource_from_rest(pasted).schedule.interval == 30


def test_a_sensor_without_a_template_shows_the_whole_answer() -> None:
    [value] = resource_from_rest({"resource": "/a", "sensor": [{"name": "A"}]}).values

    assert (value.path.text, value.template) == ("$", None)


@pytest.mark.parametrize(
    ("pasted", "key", "place"),
    [
        ("text", "rest_wrong", "rest"),
        (5, "rest_wrong", "rest"),
        ({}, "rest_wrong", "resource"),
        ({"rest": None}, "rest_wrong", "rest"),
        ({"rest": [PLATFORM, PLATFORM]}, "rest_one_at_a_time", ""),
        ({"resource": "/a"}, "rest_without_sensors", ""),
        ({"resource": "/a", "sensor": ["b"]}, "rest_wrong", "sensor"),
        ({**PLATFORM, "method": "brew"}, "rest_wrong", "method"),
        ({**PLATFORM, "headers": ["a"]}, "rest_wrong", "headers"),
        ({**PLATFORM, "scan_interval": "often"}, "rest_wrong", "scan_interval"),
        ({**PLATFORM, "resource": 5}, "rest_wrong", "url"),
        ({**PLATFORM, "payload": 5}, "rest_wrong", "body"),
        ({**PLATFORM, "device_class": 5}, "rest_wrong", "sensor.device_class"),
        (
            {**PLATFORM, "json_attributes": ["a"], "json_attributes_path": "$["},
            "rest_wrong",
            "json_attributes_path",
        ),
    ],
)
def test_what_is_no_definition_is_told_by_its_place(
    pasted: object, key: str, place: str
) -> None:
    with pytest.raises(InvalidRest) as raised:
        resource_from_rest(pasted)

    assert (raised.value.key, raised.value.place) == (key, place)


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


async def test_it_is_pasted_and_its_values_are_ticked(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    adding = SubentryFlow(hass, account)
    await adding.start()
    pasted = {"resource": "/weather", "sensor": [dict(_SUM), dict(_BATTERY)]}
    result = await adding.submit(interval=60, **{"import": {"rest": pasted}})
    assert result["step_id"] == "pick"
    [picked] = [key for key in result["data_schema"].schema if str(key) == "picked"]
    ticked = picked.description["suggested_value"]
    assert ticked == ["$", "$.battery"]
    result = await adding.submit(picked=ticked, adjust=False)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = account.subentries.values()
    assert set(entity_ids(hass, subentry)) == {"sum", "battery"}
    assert state_of(hass, "sensor.sum_sum") == "135"
    assert state_of(hass, "sensor.sum_battery") == "87"


_SUM = {
    "name": "Sum",
    "value_template": "{{ value_json.battery + value_json.current.humidity }}",
}
_BATTERY = {"name": "Battery", "value_template": "{{ value_json.battery }}"}


async def test_a_mistake_in_it_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    adding = SubentryFlow(hass, account)
    await adding.start()
    result = await adding.submit(interval=60, **{"import": {"rest": {"a": 1}}})

    assert result["errors"] == {"base": "rest_wrong"}
    assert result["description_placeholders"]["place"] == "resource"
