"""docs/protocol.md names modules and tests that are there."""

from pathlib import Path
import re
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
PACKAGE: Final = TESTS.parent / "custom_components/oauth2_client"
DOCUMENT: Final = (TESTS.parent / "docs/protocol.md").read_text(encoding="utf-8")
PARTS: Final = (
    *(
        f"RFC {number}"
        for number in (
            *(6749, 6750, 7009, 7519, 7523, 7591, 7592, 7636, 7638, 7662, 8414),
            *(8628, 8707, 9126, 9207, 9449, 9700, 9728),
        )
    ),
    "OpenID Connect Core",
    "OpenID Connect Discovery",
)


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of a section's table, less its head."""
    section = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


IMPLEMENTED: Final = _rows("Implemented")


def _in_code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", IMPLEMENTED, ids=lambda row: row[0])
def test_a_row_names_modules_and_tests_that_are_there(row: list[str]) -> None:
    modules, shown_by = (_in_code(cell) for cell in row[-2:])
    assert modules
    assert [name for name in modules if not (PACKAGE / f"{name}.py").is_file()] == []
    # A test is in the file that is named before it.
    assert shown_by
    assert shown_by[0].endswith(".py")
    tests: set[str] = set()
    for name in shown_by:
        if name.endswith(".py"):
            text = (TESTS / name).read_text(encoding="utf-8")
            tests = set(re.findall(r"^(?:async )?def (test_\w+)\(", text, re.MULTILINE))
            assert tests, name
        else:
            assert name in tests


def test_every_row_has_the_cells_of_its_table() -> None:
    tables = (IMPLEMENTED, 4), (_rows("Not implemented"), 2)
    for rows, cells in tables:
        assert [row for row in rows if len(row) != cells or not all(row)] == []


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_protocol_is_there(part: str) -> None:
    cells = [row[0].replace("*", "") for row in IMPLEMENTED + _rows("Not implemented")]

    assert any(re.match(rf"{part}\b", cell) for cell in cells)
