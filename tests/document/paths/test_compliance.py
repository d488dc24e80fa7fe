"""The JSONPath Compliance Test Suite, all of it.

`cts/` is its data and licence as npm's package jsonpath-rfc9535 1.3.0 ships them, from
https://github.com/jsonpath-standard/jsonpath-compliance-test-suite.
"""

import json
from pathlib import Path as File
from typing import Any, Final

import pytest

from custom_components.oauth2_client.document.paths import (
    MISSING,
    InvalidPath,
    Path,
    compile_path,
)
from custom_components.oauth2_client.document.paths.query import compile_query

from ...rows import check_rows

CASES: Final[list[dict[str, Any]]] = json.loads(
    (File(__file__).parent / "cts" / "cts.json").read_text(encoding="utf-8")
)["tests"]
VALID: Final = {
    case["name"]: case for case in CASES if not case.get("invalid_selector")
}
INVALID: Final = {case["name"]: case for case in CASES if case.get("invalid_selector")}
# `compile_path` strips what a person types, so that it accepts these.
LENIENT: Final = {" $", "$ "}


def _nodelists(case: dict[str, Any]) -> list[list[object]]:
    """Return the lists of nodes that a query may find, in each order that members may have."""
    nodelists: list[list[object]] = case.get("results") or [case["result"]]
    return nodelists


def test_the_suite_is_whole() -> None:
    assert (len(VALID), len(INVALID)) == (442, 245)


def test_a_valid_query_finds_its_nodes() -> None:
    def check(case: dict[str, Any]) -> None:
        found = compile_query(case["selector"]).values(case["document"])
        assert found in _nodelists(case)

    check_rows(VALID, check)


def test_a_valid_query_finds_its_value() -> None:
    check_rows(VALID, _check_value)


def _check_value(case: dict[str, Any]) -> None:
    path = compile_path(case["selector"])
    query = compile_query(case["selector"])

    def value(nodes: list[object]) -> object:
        if isinstance(path, Path):
            return nodes[0] if nodes else MISSING
        if query.selects_several or len(nodes) > 1:
            return nodes
        return nodes[0] if nodes else MISSING

    expected = [value(nodes) for nodes in _nodelists(case)]
    assert path.find(case["document"]) in expected


def test_an_invalid_query_is_refused() -> None:
    def check(case: dict[str, Any]) -> None:
        with pytest.raises(InvalidPath):
            compile_query(case["selector"])
        if case["selector"] not in LENIENT:
            with pytest.raises(InvalidPath):
                compile_path(case["selector"])

    check_rows(INVALID, check)
