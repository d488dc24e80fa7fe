"""Paths to one value: RFC 9535's singular queries, with or without the root in front."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document.paths import (
    MISSING,
    InvalidPath,
    compile_path,
)
from custom_components.oauth2_client.document.paths.syntax import (
    compile_singular,
    path_text,
)

DOCUMENT: dict[str, Any] = {
    "user": {"name": "ada", "e-mail": "a@example.com", "": "nameless"},
    "items": [{"price": 1}, {"price": 2}],
    "it's": "quoted",
    'a"b': "double",
    "a\\b": "back",
    "ü": "umlaut",
    "😀": "face",
    "tab\t": "tab",
    "none": None,
    "0": "zero",
    "flag": False,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$", DOCUMENT),
        ("$.user.name", "ada"),
        ("user.name", "ada"),
        (".user.name", "ada"),
        ("  $.user.name ", "ada"),
        ("$ .user\n.name", "ada"),
        ("$['user']['name']", "ada"),
        ('["user"]["name"]', "ada"),
        ("$[ 'user' ] [\t'name']", "ada"),
        ("$.user['e-mail']", "a@example.com"),
        ("$.user['']", "nameless"),
        ("items[0].price", 1),
        ("$.items[-1].price", 2),
        ("$['it\\'s']", "quoted"),
        ('$["it\'s"]', "quoted"),
        ("$['a\"b']", "double"),
        ('$["a\\"b"]', "double"),
        ("$['a\\\\b']", "back"),
        ('$["a\\\\b"]', "back"),
        ("$.ü", "umlaut"),
        ("$['\\u00fc']", "umlaut"),
        ("$.😀", "face"),
        ("$['\\uD83D\\uDE00']", "face"),
        ("$['tab\\t']", "tab"),
        ("$['0']", "zero"),
        ("$.none", None),
        ("$.flag", False),
    ],
)
def test_a_path_finds_its_value(text: str, value: object) -> None:
    assert compile_path(text).find(DOCUMENT) == value


@pytest.mark.parametrize(
    "text",
    [
        "$.other",
        "$.user.name.first",
        "$.user[0]",
        "$.items.price",
        "$.items[2]",
        "$.items[-3]",
        "$.none.x",
        "$.user.name[0]",
    ],
)
def test_a_path_that_leads_nowhere_finds_nothing(text: str) -> None:
    assert compile_path(text).find(DOCUMENT) is MISSING


@pytest.mark.parametrize("document", [None, 5, "text", [], {}, True])
def test_a_path_into_any_document_finds_nothing(document: object) -> None:
    assert compile_path("$.a[0]").find(document) is MISSING


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("   ", 1),
        ("$.", 3),
        ("$..", 4),
        ("$..name[", 9),
        ("..name[", 8),
        ("name[*", 7),
        ("$.user.", 8),
        ("$user", 2),
        ("$.wind-speed", 7),
        ("$.items[0:1:", 13),
        ("$.items[?@.a==]", 15),
        ("$.items[?@.a==1e999]", 16),
        ("$.items[?nope(@)]", 10),
        ("$.items[?count(@.*)]", 10),
        ("$.items[?@.a > '\\uD83D']", 17),
        ("$.items[01]", 10),
        ("$.items[-0]", 9),
        ("$.items[0", 10),
        ("$['user", 4),
        ("$['us\\er']", 4),
        ("$['us\\\"er']", 4),
        ("$.us\ud83der", 5),
        ("$['\\uD83D']", 4),
        ("$[9007199254740992]", 3),
        ("$. user", 3),
        ("5", 1),
        ("{{ value }}", 1),
        ("a" * 1001, 1),
    ],
)
def test_an_invalid_path_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(InvalidPath) as raised:
        compile_path(text)
    assert raised.value.position == position


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ((), "$"),
        (("a", 0, "b c"), "$.a[0]['b c']"),
        # RFC 9535, 2.7.1.
        (("\x0b",), "$['\\u000b']"),
        (("'",), "$['\\'']"),
        (("\\",), "$['\\\\']"),
        (("\n\t",), "$['\\n\\t']"),
    ],
)
def test_a_path_is_written_in_one_way(
    segments: tuple[str | int, ...], text: str
) -> None:
    assert path_text(segments) == text


_NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(_NAMES | st.integers(0, 2**53 - 1), max_size=12))
def test_a_written_path_compiles_to_its_segments(segments: list[str | int]) -> None:
    assert compile_singular(path_text(segments)).segments == tuple(segments)


@given(st.text(max_size=60))
def test_any_text_is_a_path_or_invalid_at_a_position_in_it(text: str) -> None:
    position: int | None = None
    try:
        compile_path(text)
    except InvalidPath as err:
        position = err.position
    assert position is None or 1 <= position <= len(text) + 2


DEVICES = {"devices": [{"id": True}, {"id": "x", "temp": 20}, {"id": 1, "temp": 21}]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$.devices[?@.id == 'x'].temp", 20),
        ('devices[ ?@["id"]=="x" ].temp', 20),
        ("$.devices[?@.id == 1].temp", 21),
        ("$.devices[?@.id == 'y'].temp", MISSING),
        ("$.devices[?@.name == 'x'].temp", MISSING),
        ("$[?@.id == 'x']", MISSING),
    ],
)
def test_an_element_is_found_by_the_value_of_a_member(text: str, found: object) -> None:
    path = compile_singular(text)

    assert path.find(DEVICES) == found
    assert compile_singular(path_text(path.segments)).segments == path.segments
