"""What is read from a resource's answer."""

import pytest

from custom_components.oauth2_client.definitions.readings import ValueReader
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


def test_a_change_of_a_value_or_of_an_attribute_of_it_is_told() -> None:
    before = READER.read({"steps": 1, "body": {"weight": 70, "unit": "kg"}})

    for document, changed in (
        ({"steps": 1, "body": {"weight": 70, "unit": "kg"}}, set()),
        ({"steps": 2, "body": {"weight": 70, "unit": "kg"}}, {"steps"}),
        ({"steps": 1, "body": {"weight": 70, "unit": "lb"}}, {"weight"}),
        ({"steps": 1}, {"weight"}),
    ):
        assert READER.read(document).changed_since(before) == changed
