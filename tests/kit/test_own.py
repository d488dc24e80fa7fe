"""This integration is held by the kit that it offers to others."""

from pathlib import Path

import pytest

from .test_kit import outcomes, run_kit

# Starts another pytest.
pytestmark = pytest.mark.slow

_INTEGRATION = Path(__file__).parents[2] / "custom_components/oauth2_client"
_ANSWERS = Path(__file__).parent / "own"


def test_this_integration_holds_every_check(tmp_path: Path) -> None:
    ran = run_kit(
        tmp_path,
        *("--oauth2-integration", _INTEGRATION, "--oauth2-answers", _ANSWERS),
        *("--oauth2-level", "may", "--oauth2-report", "report.md"),
    )
    report = tmp_path / "report.md"
    assert report.is_file(), ran.stdout[-3000:] + ran.stderr[-3000:]
    [seen] = outcomes(report.read_text(encoding="utf-8")).values()

    assert {name: end for name, end in seen.items() if end != "held"} == {}
