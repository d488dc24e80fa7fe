"""What is read from a resource's answer."""

from copy import replace

import pytest

from custom_components.oauth2_client.api.redaction import Redaction
from custom_components.oauth2_client.definitions.readings import (
    MAX_TEXT_CHARACTERS,
    Elements,
    ValueReader,
)
from custom_components.oauth2_client.definitions.redacted_readings import redacted
from custom_components.oauth2_client.definitions.value import Value
from custom_components.oauth2_client.document.paths import MISSING, compile_path

STEPS = Value(key="steps", name="Steps", path=compile_path("$.steps"))
WEIGHT = Value(
    key="weight",
    name="Weight",
    path=compile_path("$.body.weight"),
    attributes=(compile_path("$.body.unit"), compile_path("$.unit")),
)
READER = ValueReader((STEPS, WEIGHT))


def test_values_are_read_as_they_stand_in_the_document() -> None:
    document = {"steps": None, "body": {"weight": 71.5, "unit": "kg"}, "unit": 2}
    readings = READER.read(document)

    assert readings.values == {"steps": None, "weight": 71.5}
    assert readings.attributes == {"weight": {"unit": "kg", "unit_2": 2}}


@pytest.mark.parametrize(
    "document", [None, [], "text", {}, {"body": None}, {"body": []}]
)
def test_what_is_not_in_the_document_is_missing(document: object) -> None:
    readings = READER.read(document)

    assert readings.values == {"steps": MISSING, "weight": MISSING}
    assert readings.attributes == {"weight": {"unit": None, "unit_2": None}}


def test_of_a_list_the_length_is_kept_and_of_an_object_nothing() -> None:
    document = {"steps": [{"a": 1}] * 3, "body": {"weight": {"kg": 70}}}
    readings = READER.read(document)

    assert readings.values == {"steps": Elements(count=3), "weight": {}}
    assert len(Elements(count=3)) == 3
    assert not Elements(count=0)


def test_a_template_may_use_every_value_whole() -> None:
    reader = ValueReader((replace(STEPS, template="{{ values.weight }}"), WEIGHT))
    document = {"steps": [1, 2], "body": {"weight": {"kg": 70}}}

    assert reader.read(document).values == {"steps": [1, 2], "weight": {"kg": 70}}


def test_a_list_is_kept_for_its_own_template_only() -> None:
    reader = ValueReader((replace(STEPS, template="{{ value[0] }}"), WEIGHT))
    document = {"steps": [1, 2], "body": {"weight": [70] * 3}}

    assert reader.read(document).values == {
        "steps": [1, 2],
        "weight": Elements(count=3),
    }


def test_a_text_is_cut_to_what_a_state_shows_once_it_has_no_secret() -> None:
    secret = "planted-token"
    text = f"{'x' * (MAX_TEXT_CHARACTERS - 5)}{secret}{'y' * 100}"
    readings = READER.read({"steps": text, "body": {"weight": 1, "unit": text}})
    shown = redacted(readings, Redaction([secret]))

    for seen in (shown.values["steps"], shown.attributes["weight"]["unit"]):
        assert isinstance(seen, str)
        assert len(seen) == MAX_TEXT_CHARACTERS
        assert seen.endswith("x**red")


def test_a_text_for_a_template_is_not_cut() -> None:
    reader = ValueReader([replace(STEPS, template="{{ value | length }}")])
    text = "x" * 2 * MAX_TEXT_CHARACTERS

    shown = redacted(reader.read({"steps": text}), Redaction([]))
    assert shown.values == {"steps": text}


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ([1, {"a": "b"}], [1, {"a": "b"}]),
        ([0] * 3000, 3000),
        ([[0] * 1000] * 3, 3),
        ({"a": "x" * 70_000}, 1),
    ],
)
def test_of_an_attribute_with_many_elements_their_number_is_shown(
    unit: object, shown: object
) -> None:
    readings = READER.read({"steps": 1, "body": {"weight": 1, "unit": unit}})

    attributes = redacted(readings, Redaction([])).attributes["weight"]
    assert attributes["unit"] == shown


