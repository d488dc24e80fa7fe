"""Values: what is stored of them, and how they keep their entities."""

from typing import Any

import pytest

from custom_components.oauth2_client.definitions import InvalidDefinition
from custom_components.oauth2_client.definitions.distinct import keep_keys
from custom_components.oauth2_client.definitions.value import Value
from custom_components.oauth2_client.document.paths import compile_path

STORED: dict[str, Any] = {
    "key": "battery",
    "name": "Battery",
    "path": "$.devices[?@.id == 'x'].battery",
    "platform": "sensor",
    "unit": "%",
    "device_class": "battery",
    "state_class": "measurement",
    "precision": 0,
    "category": "diagnostic",
    "template": "{{ value * 100 }}",
    "attributes": ["$.devices[?@.id == 'x'].name"],
}


def _value(name: str, path: str, key: str = "") -> Value:
    return Value(key=key, name=name, path=compile_path(path))


def _keys(values: list[Value], previous: list[Value]) -> list[str]:
    return [value.key for value in keep_keys(values, previous)]


def test_what_is_stored_is_what_is_read() -> None:
    assert Value.from_dict(STORED, "value").as_dict() == STORED


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"platform": "light"}, "value.platform"),
        ({"precision": "two"}, "value.precision"),
        ({"attributes": "name"}, "value.attributes"),
        ({"attributes": ["["]}, "value.attributes"),
        ({"attributes": [5]}, "value.attributes"),
        ({"template": 5}, "value.template"),
    ],
)
def test_what_is_stored_wrongly_is_named_by_its_place(
    changed: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        Value.from_dict({**STORED, **changed}, "value")

    assert str(caught.value) == place


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
