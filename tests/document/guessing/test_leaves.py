"""The values of a document, as they are offered to be picked."""

from collections.abc import Iterator
from time import thread_time
from typing import Any

from hypothesis import assume, given
import pytest

from custom_components.oauth2_client.document.guessing import first_of_each, leaves
from custom_components.oauth2_client.document.paths import compile_path, compile_paths

from ..documents import DOCUMENTS

MOST = 500
DOCUMENT = {
    "user": {"windSpeed": 3.5, "e-mail": "a@b", "none": None, "on": True},
    "prices": [{"price": 1}, {"price": 2}],
    "empty": [],
    "nothing": {},
}
DEVICES = [
    {"id": "k1", "name": "Kitchen", "temp": 20},
    {"id": "b2", "name": " ", "temp": 18},
]


def _paths(document: object) -> list[str]:
    return [leaf.path for leaf in leaves(document)]


def test_every_value_is_listed_with_its_path_and_a_sample() -> None:
    assert [(leaf.path, leaf.sample) for leaf in leaves(DOCUMENT)] == [
        ("$.user.windSpeed", "3.5"),
        ("$.user['e-mail']", "a@b"),
        ("$.user.none", "null"),
        ("$.user.on", "true"),
        ("$.prices", "[2]"),
        ("$.prices[0].price", "1"),
        ("$.prices[1].price", "2"),
        ("$.prices[-1].price", "2"),
        ("$.empty", "[0]"),
    ]


def test_elements_are_found_by_the_member_that_identifies_them() -> None:
    assert _paths({"devices": DEVICES}) == [
        "$.devices",
        "$.devices[?@.id == 'k1'].id",
        "$.devices[?@.id == 'k1'].name",
        "$.devices[?@.id == 'k1'].temp",
        "$.devices[?@.id == 'b2'].id",
        "$.devices[?@.id == 'b2'].name",
        "$.devices[?@.id == 'b2'].temp",
    ]


def test_an_element_inside_an_element_is_found_by_the_members_of_both() -> None:
    assert _paths([{"code": 7, "rooms": DEVICES}])[:4] == [
        "$",
        "$[?@.code == 7].code",
        "$[?@.code == 7].rooms",
        "$[?@.code == 7].rooms[?@.id == 'k1'].id",
    ]


@pytest.mark.parametrize(
    ("elements", "key"),
    [
        ([{"temp": 1, "id": 5}, {"temp": 2, "id": 6}], "id"),
        ([{"name": "a", "id": 5}, {"name": "b", "id": 5}], "name"),
        ([{"station_id": "a"}, {"station_id": "b"}], "station_id"),
        ([{"stationId": "a", "t": 1}, {"t": 1, "stationId": "b"}], "stationId"),
        ([{"@id": "1", "t": 1}], "@id"),
        ([{"paid": 1}, {"paid": 2}], None),
        ([{"id": 1}, {"id": 1}], None),
        ([{"id": 1}, {"other": 2}], None),
        ([{"id": 1}, 2], None),
        ([{"id": None}], None),
        ([{"id": True}], None),
        ([{"id": 1.5}], None),
        ([{"id": ""}], None),
        ([{"id": [1]}, {"id": [2]}], None),
        ([{"id": 2**53}], None),
        ([{"id": "x" * 65}], None),
        ([{"id": "2026-11-24"}], None),
        ([{"id": "20261124T1200"}], None),
        ([{"title": "12:30"}, {"title": "13:30"}], None),
        ([{"name": "24.11.2026"}], None),
        ([{"id": "20261124"}], None),
        ([{"uid": "x-1"}, {"uid": "x-2"}], "uid"),
        ([{"wheel": "LEFT", "v": 1}, {"wheel": "RIGHT", "v": 2}], "wheel"),
        ([{"status": "OPEN", "v": 1}, {"status": "CLOSED", "v": 2}], None),
        ([{"id": "20261124T120000Z"}, {"id": "20261123T120000Z"}], None),
        ([{"id": "202611241200"}], None),
        ([{"id": "2746182631"}, {"id": "2940411577"}], "id"),
        ([{"id": "20261399"}, {"id": "20261398"}], "id"),
        ([{"id": "2026112412345"}], "id"),
        ([{"id": "70:ee:50:00:00:01"}], "id"),
        ([{"type": "temp", "v": 1}, {"type": "hum", "v": 2}], "type"),
        ([{"type": "temp", "v": 1}, {"type": "temp", "v": 2}], None),
        ([{"type": "temp", "v": 1}], None),
        ([{"type": 1, "v": 1}, {"type": 2, "v": 2}], None),
    ],
)
def test_an_identifying_value_is_short_unique_and_stable(
    elements: list[Any], key: str | None
) -> None:
    by_key = [path for path in _paths(elements) if path.startswith("$[?")]

    assert bool(by_key) is (key is not None)
    assert all(path.startswith(f"$[?@{_written(key)} == ") for path in by_key)


