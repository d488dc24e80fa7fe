"""JSONPath as it was written before RFC 9535 leads to the same place."""

import pytest

from custom_components.oauth2_client.document.paths.jsonpath import read_jsonpath

DOCUMENT = {
    "a": [{"id": "x", "v": 1}, {"id": "y", "v": 2}],
    "two-words": {"v": 3},
    "plain": {"v": 4},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.plain.v", 4),
        ("plain.v", 4),
        ("$['plain']['v']", 4),
        ("$.a[0].v", 1),
        ("$.a.0.v", 1),
        ("$.a.[1].v", 2),
        ("$.a[-1:].v", 2),
        ("$.a[*].v", 1),
        ("$.a[?(@.id=='y')].v", 2),
        ("$.a[?( @.id == 'y' )].v", 2),
        ("$.two-words.v", 3),
        ("$", DOCUMENT),
    ],
)
def test_a_path_leads_to_one_place(path: str, found: object) -> None:
    read = read_jsonpath(path)

    assert read is not None
    assert read.find(DOCUMENT) == found


@pytest.mark.parametrize(
    "path",
    ["$..v", "$.*", "$.a[0:2]", "$.a[?(@.v > 1)]", "$.a[", "", "$" + ".a" * 600],
)
def test_one_that_leads_to_several_or_nowhere_is_none(path: str) -> None:
    assert read_jsonpath(path) is None
