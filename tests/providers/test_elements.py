"""Known resources whose answer lists things have values for each."""

from typing import Any, Final

import pytest

from custom_components.oauth2_client.catalogue import InvalidProvider, KnownResource
from custom_components.oauth2_client.catalogue.known_resource import (
    parse_known_resource,
)
from custom_components.oauth2_client.providers.elements import first_path, for_each

LIST: Final = {"path": "$.mowers", "key": "id", "name": ["system.name"]}


def _known(**changed: Any) -> KnownResource:
    values = [
        {"key": "battery", "name": "Battery", "path": "$.mowers[0].battery.level"},
        {
            "key": "carbon_dioxide",
            "name": "CO2",
            "path": "$.mowers[0].co2",
            "attributes": ["$.mowers[0].system.model", "$.total"],
        },
        {"key": "total", "name": "Total", "path": "$.total"},
    ]
    raw = {"id": "mowers", "name": "Mowers", "url": "/mowers", "each": LIST}
    return parse_known_resource({**raw, "values": values, **changed})


def _mower(key: object, name: str | None = None, **has: Any) -> dict[str, Any]:
    system = {"model": "X"} | ({} if name is None else {"name": name})
    return {"id": key, "system": system, **has}


BOTH: Final[dict[str, Any]] = {"battery": {"level": 7}, "co2": 400}


def test_each_element_has_the_values_and_is_selected_by_its_key() -> None:
    document: dict[str, Any] = {
        "total": 2,
        "mowers": [_mower("a'1", "Lawn"), _mower(2, "Back", **BOTH)],
    }
    document["mowers"][0].update(BOTH)
    values = for_each(_known(), document).values

    assert [(each.key, each.name, each.path) for each in values] == [
        ("total", "Total", "$.total"),
        ("battery", "Lawn battery", "$.mowers[?@.id == 'a\\'1'].battery.level"),
        ("carbon_dioxide", "Lawn CO2", "$.mowers[?@.id == 'a\\'1'].co2"),
        ("battery_2", "Back battery", "$.mowers[?@.id == 2].battery.level"),
        ("carbon_dioxide_2", "Back CO2", "$.mowers[?@.id == 2].co2"),
    ]
    assert values[4].attributes == ("$.mowers[?@.id == 2].system.model", "$.total")


def test_the_values_of_a_single_element_have_no_name_in_front() -> None:
    values = for_each(_known(), {"mowers": [_mower("a", "Lawn", **BOTH)]}).values

    assert [(each.key, each.name) for each in values] == [
        ("total", "Total"),
        ("battery", "Battery"),
        ("carbon_dioxide", "CO2"),
    ]
    assert all("[0]" not in each.path for each in values)


def test_values_that_an_element_lacks_are_left_out_unless_it_lacks_all() -> None:
    document: dict[str, Any] = {
        "mowers": [_mower("a", "Lawn", co2=400), _mower("b", "Back"), _mower("c")]
    }
    keys = [each.key for each in for_each(_known(), document).values]

    assert keys == [
        *("total", "carbon_dioxide"),
        *("battery_2", "carbon_dioxide_2", "battery_3", "carbon_dioxide_3"),
    ]


def test_a_name_may_be_in_a_list() -> None:
    listed = {**LIST, "name": ["parts.1.name", "system.name"]}
    document: dict[str, Any] = {
        "mowers": [
            _mower("a", co2=400, parts=[{}, {"name": "Lawn"}]),
            _mower("b", "Back", co2=400, parts=[{}]),
        ]
    }
    names = [each.name for each in for_each(_known(each=listed), document).values]

    assert names == ["Total", "Lawn CO2", "Back CO2"]


def test_an_element_without_a_name_is_named_by_its_number() -> None:
    document = {"mowers": [_mower("a", **BOTH), _mower("b", "Back", **BOTH)]}
    names = [each.name for each in for_each(_known(), document).values]

    assert names[1:4:2] == ["1 battery", "Back battery"]


@pytest.mark.parametrize(
    "document",
    [
        {"mowers": []},
        {"mowers": "none"},
        {"mowers": [{"battery": {"level": 7}}, {"id": True}, {"id": ""}, 3]},
        {},
        None,
    ],
)
def test_without_identified_elements_only_the_first_has_the_values(
    document: object,
) -> None:
    assert for_each(_known(), document) == _known()


def test_no_more_than_twenty_elements_have_values() -> None:
    document = {"mowers": [_mower(key, **BOTH) for key in range(1000)]}

    assert len(for_each(_known(), document).values) == 41


def test_the_values_of_an_element_are_recognized() -> None:
    known = _known()

    assert first_path(known, "$.mowers[?@.id == 2].co2") == "$.mowers[0].co2"
    assert first_path(known, "$.total") == "$.total"
    assert first_path(known, "$.other[?@.id == 2].co2") == "$.other[?@.id == 2].co2"


@pytest.mark.parametrize("wrong", [[], {"path": "$"}, {**LIST, "more": 1}, "$"])
def test_an_invalid_list_of_elements_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidProvider, match="each|key"):
        _known(each=wrong)
