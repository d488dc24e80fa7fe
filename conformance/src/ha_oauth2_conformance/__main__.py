"""Writes the checks as a table for the documentation: `python -m ha_oauth2_conformance`."""

import sys

from . import suite  # noqa: F401  # registers the checks
from .verdict import CHECKS


def table() -> str:
    """Return the checks as Markdown."""
    rows = [
        f"| `{check.name}` | {check.severity.name.lower()} | {check.promise} |"
        for check in CHECKS.values()
    ]
    return "\n".join(
        ["| check | severity | what holds |", "| --- | --- | --- |", *rows]
    )


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
