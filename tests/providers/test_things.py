"""The things of a list, and the requests that are complete with their ids."""

import json
from typing import Any, Final

import pytest

from custom_components.oauth2_client.catalogue import KnownResource, Level
from custom_components.oauth2_client.catalogue.known_resource import (
    parse_known_resource,
)
from custom_components.oauth2_client.providers.things import (
    MAX_THINGS,
    Thing,
    by_request,
    of_things,
    request_of,
    things_in,
)

HOMES: Final[dict[str, Any]] = {
    "url": "/homes",
    "path": "$.data",
    "ids": {"home": "id"},
    "name": ["description"],
}
GATEWAYS: Final[dict[str, Any]] = {"path": "$.gateways", "ids": {"gateway": "serial"}}
DEVICES: Final[dict[str, Any]] = {
    "url": "/homes/{home}/gateways/{gateway}/devices",
    "path": "$",
    "ids": {"device": "id"},
    "name": ["label", "model"],
}


def _known(*levels: dict[str, Any], **changed: Any) -> KnownResource:
    values = [{"key": "a", "name": "A", "path": "$.a"}]
    raw = {"id": "log", "name": "Log", "url": "/{home}", "of": [*(levels or [HOMES])]}
    return parse_known_resource({**raw, "values": values, **changed})


def _levels(*levels: dict[str, Any]) -> tuple[Level, ...]:
    return _known(*levels).of


def _thing(**ids: str) -> Thing:
    return Thing(ids=tuple(ids.items()), names=("",) * len(ids))


def _ids(elements: object, **level: Any) -> list[str]:
    [read] = _levels({**HOMES, **level})
    things = things_in({"data": elements}, [read], Thing())
    assert things is not None
    return [text for thing in things for _, text in thing.ids]


def test_levels_whose_lists_are_in_one_answer_are_one_request() -> None:
    homes, gateways, devices = _levels(HOMES, GATEWAYS, DEVICES)

    assert by_request((homes, gateways, devices)) == [(homes, gateways), (devices,)]


def test_a_list_within_a_list_has_the_ids_of_both() -> None:
    document = {
        "data": [
            {"id": 1, "description": "Home", "gateways": [{"serial": "a"}, {}]},
            {"id": 2, "gateways": [{"serial": "b"}, {"serial": "c"}]},
            {"id": 3},
        ]
    }
    things = things_in(document, _levels(HOMES, GATEWAYS), Thing())

    assert things == [
        Thing(ids=(("home", "1"), ("gateway", "a")), names=("Home", "")),
        Thing(ids=(("home", "2"), ("gateway", "b")), names=("", "")),
        Thing(ids=(("home", "2"), ("gateway", "c")), names=("", "")),
    ]


def test_the_list_of_an_answer_that_was_asked_for_a_thing_has_its_ids_too() -> None:
    above = Thing(ids=(("home", "1"), ("gateway", "g")), names=("Home", ""))
    things = things_in([{"id": "x", "model": "M"}], _levels(DEVICES), above)

    assert things == [Thing(ids=(*above.ids, ("device", "x")), names=("Home", "", "M"))]


def test_an_object_in_place_of_a_list_is_the_only_thing() -> None:
    assert _ids({"id": "a"}) == ["a"]


@pytest.mark.parametrize("document", [{}, {"data": 5}, {"data": None}, [], "data", 5])
def test_without_a_list_there_are_no_things(document: object) -> None:
    assert things_in(document, _levels(HOMES), Thing()) is None


def test_only_what_can_be_sent_is_an_id() -> None:
    texts = ["a/b", "a b", "ä", "%41", "{{ now() }}", 0, -5]
    unfit: list[Any] = [
        "",
        None,
        True,
        1.5,
        [],
        {},
        {"a": 1},
        ".",
        "..",
        "a\nb",
        "\ud800",
    ]
    unfit += ["x" * 1000, 10**3000]
    elements: list[Any] = [{"id": each} for each in (*unfit, *texts)]

    assert _ids([5, None, "a", [], {}, *elements]) == [*map(str, texts)]


def test_a_thing_that_is_listed_twice_is_one() -> None:
    assert _ids([{"id": 1}, {"id": 1}, {"id": "1"}]) == ["1"]


