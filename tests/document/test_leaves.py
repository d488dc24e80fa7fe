"""The values of a document, and what they are called."""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document import (
    compile_path,
    compile_paths,
    leaves,
    normalized_path,
)

from .documents import DOCUMENTS

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
        ("$.prices", "2 items"),
        ("$.prices[0].price", "1"),
        ("$.prices[1].price", "2"),
        ("$.prices[-1].price", "2"),
        ("$.empty", "0 items"),
    ]


def test_elements_with_a_key_of_their_own_are_found_by_it() -> None:
    assert [(leaf.path, leaf.name) for leaf in leaves({"devices": DEVICES})] == [
        ("$.devices", "Devices count"),
        ("$.devices[?@.id == 'k1'].id", "Kitchen Id"),
        ("$.devices[?@.id == 'k1'].name", "Kitchen Name"),
        ("$.devices[?@.id == 'k1'].temp", "Kitchen Temp"),
        ("$.devices[?@.id == 'b2'].id", "b2 Id"),
        ("$.devices[?@.id == 'b2'].name", "b2 Name"),
        ("$.devices[?@.id == 'b2'].temp", "b2 Temp"),
        ("$.devices[0].id", "Id"),
        ("$.devices[0].name", "Name"),
        ("$.devices[0].temp", "Temp"),
        ("$.devices[-1].id", "Id"),
        ("$.devices[-1].name", "Name"),
        ("$.devices[-1].temp", "Temp"),
    ]


def test_an_element_in_an_element_is_called_by_both() -> None:
    names = [leaf.name for leaf in leaves([{"code": 7, "rooms": DEVICES}])]

    assert names[:5] == [
        "Count",
        "7 Code",
        "7 Rooms count",
        "7 Kitchen Id",
        "7 Kitchen Name",
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
    ],
)
def test_a_key_is_short_unique_and_lasting(
    elements: list[Any], key: str | None
) -> None:
    by_key = [path for path in _paths(elements) if path.startswith("$[?")]

    assert bool(by_key) is (key is not None)
    assert all(path.startswith(f"$[?@{_written(key)} == ") for path in by_key)


def _written(key: str | None) -> str:
    return normalized_path([key])[1:] if key == "@id" else f".{key}"


@given(DOCUMENTS, st.integers(1, 40))
def test_each_path_finds_its_value_within_the_bounds(
    document: object, most: int
) -> None:
    found = leaves(document, most=most)

    assert len(found) <= most
    values = compile_paths(compile_path(leaf.path) for leaf in found).read(document)
    assert all(value is leaf.value for value, leaf in zip(values, found, strict=True))
    for leaf in found:
        again = compile_path(normalized_path(leaf.segments))
        assert again.find(document) is leaf.value
        assert leaf.name
        assert "\n" not in leaf.sample


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

    listed = [leaf.value for leaf in leaves(document, most=10_000)]
    # In a list with keys, whatever is neither first nor last is found by its key alone.
    assert all(any(node is value for value in listed) for node in scalars(document))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("windSpeed", "Wind Speed"),
        ("wind_speed_10m", "Wind speed 10m"),
        ("wind-speed", "Wind speed"),
        ("HTTPStatus", "HTTPStatus"),
        ("größe", "Größe"),
        ("---", "$['---']"),
    ],
)
def test_a_value_is_named_by_the_words_of_its_key(key: str, name: str) -> None:
    [leaf] = leaves({key: 1})
    assert leaf.name == name


def test_a_document_of_one_value_has_one() -> None:
    [leaf] = leaves("text")
    assert (leaf.path, leaf.name) == ("$", "$")


def test_what_is_long_is_cut() -> None:
    [leaf] = leaves({"text": "line\n" * 100})
    assert len(leaf.sample) == 61
    assert "\n" not in leaf.sample
    label = leaves([{"id": 1, "name": "x" * 1000}])[1].labels[0]
    assert len(label) == 41


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
def test_what_is_endless_leaves_room_for_the_rest(endless: object) -> None:
    found = _paths({"endless": endless, "rest": {"a": 1, "b": [1, 2, 3]}})

    assert 50 <= len(found) <= 500
    assert {"$.rest.a", "$.rest.b", "$.rest.b[0]", "$.rest.b[-1]"} <= {*found}


def test_a_large_document_takes_linear_time() -> None:
    def seconds(size: int) -> float:
        document = [{"id": number, "b_id": 1, "t": [number]} for number in range(size)]
        document[-1]["id"] = 0
        start = perf_counter()
        leaves(document)
        return perf_counter() - start

    # Sixteen times as much would take 256 times as long.
    assert seconds(160_000) < 128 * max(seconds(10_000), 0.01)