def test_a_change_of_a_value_or_of_an_attribute_of_it_is_told() -> None:
    before = READER.read({"steps": 1, "body": {"weight": 70, "unit": "kg"}})

    for document, changed in (
        ({"steps": 1, "body": {"weight": 70, "unit": "kg"}}, set()),
        ({"steps": 2, "body": {"weight": 70, "unit": "kg"}}, {"steps"}),
        ({"steps": 1, "body": {"weight": 70, "unit": "lb"}}, {"weight"}),
        ({"steps": 1}, {"weight"}),
    ):
        assert set(READER.read(document).changed_since(before)) == changed


XML_OF_ONE = {"r": {"item": {"@id": "a", "t": "20"}, "n": "5", "none": None}}


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        # One element where there were two, in XML and in JSON.
        (XML_OF_ONE, "$.r.item[0].t", "20"),
        (XML_OF_ONE, "$.r.item[-1].t", "20"),
        (XML_OF_ONE, "$.r.item[?@['@id'] == 'a'].t", "20"),
        (XML_OF_ONE, "$.r.n[0]", "5"),
        ({"temp": 20}, "$[0].temp", 20),
        ({"devices": {"id": 7, "temp": 20}}, "$.devices[?@.id == 7].temp", 20),
        ({"a": {"b": {"c": 0}}}, "$.a[0].b[0].c", 0),
        ({"a": [{"b": {"c": 1}}]}, "$.a[0].b[0].c", 1),
        # The path asks for another element than the only one.
        (XML_OF_ONE, "$.r.item[1].t", MISSING),
        (XML_OF_ONE, "$.r.item[-2].t", MISSING),
        (XML_OF_ONE, "$.r.item[?@['@id'] == 'b'].t", MISSING),
        # No element at all.
        (XML_OF_ONE, "$.r.none[0]", MISSING),
        (XML_OF_ONE, "$.r.none[0].t", MISSING),
        (XML_OF_ONE, "$.r.item[0].u", MISSING),
        ({"devices": []}, "$.devices[0].temp", MISSING),
        ("text", "$[0]", MISSING),
        (5, "$[0].a", MISSING),
        # There were several elements where there was one: the first one counts.
        ({"r": {"item": [{"t": 1}, {"t": 2}]}}, "$.r.item.t", 1),
        ({"r": {"item": [{"t": [{"u": 1}]}, {"t": 2}]}}, "$.r.item.t.u", 1),
        ([{"t": 1}, {"t": 2}], "$.t", 1),
        ({"a": [{"b": {"c": 1}}, {}]}, "$.a.b[0].c", 1),
        ({"r": {"item": [{"u": 1}, {"t": 2}]}}, "$.r.item.t", MISSING),
        ({"r": {"item": []}}, "$.r.item.t", MISSING),
        ({"r": {"item": [[{"t": 1}]]}}, "$.r.item.t", MISSING),
    ],
)
def test_one_element_may_stand_where_there_was_a_list(
    document: object, path: str, value: object
) -> None:
    reader = ValueReader([replace(STEPS, path=compile_path(path))])
    beside = ValueReader([replace(WEIGHT, attributes=(compile_path(path),))])

    assert reader.read(document).values == {"steps": value}
    [attributes] = beside.read(document).attributes.values()
    assert [*attributes.values()] == [None if value is MISSING else value]


@pytest.mark.parametrize(
    ("found", "device_class", "value"),
    [
        (["5.5", "6"], "temperature", "5.5"),
        ([5.5], "temperature", 5.5),
        ([], "temperature", Elements(count=0)),
        ([{"a": 1}], "temperature", Elements(count=1)),
        (["5.5", "6"], None, Elements(count=2)),
    ],
)
def test_several_texts_where_there_was_one_are_no_length(
    found: object, device_class: str | None, value: object
) -> None:
    reader = ValueReader([replace(STEPS, device_class=device_class)])

    assert reader.read({"steps": found}).values == {"steps": value}


@pytest.mark.parametrize(
    ("document", "are_found"),
    [
        ({"steps": 0}, True),
        ({"steps": False}, True),
        ({"steps": ""}, True),
        ({"steps": []}, True),
        ({"unit": "kg"}, True),
        ({"steps": None}, False),
        ({"body": {"unit": None}}, False),
        ({"error": "x"}, False),
    ],
)
def test_whether_anything_was_found_is_known(document: object, are_found: bool) -> None:
    assert READER.read(document).are_found is are_found
