"""Frozen values behave as frozen dataclasses do."""

from collections.abc import Mapping
from copy import replace
from typing import Any

import pytest

from custom_components.oauth2_client.oauth2.frozen import Frozen


class Door(Frozen, secret=("code",)):
    """A value with all kinds of fields."""

    name: str
    code: str
    open: bool = False
    labels: Mapping[str, str] = {}


class Window(Frozen):
    """Another value with the fields of a door."""

    name: str
    code: str
    open: bool = False
    labels: Mapping[str, str] = {}


FRONT = Door(name="front", code="0000")


def test_fields_have_what_they_were_given_or_their_defaults() -> None:
    door = Door(name="back", code="1234", open=True)

    assert (door.name, door.code, door.open, door.labels) == ("back", "1234", True, {})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"name": "front"}, "Door: code"),
        ({"name": "front", "code": "", "color": "red"}, "Door: color"),
    ],
)
def test_a_missing_or_unknown_field_is_refused(
    wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(TypeError, match=named):
        Door(**wrong)


def test_fields_are_not_given_by_position() -> None:
    with pytest.raises(TypeError):
        Door("front", "0000")  # type: ignore[call-arg]  # what is tested


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match=r"Door\.name"):
        FRONT.name = "back"  # type: ignore[misc]  # what is tested
    with pytest.raises(AttributeError, match=r"Door\.code"):
        del FRONT.code
    assert FRONT.name == "front"
    assert FRONT.code == "0000"


def test_a_replaced_value_is_another_one() -> None:
    opened = replace(FRONT, open=True)

    assert opened == Door(name="front", code="0000", open=True)
    assert not FRONT.open


def test_values_are_equal_where_their_class_and_fields_are() -> None:
    assert Door(name="front", code="0000", open=False, labels={}) == FRONT
    assert replace(FRONT, code="1111") != FRONT
    assert Window(name="front", code="0000") != FRONT


def test_equal_values_have_equal_hashes() -> None:
    labels = {"labels": ()}

    assert len({Door(name="a", code="b", **labels) for _ in range(2)}) == 1  # type: ignore[arg-type]  # any that has a hash


def test_a_secret_field_is_not_in_the_repr() -> None:
    assert repr(FRONT) == "Door(name='front', open=False, labels={})"


def test_a_secret_has_to_be_a_field() -> None:
    with pytest.raises(TypeError, match="Lock has no field pin"):
        type("Lock", (Frozen,), {}, secret=("pin",))


def test_fields_that_differ_from_their_defaults_are_returned_in_order() -> None:
    door = Door(code="0000", open=True, name="front")

    assert list(door.differing_fields().items()) == [
        ("name", "front"),
        ("code", "0000"),
        ("open", True),
    ]
