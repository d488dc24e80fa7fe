"""Paths and templates of the catalogue, as the Python that is written for them."""

import pytest

from scripts.scaffolding.expressions import (
    Untranslatable,
    path_expression,
    template_expression,
    text_expression,
)

PLACEHOLDERS = {"account_id": "self._account_id"}


@pytest.mark.parametrize(
    ("path", "expression"),
    [
        ("$", "data"),
        ("$.a[0].b", "data['a'][0]['b']"),
        ("$['a b'][-1]", "data['a b'][-1]"),
        ("$.a[?@.id == 'x'].b", "find(data['a'], 'id', 'x')['b']"),
    ],
)
def test_a_path_is_written_as_keys_and_positions(path: str, expression: str) -> None:
    assert path_expression(path, "data") == expression


@pytest.mark.parametrize("path", ["$.a[*].b", "$..b", "$.a[?@.x > 1]", "$["])
def test_a_path_to_several_values_is_left_to_the_author(path: str) -> None:
    with pytest.raises(Untranslatable):
        path_expression(path, "data")


@pytest.mark.parametrize(
    ("template", "expression"),
    [
        ("{{ value | count }}", "len(v)"),
        ("{{ value / 1000 }}", "v / 1000"),
        (
            "{{ (value / 1000) | as_datetime }}",
            "dt_util.utc_from_timestamp((v / 1000))",
        ),
        ("{{ value.get('items', []) | count }}", "len(v.get('items', []))"),
        ("{{ value[:19] }}Z", 'f"{v[:19]}Z"'),
        ("{{ ['a', 'b'][value] }}", "['a', 'b'][v]"),
        (
            "{{ value.a if value.a is defined else value.b.c }}",
            "v['a'] if 'a' in v else v['b']['c']",
        ),
    ],
)
def test_a_template_of_a_value_is_written_as_python(
    template: str, expression: str
) -> None:
    assert template_expression(template, "v") == expression


@pytest.mark.parametrize(
    "template",
    [
        "{% for each in value %}{{ each }}{% endfor %}",
        "{{ states('sensor.x') }}",
        "{{ value | selectattr('a') | list }}",
        "{{ value",
    ],
)
def test_a_template_that_needs_home_assistant_is_left_to_the_author(
    template: str,
) -> None:
    with pytest.raises(Untranslatable):
        template_expression(template, "v")


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("/me", "'/me'"),
        ("{account_id}", "self._account_id"),
        ("/a/{account_id}/b", 'f"/a/{self._account_id}/b"'),
        ("{{ now().date() }}", 'f"{dt_util.now().date()}"'),
        (
            '{"day": {{ (now() - timedelta(days=1)).day }}}',
            "f'{{\"day\": {(dt_util.now() - timedelta(days=1)).day}}}'",
        ),
        ('{"query": "{ me { id } }"}', '\'{"query": "{ me { id } }"}\''),
    ],
)
def test_a_text_of_a_request_is_written_with_what_is_filled_in(
    text: str, expression: str
) -> None:
    assert text_expression(text, PLACEHOLDERS) == expression


def test_a_place_that_nobody_fills_in_is_left_to_the_author() -> None:
    with pytest.raises(Untranslatable):
        text_expression("{instance_url}/me", PLACEHOLDERS)


def test_what_is_written_means_the_same() -> None:
    written = template_expression("{{ (value.a + 1) * (value.b - 1) }}", "v")

    assert eval(written, {"v": {"a": 2, "b": 5}}) == 12  # noqa: S307 - what is written above
