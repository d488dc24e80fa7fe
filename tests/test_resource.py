"""A resource: what is stored of it, and the values of its answer."""

from types import MappingProxyType
from typing import Any

import pytest

from custom_components.oauth2_client.document import (
    MISSING,
    UnreadableDocument,
    compile_path,
)
from custom_components.oauth2_client.oauth2 import Response
from custom_components.oauth2_client.resource import (
    ApiRefused,
    InvalidResource,
    Resource,
    Value,
    keep_keys,
    parse_answer,
    read_values,
)
from homeassistant.config_entries import ConfigSubentry

STORED: dict[str, Any] = {
    "url": "/me",
    "interval": 60,
    "values": [
        {
            "key": "steps",
            "name": "Steps",
            "path": "$.steps",
            "unit": "steps",
            "device_class": None,
        },
        {
            "key": "weight",
            "name": "Weight",
            "path": "$.body.weight",
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


def _value(name: str, path: str, key: str = "") -> Value:
    return Value(key=key, name=name, path=compile_path(path))


def _keys(values: list[Value], previous: list[Value]) -> list[str]:
    return [value.key for value in keep_keys(values, previous)]


def test_what_is_stored_is_what_is_read() -> None:
    resource = Resource.from_subentry(_subentry())

    assert resource.as_dict() == STORED


def test_the_subentrys_title_is_the_name() -> None:
    assert Resource.from_subentry(_subentry()).name == "My day"


def test_an_interval_is_never_shorter_than_ten_seconds() -> None:
    assert Resource.from_subentry(_subentry(interval=1)).interval == 10


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"url": None}, "url"),
        ({"url": 5}, "url"),
        ({"interval": "often"}, "interval"),
        ({"interval": True}, "interval"),
        ({"values": None}, "values"),
        ({"values": ["steps"]}, "values[0]"),
        ({"values": [{"name": "Steps", "path": "$.steps"}]}, "values[0].key"),
        ({"values": [{"key": "steps", "path": "$.steps"}]}, "values[0].name"),
        ({"values": [{"key": "s", "name": "S", "path": "$["}]}, "values[0].path"),
        (
            {"values": [STORED["values"][0], {**STORED["values"][1], "unit": 1}]},
            "values[1].unit",
        ),
        ({"values": [STORED["values"][0]] * 2}, "values: key"),
    ],
)
def test_what_is_stored_wrongly_is_named_by_its_place(
    changed: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidResource) as caught:
        Resource.from_subentry(_subentry(**changed))

    assert str(caught.value) == place


def test_values_are_read_as_they_stand_in_the_document() -> None:
    resource = Resource.from_subentry(_subentry())

    assert read_values(resource, {"steps": None, "body": {"weight": 71.5}}) == {
        "steps": None,
        "weight": 71.5,
    }


@pytest.mark.parametrize(
    "document", [None, [], "text", {}, {"body": None}, {"body": []}]
)
def test_what_is_not_in_the_document_is_missing(document: object) -> None:
    resource = Resource.from_subentry(_subentry())

    assert read_values(resource, document) == {"steps": MISSING, "weight": MISSING}


def test_a_new_value_gets_a_key_of_its_name() -> None:
    assert _keys([_value("Steps today", "$.steps")], []) == ["steps_today"]


def test_two_values_of_one_name_get_two_keys() -> None:
    assert _keys([_value("Steps", "$.a"), _value("Steps", "$.b")], []) == [
        "steps",
        "steps_2",
    ]


def test_a_renamed_value_keeps_its_key() -> None:
    assert _keys(
        [_value("Walked", "$.steps")], [_value("Steps", "$.steps", "steps")]
    ) == ["steps"]


def test_a_value_of_another_path_keeps_its_key_by_its_name() -> None:
    assert _keys(
        [_value("Steps", "$.day.steps")], [_value("Steps", "$.steps", "k")]
    ) == ["k"]


def test_values_that_swap_their_names_keep_the_keys_of_their_paths() -> None:
    before = [_value("A", "$.a", "a"), _value("B", "$.b", "b")]

    assert _keys([_value("B", "$.a"), _value("A", "$.b")], before) == ["a", "b"]


def test_order_does_not_matter_to_keys() -> None:
    before = [_value("A", "$.x", "a"), _value("B", "$.x", "b")]

    assert _keys([_value("B", "$.x"), _value("A", "$.x")], before) == ["b", "a"]


def test_a_new_value_never_takes_the_key_of_one_that_goes() -> None:
    before = [
        _value("Steps", "$.steps", "steps"),
        _value("Other", "$.other", "other_2"),
    ]

    assert _keys([_value("Steps", "$.steps"), _value("Other 2", "$.new")], before) == [
        "steps",
        "other_2_2",
    ]


def test_an_answer_is_parsed_as_its_document() -> None:
    assert parse_answer(_response(200, b'{"steps": 1}'), now=0) == {"steps": 1}


def test_an_answer_without_content_is_an_empty_document() -> None:
    assert parse_answer(_response(204, b""), now=0) is None


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_an_answer_that_is_no_success_is_a_refusal(status: int) -> None:
    with pytest.raises(ApiRefused) as caught:
        parse_answer(_response(status, b"{}"), now=0)

    assert caught.value.status == status


def test_a_refusal_says_when_to_come_back() -> None:
    response = Response(status=503, headers={"retry-after": "120"}, body=b"")

    with pytest.raises(ApiRefused) as caught:
        parse_answer(response, now=0)

    assert caught.value.retry_after == 120


def test_an_answer_that_is_no_document_is_unreadable() -> None:
    with pytest.raises(UnreadableDocument):
        parse_answer(_response(200, b"<html>"), now=0)


def test_a_resource_does_not_show_its_url() -> None:
    resource = Resource.from_subentry(_subentry(url="/me?api_key=planted"))

    assert "planted" not in repr(resource)


def _response(status: int, body: bytes) -> Response:
    return Response(
        status=status, headers={"Content-Type": "application/json"}, body=body
    )
