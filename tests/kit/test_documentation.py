"""What the documentation says of the kit is what the kit does."""

from pathlib import Path

from ha_oauth2_conformance.__main__ import table

_PAGE = Path(__file__).parents[2] / "docs/conformance.md"


def test_the_documented_checks_are_those_of_the_kit() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    section = page.partition("\n## The checks\n")[2].partition("\n## ")[0]
    documented = [line for line in section.splitlines() if line.startswith("|")]

    # To write it: PYTHONPATH=conformance/src .venv/bin/python -m ha_oauth2_conformance
    assert documented == table().splitlines()
