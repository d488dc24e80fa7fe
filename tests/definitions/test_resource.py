"""A resource: what is stored of it, and the values of its answer."""

from types import MappingProxyType
from typing import Any

import pytest

from custom_components.oauth2_client.definitions import InvalidDefinition
from custom_components.oauth2_client.definitions.resource import Resource
from homeassistant.config_entries import ConfigSubentry

STORED: dict[str, Any] = {
    "url": "/me",
    "method": "POST",
    "query": {"since": "{{ today_at() }}"},
    "headers": {"Accept-Language": "en"},
    "body": "{}",
    "interval": 60,
    "start": "07:00:00",
    "end": "22:30:00",
    "format": "json",
    "pages": {"kind": "cursor", "path": "$.next", "parameter": "cursor", "most": 3},
    "values": [
        {
            "key": "steps",
            "name": "Steps",
            "path": "$.steps",
            "platform": "sensor",
            "unit": "steps",
        },
        {
            "key": "weight",
            "name": "Weight",
            "path": "$.body.weight",
            "platform": "sensor",
            "unit": "kg",
            "device_class": "weight",
        },
    ],
}


def _subentry(**changed: Any) -> ConfigSubentry:
    return ConfigSubentry(
        data=MappingProxyType({**STORED, **changed}),
        subentry_type="resource",
        title="My day",
        unique_id=None,
    )


def test_what_is_stored_is_what_is_read() -> None:
    resource = Resource.from_subentry(_subentry())

    assert resource.as_dict() == STORED


def test_the_subentrys_title_is_the_name() -> None:
    assert Resource.from_subentry(_subentry()).name == "My day"


def test_an_interval_is_never_shorter_than_ten_seconds() -> None:
    assert Resource.from_subentry(_subentry(interval=1)).schedule.interval == 10


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"url": None}, "url"),
        ({"url": 5}, "url"),
        ({"interval": "often"}, "interval"),
        ({"interval": True}, "interval"),
        ({"interval": float("inf")}, "interval"),
        ({"method": "BREW"}, "method"),
        ({"query": {"a": 1}}, "query"),
        ({"headers": ["a"]}, "headers"),
        ({"start": None}, "start"),
        ({"start": "noon"}, "start"),
        ({"format": "yaml"}, "format"),
        ({"pages": {"kind": "scroll"}}, "pages.kind"),
        ({"pages": {"kind": "cursor", "path": "$.next"}}, "pages.parameter"),
        ({"values": "steps"}, "values"),
        ({"values": ["steps"]}, "values[0]"),
        ({"values": [{"name": "Steps", "path": "$.steps"}]}, "values[0].key"),
        ({"values": [{"key": "steps", "path": "$.steps"}]}, "values[0].name"),
        ({"values": [{"key": "s", "name": "S", "path": "$["}]}, "values[0].path"),
        (
            {"values": [STORED["values"][0], {**STORED["values"][1], "unit": 1}]},
            "values[1].unit",
        ),
        (
            {"values": [{**STORED["values"][0], "precision": float("nan")}]},
            "values[0].precision",
        ),
        ({"values": [STORED["values"][0]] * 2}, "values: key"),
    ],
)
def test_what_is_stored_wrongly_is_named_by_its_place(
    changed: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        Resource.from_subentry(_subentry(**changed))

    assert str(caught.value) == place


def test_a_resource_does_not_show_its_url() -> None:
    resource = Resource.from_subentry(_subentry(url="/me?api_key=planted"))

    assert "planted" not in repr(resource)
