"""docs/security.md leaves no point out: each has a test that is there, or a reason."""

import ast
from pathlib import Path
import re
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
PACKAGE: Final = TESTS.parent / "custom_components/oauth2_client"
DOCUMENT: Final = (TESTS.parent / "docs/security.md").read_text(encoding="utf-8")
# The points of each document, by the heading of its table.
POINTS: Final = {
    "RFC 9700: best current practice": [
        *("2.1", "2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6"),
        *("4.1", "4.2", "4.3.1", "4.3.2", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9"),
        *("4.10", "4.11.1", "4.11.2", "4.12", "4.13", "4.14", "4.15", "4.16", "4.17"),
    ],
    "RFC 8252: native apps": [f"8.{point}" for point in range(1, 13)],
    "RFC 8628, 5: codes on another device": [f"5.{point}" for point in range(1, 8)],
    "RFC 9449, 11: tokens bound to a key": [f"11.{point}" for point in range(1, 12)],
}
REASONS: Final = ("*Does not apply:* ", "*Home Assistant's:* ", "*Not met at home:* ")
ADDRESSES: Final = "Addresses that servers name"


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of a section's table, less its head."""
    section = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


ROWS: Final = [row for heading in POINTS for row in _rows(heading)]


def _in_code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _tests(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, functions)}


@pytest.mark.parametrize("heading", POINTS)
def test_no_point_is_left_out(heading: str) -> None:
    named = [
        found[1]
        for row in _rows(heading)
        if (found := re.match(r"\*\*([\d.]+)\*\* ", row[0]))
    ]
    assert named == POINTS[heading]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_point_has_a_test_that_is_there_or_a_reason(row: list[str]) -> None:
    _, _, where, shown_by = row
    if where == "—":
        assert any(len(shown_by) > len(each) + 20 for each in REASONS)
        assert shown_by.startswith(REASONS)
        return
    modules = _in_code(where)
    assert modules
    assert [name for name in modules if not (PACKAGE / f"{name}.py").is_file()] == []
    named = _in_code(shown_by)
    # A test is in the file that is named before it.
    tests: set[str] = set()
    assert not named[-1].endswith(".py")
    for name in named:
        if name.endswith(".py"):
            tests = _tests(name)
        else:
            assert name in tests


def test_where_addresses_are_sent_to_is_there() -> None:
    modules = [name for row in _rows(ADDRESSES) for name in _in_code(row[2])]
    assert modules
    assert [name for name in modules if not (PACKAGE / f"{name}.py").is_file()] == []
    shown_by = re.search(r"Shown by (.*)\.\n", DOCUMENT.split(ADDRESSES)[-1])
    assert shown_by is not None
    for file in _in_code(shown_by[1]):
        assert _tests(file)