def _first(document: object) -> str:
    return _paths(document)[1]


@pytest.mark.parametrize(
    ("elements", "is_position_first"),
    [
        ([{"id": 9, "start": "2026-11-24"}, {"id": 8, "start": "2026-11-23"}], True),
        ([{"id": 8, "start": "2026-11-23"}, {"id": 9, "start": "2026-11-24"}], False),
        ([{"id": 9, "start": "2026-11-24"}, {"id": 8, "start": "2026-11-24"}], False),
        ([{"id": 9, "day": "2026-11-24"}, {"id": 8, "day": "Monday"}], False),
        (
            [{"id": 9, "startTime": 1772366400}, {"id": 8, "startTime": 1772366300}],
            True,
        ),
        ([{"id": 9, "start": 9}, {"id": 8, "start": 8}], False),
        (
            [
                {"id": number, "created_at": f"2026-11-{number}T12:00:00Z"}
                for number in (24, 23, 22)
            ],
            True,
        ),
        (
            [
                {"id": number, "created_at": f"2026-11-{number}T12:00:00Z"}
                for number in (24, 23)
            ],
            False,
        ),
        (
            [
                {"id": number, "last_seen": f"2026-11-{number}T12:00:00Z"}
                for number in (24, 23, 22)
            ],
            False,
        ),
        (
            [
                {"id": "b", "start": {"dateTime": "2026-11-24T12:00:00Z"}},
                {"id": "a", "start": {"dateTime": "2026-11-23T12:00:00Z"}},
            ],
            True,
        ),
        ([{"id": 800, "main": "Clear", "icon": "01d"}], True),
        ([{"id": 800, "name": "Clear"}], False),
        ([{"id": 800, "temp": 21}], False),
        ([{"id": 800}], False),
        # The latest one, of a request for one.
        ([{"id": 8, "name": "Run", "start_date": "2026-11-24T07:00:00Z"}], True),
        ([{"id": 8, "t": 1, "created_at": "2026-11-24T07:00:00Z"}], False),
        ([{"id": 8, "start": 9}], False),
        ([{"id": 8, "t": 1, "date_setup": 1772366400}], False),
        # Things may be listed by when they were made, and are still themselves.
        (
            [
                {
                    "id": number,
                    "name": f"Shed {number}",
                    "created_at": f"2026-11-{number}",
                }
                for number in (24, 23, 22)
            ],
            False,
        ),
    ],
)
def test_a_position_comes_first_where_the_newest_element_does(
    elements: list[Any], is_position_first: bool
) -> None:
    assert _first(elements).startswith("$[0]") is is_position_first
    assert any(path.startswith("$[?") for path in _paths(elements))


@pytest.mark.parametrize(
    "elements",
    [
        [{"id": "2746182631", "temp": 1}, {"id": "2940411577", "temp": 2}],
        [{"type": "inside", "temp": 1}, {"type": "outside", "temp": 2}],
    ],
)
def test_after_a_swap_each_value_is_that_of_its_own_element(
    elements: list[dict[str, Any]],
) -> None:
    [path] = [leaf.path for leaf in leaves(elements) if leaf.path.endswith("temp")][:1]

    assert compile_path(path).find(elements) == 1
    assert compile_path(path).find(elements[::-1]) == 1


def _written(key: str | None) -> str:
    return "['@id']" if key == "@id" else f".{key}"


@given(DOCUMENTS)
def test_each_path_finds_its_value(document: object) -> None:
    found = leaves(document)

    values = compile_paths(compile_path(leaf.path) for leaf in found).read(document)
    assert all(value is leaf.value for value, leaf in zip(values, found, strict=True))
    assert all("\n" not in leaf.sample for leaf in found)


@given(DOCUMENTS)
def test_each_value_of_a_small_document_is_listed(document: object) -> None:
    def scalars(node: object) -> Iterator[object]:
        if isinstance(node, dict):
            node = [*node.values()]
        if isinstance(node, list):
            for inside in node:
                yield from scalars(inside)
        else:
            yield node

    listed = [leaf.value for leaf in leaves(document)]
    assume(len(listed) < MOST)
    # By identity, since equal values may be in several places.
    assert all(any(node is value for value in listed) for node in scalars(document))


def test_a_document_of_one_value_has_one() -> None:
    assert _paths("text") == ["$"]


def test_a_long_sample_is_cut() -> None:
    [leaf] = leaves({"text": "line\n" * 100})
    assert len(leaf.sample) == 61
    assert "\n" not in leaf.sample