def test_an_id_may_be_further_within() -> None:
    assert _ids([{"a": {"b": 7}}, {"a": 7}], ids={"home": "a.b"}) == ["7"]


def test_of_a_list_without_end_only_some_are_read() -> None:
    many = [{"id": number} for number in range(1_000_000)]
    assert len(_ids(many)) == MAX_THINGS + 1

    deep = [{"id": number, "gateways": [{"serial": "a"}] * 1000} for number in range(9)]
    things = things_in({"data": deep}, _levels(HOMES, GATEWAYS), Thing())
    assert things is not None
    assert len(things) == 9


@pytest.mark.parametrize(
    ("id_", "address"),
    [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("ä", "%C3%A4"),
        ("%41", "%2541"),
        ("a?b#c", "a%3Fb%23c"),
        ("{{ 7 * 7 }}", "%7B%7B%207%20%2A%207%20%7D%7D"),
        ("{gateway}", "%7Bgateway%7D"),
    ],
)
def test_an_id_is_encoded_in_an_address(id_: str, address: str) -> None:
    known = _known(url="/a/{home}/b?c={home}")

    assert request_of(known, _thing(home=id_, gateway="no")).url == (
        f"/a/{address}/b?c={address}"
    )


def test_an_id_is_written_in_a_query_and_a_body_as_it_is() -> None:
    known = _known(
        url="/a",
        method="POST",
        query={"id": "{home}", "at": "{{ now() }}"},
        headers={"X-Home": "{home}"},
        body='{"id": "{home}"}',
    )
    request = request_of(known, _thing(home='a/"ä &%'))

    assert request.query == {"id": 'a/"ä &%', "at": "{{ now() }}"}
    assert json.loads(request.body or "") == {"id": 'a/"ä &%'}
    assert request.headers == {"X-Home": "a%2F%22%C3%A4%20%26%25"}
    assert request.method == "POST"


def test_an_id_in_a_form_is_encoded() -> None:
    known = _known(url="/a", method="POST", body="home={home}&b=1")

    assert request_of(known, _thing(home="a&c=d")).body == "home=a%26c%3Dd&b=1"


def test_of_one_thing_a_resource_keeps_its_name() -> None:
    [only] = of_things(_known(), [Thing(ids=(("home", "7"),), names=("Cabin",))])

    assert (only.id, only.name, only.url, only.of) == ("log", "Log", "/7", ())


def test_of_several_things_resources_are_named_after_them() -> None:
    things = [
        Thing(ids=(("home", str(number)),), names=(name,))
        for number, name in enumerate(("Cabin", "House", "cabin", ""))
    ]
    made = of_things(_known(), things)

    assert [(each.id, each.name, each.url) for each in made] == [
        ("log_1", "Cabin log", "/0"),
        ("log_2", "House log", "/1"),
        ("log_3", "cabin 2 log", "/2"),
        ("log_4", "3 log", "/3"),
    ]


def test_what_things_are_in_is_named_where_it_tells_them_apart() -> None:
    def named(*names: tuple[str, ...]) -> list[str]:
        things = [
            Thing(ids=(("home", "1"), ("device", f"d{number}")), names=each)
            for number, each in enumerate(names)
        ]
        return [each.name for each in of_things(_known(), things)]

    assert named(("Home", "Boiler"), ("Home", "Pump")) == ["Boiler log", "Pump log"]
    assert named(("Home", "Pump"), ("Cabin", "Pump")) == [
        "Home Pump log",
        "Cabin Pump log",
    ]
    assert named(("Home", ""), ("Cabin", "")) == ["Home d0 log", "Cabin d1 log"]


def test_a_name_of_any_length_and_on_any_lines_is_short_and_on_one() -> None:
    [read] = _levels(HOMES)
    elements: list[Any] = [
        {"id": 1, "description": "x" * 10_240},
        {"id": 2, "description": "  A\nhouse\x00 \ud800 "},
        {"id": 3, "description": {"a": 1}},
        {"id": 4, "description": " \n"},
    ]
    things = things_in({"data": elements}, [read], Thing())

    assert things is not None
    assert [each.names for each in things] == [("x" * 80,), ("A house",), ("",), ("",)]
