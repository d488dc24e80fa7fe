"""The values of a document, and what they are called."""

import pytest

from custom_components.oauth2_client.document import compile_path, leaves

DOCUMENT = {
    "user": {"windSpeed": 3.5, "e-mail": "a@b", "none": None, "on": True},
    "items": [{"price": 1}, {"price": 2}],
    "empty": [],
}


def test_every_value_is_listed_with_its_path_and_a_sample() -> None:
    assert [(leaf.path, leaf.sample) for leaf in leaves(DOCUMENT)] == [
        ("$.user.windSpeed", "3.5"),
        ("$.user['e-mail']", "a@b"),
        ("$.user.none", "null"),
        ("$.user.on", "true"),
        ("$.items[0].price", "1"),
        ("$.items[1].price", "2"),
    ]


def test_each_path_finds_its_value() -> None:
    for leaf in leaves(DOCUMENT):
        assert compile_path(leaf.path).find(DOCUMENT) == leaf.value


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
    assert len(leaves(list(range(1000)))) == 500
    [leaf] = leaves(["line\n" * 100])
    assert len(leaf.sample) == 61
    assert "\n" not in leaf.sample
