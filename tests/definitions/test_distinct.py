"""No two values of a resource have names that give the same entity id."""

import pytest

from custom_components.oauth2_client.definitions.distinct import with_unique_names
from custom_components.oauth2_client.definitions.value import Value


def _value(name: str, path: str) -> Value:
    return Value.from_dict({"key": path, "name": name, "path": path}, "values")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("$.kitchen.temperature", "Kitchen temperature"),
        ("$.livingRoom.temperature", "Living room temperature"),
        ("$.rooms[?@.name == 'Bath'].temperature", "Bath temperature"),
        ("$.rooms[0].temperature", "Rooms 1 temperature"),
        ("$.rooms[-1][0].temperature", "Rooms -1 1 temperature"),
        ("$[0].temperature", "Temperature 2"),
        # A key that the name begins with already says nothing more.
        ("$.temperature.temperature", "Temperature 2"),
        ("$.temperature", "Temperature 2"),
        ("$..temperature", "Temperature 2"),
    ],
)
def test_a_name_that_is_taken_gets_the_words_above(path: str, name: str) -> None:
    [value] = with_unique_names(
        [_value("Temperature", path)], [_value("Temperature", "$.outside")]
    )

    assert value.name == name


def test_a_name_that_is_free_stays() -> None:
    values = [_value("Temperature", "$.a.b"), _value("Humidity", "$.a.c")]

    assert with_unique_names(values) == values


def test_names_that_differ_in_signs_alone_are_the_same() -> None:
    values = [_value("PM 10", "$.a.pm10"), _value("pm-10", "$.b.pm10")]

    assert [value.name for value in with_unique_names(values)] == ["PM 10", "B pm-10"]


def test_each_key_above_is_tried_before_a_number() -> None:
    values = [
        _value("Temperature", f"$.{home}.{room}.temperature")
        for home in ("north", "south")
        for room in ("bath", "hall")
    ]

    assert [value.name for value in with_unique_names(values)] == [
        "Temperature",
        "Hall temperature",
        "Bath temperature",
        "South hall temperature",
    ]
