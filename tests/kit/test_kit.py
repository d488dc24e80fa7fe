"""The good integration holds everything; each planted fault is found by its own checks."""

from importlib.metadata import entry_points
import os
from pathlib import Path
import re
import subprocess
import sys
from typing import Final

import pytest

from . import plants
from .more_plants import MORE
from .plants import ANSWERS, GOOD, VARIANTS

# Each starts another pytest. Those that share one are of a group, which runs in one process.
pytestmark = pytest.mark.slow
_OF_GOOD: Final = pytest.mark.xdist_group("good")
_OF_PLANTED: Final = pytest.mark.xdist_group("planted")

PLANTS: Final = {**plants.PLANTS, **MORE}
SOURCES: Final = Path(__file__).parents[2] / "conformance" / "src"
_TEST: Final = SOURCES / "ha_oauth2_conformance" / "checks.py::test_oauth2_conformance"
_ROW: Final = re.compile(
    r"^\| (\w+) \| (?:must|should|may) \| (held|failed|not reached) \|", re.MULTILINE
)
type Outcomes = dict[str, dict[str, str]]


def run_kit(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run pytest with the kit, away from this repository's own settings."""
    # Those of the outer run, and of its coverage, are not the inner's.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_"))
    }
    command = [
        *(sys.executable, "-m", "pytest", "-q", *_loading()),
        *("-p", "no:cacheprovider", f"--oauth2-answers={ANSWERS}", *arguments),
    ]
    return subprocess.run(  # this interpreter, with arguments of this test
        command,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=False,
    )


def _loading() -> list[str]:
    """Return what loads the plugin, which pip may have installed from here."""
    if entry_points(group="pytest11", name="oauth2_conformance"):
        return []
    return ["-p", "ha_oauth2_conformance.plugin"]


def outcomes(report: str) -> Outcomes:
    """Return how each check ended, by the integration's domain."""
    parts = re.split(r"^## (\w+)$", report, flags=re.MULTILINE)[1:]
    return {
        domain: dict(_ROW.findall(part))
        for domain, part in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """Every fault, held by the checks that are to find it: all in one run."""
    folder = tmp_path_factory.mktemp("planted")
    arguments: list[str | Path] = ["--oauth2-report", "report.md"]
    for name, plant in PLANTS.items():
        path = plant.write(f"planted_{name}", folder)
        arguments += ["--oauth2-integration", path]
        arguments += [f"{_TEST}[{path.name}-{check}]" for check in plant.found_by]
    ran = run_kit(folder, *arguments)
    assert (folder / "report.md").is_file(), ran.stdout[-3000:] + ran.stderr[-3000:]
    return outcomes((folder / "report.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Outcomes, Path]:
    """Every check of the integration without a fault: pytest's exit status, and what it wrote."""
    folder = tmp_path_factory.mktemp("good")
    ran = run_kit(
        folder,
        *("--oauth2-integration", GOOD, "--oauth2-level", "may"),
        *("--oauth2-report", "report.md", "--oauth2-badge", "badge.svg"),
    )
    report = (folder / "report.md").read_text(encoding="utf-8")
    return ran.returncode, outcomes(report), folder


@_OF_GOOD
def test_the_good_integration_holds_every_check(
    good: tuple[int, Outcomes, Path],
) -> None:
    status, seen, _ = good

    assert {name for name, end in seen["good"].items() if end != "held"} == set()
    assert status == 0


@_OF_GOOD
def test_a_badge_is_written(good: tuple[int, Outcomes, Path]) -> None:
    *_, folder = good

    badge = (folder / "badge.svg").read_text(encoding="utf-8")

    assert "must and should" in badge


@_OF_PLANTED
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found_by_its_checks(name: str, planted: Outcomes) -> None:
    seen = planted[f"planted_{name}"]

    assert seen == dict.fromkeys(PLANTS[name].found_by, "failed")


@_OF_GOOD
def test_each_check_has_a_planted_fault(good: tuple[int, Outcomes, Path]) -> None:
    _, seen, _ = good

    found = {check for plant in PLANTS.values() for check in plant.found_by}

    assert found == set(seen["good"])


def test_a_failure_below_the_level_does_not_fail_the_run(tmp_path: Path) -> None:
    path = PLANTS["no_pkce"].write("planted", tmp_path)
    test = f"{_TEST}[planted-pkce]"

    at_must = run_kit(tmp_path, "--oauth2-integration", path, test)
    at_should = run_kit(
        tmp_path, "--oauth2-integration", path, "--oauth2-level", "should", test
    )

    assert at_must.returncode == 0, at_must.stdout
    assert at_should.returncode == 1


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_done_another_way_holds(name: str, tmp_path: Path) -> None:
    path = VARIANTS[name].write(name, tmp_path)

    ran = run_kit(
        tmp_path,
        *("--oauth2-integration", path),
        *(f"{_TEST}[{name}-sign_in]", f"{_TEST}[{name}-refresh_rotation]"),
    )

    assert ran.returncode == 0, ran.stdout


def test_an_integration_without_application_credentials_is_told(tmp_path: Path) -> None:
    path = PLANTS["no_pkce"].write("planted", tmp_path)
    (path / "application_credentials.py").unlink()

    ran = run_kit(tmp_path, "--oauth2-integration", path)

    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "add application_credentials.py" in ran.stderr


def test_a_repository_runs_the_kit_among_its_own_tests(tmp_path: Path) -> None:
    PLANTS["no_pkce"].write("planted", tmp_path / "custom_components")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\noauth2_integration = custom_components/planted\n",
        encoding="utf-8",
    )
    (tmp_path / "test_conformance.py").write_text(
        "from ha_oauth2_conformance.checks import *\n", encoding="utf-8"
    )

    ran = run_kit(tmp_path, "test_conformance.py", "-k", "same_account_once or pkce")

    assert "1 passed, 1 skipped" in ran.stdout, ran.stdout
    assert "1 xfailed" in ran.stdout