def test_a_path_too_long_to_be_read_is_not_offered() -> None:
    assert _paths({"x" * 1000: 1, "y": 2}) == ["$.y"]


@pytest.mark.parametrize(
    "endless",
    [
        [*range(10_000)],
        [{"id": number, "temp": 1} for number in range(10_000)],
        [[[1] * 100] * 100] * 100,
        {f"key{number}": number for number in range(10_000)},
    ],
    ids=["numbers", "by key", "nested", "members"],
)
def test_a_long_list_leaves_room_for_the_other_values(endless: object) -> None:
    found = _paths({"endless": endless, "rest": {"a": 1, "b": [1, 2, 3]}})

    assert 50 <= len(found) <= MOST
    assert {"$.rest.a", "$.rest.b", "$.rest.b[0]", "$.rest.b[-1]"} <= {*found}


def test_a_large_document_takes_linear_time() -> None:
    def seconds(size: int) -> float:
        document = [{"id": number, "b_id": 1, "t": [number]} for number in range(size)]
        document[-1]["id"] = 0
        start = thread_time()
        leaves(document)
        return thread_time() - start

    # Quadratic time would be 256 times as long for sixteen times as much.
    assert seconds(160_000) < 128 * max(seconds(10_000), 0.01)


LISTED = [{"id": 4, "t": 1}, {"id": 5, "t": 2}, {"id": 6, "t": 3}]


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        (
            LISTED[:2],
            [
                "$", "$[?@.id == 4].id", "$[?@.id == 4].t", "$[?@.id == 5].id", "$[?@.id == 5].t",
            ],
        ),
        (
            [{"id": 5, "start": "2026-11-24"}, {"id": 4, "start": "2026-11-23"}],
            ["$", "$[0].id", "$[0].start", "$[?@.id == 4].id", "$[?@.id == 4].start"],
        ),
        ({"a": [LISTED[:2]]}, ["$.a", "$.a[0]", *(f"$.a[0][?@.id == {n}].{k}" for n in (4, 5) for k in ("id", "t"))]),
        ([{"id": 4, "in": [{"id": 5, "t": 1}]}], ["$", "$[?@.id == 4].id", "$[?@.id == 4].in",
            "$[?@.id == 4].in[?@.id == 5].id", "$[?@.id == 4].in[?@.id == 5].t"]),
        ({"a": {"only": {"t": 1}}}, ["$.a.only.t"]),
        (LISTED[:1], ["$", "$[?@.id == 4].id", "$[?@.id == 4].t"]),
        (["a", "b", "c"], ["$", "$[0]", "$[1]", "$[2]"]),
        (["a"], ["$", "$[0]"]),
        ({"a": [[1, 2], [1, 2]]}, ["$.a", "$.a[0]", "$.a[0][0]", "$.a[0][1]", "$.a[1]", "$.a[1][0]", "$.a[1][1]"]),
    ],
    ids=str,
)  # fmt: skip
def test_the_first_way_to_each_value_is_the_one(
    document: object, paths: list[str]
) -> None:
    found = first_of_each(leaves(document), document)

    assert [leaf.path for leaf in found] == paths


@pytest.mark.parametrize(
    ("elements", "is_both"),
    [
        ([{"id": 8, "start": "2026-11-23"}, {"id": 9, "start": "2026-11-24"}], True),
        ([{"id": 8, "due": "2026-11-23"}, {"id": 9, "due": None}], True),
        (
            [
                {"id": 8, "updated_at": "2026-11-24T07:00:00Z"},
                {"id": 9, "updated_at": "2026-11-23T07:00:00Z"},
            ],
            True,
        ),
        ([{"id": 8, "t": 1}, {"id": 9, "t": 2}], False),
        (
            [
                {"id": 8, "name": "A", "updated_at": "2026-11-24T07:00:00Z"},
                {"id": 9, "name": "B", "updated_at": "2026-11-23T07:00:00Z"},
            ],
            False,
        ),
    ],
)
def test_the_next_of_several_events_is_none_in_particular(
    elements: list[Any], is_both: bool
) -> None:
    paths = [leaf.path for leaf in first_of_each(leaves(elements), elements)]

    assert "$[?@.id == 8].id" in paths
    assert ("$[0].id" in paths) is is_both


def test_values_that_are_equal_are_not_one() -> None:
    same = {"id": 1, "t": 5}
    document = {"a": same, "b": same, "c": [same]}
    found = first_of_each(leaves(document), document)

    assert [leaf.path for leaf in found if leaf.value == 5] == [
        "$.a.t",
        "$.b.t",
        "$.c[?@.id == 1].t",
    ]
