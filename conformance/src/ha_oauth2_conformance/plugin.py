"""The options of pytest, which integration is held, and what is reported at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from .verdict import Check, Severity, Verdict

if TYPE_CHECKING:
    from .subject import Subject

_LEVELS: Final = {severity.name.lower(): severity for severity in Severity}
LEVEL: Final = pytest.StashKey[Severity]()
_SUBJECTS: Final = pytest.StashKey[list["Subject"]]()
_VERDICTS: Final = pytest.StashKey[list[Verdict]]()


@dataclass(frozen=True, slots=True)
class Case:
    """A check of an integration."""

    subject: Subject
    check: Check


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what is asked of a person; each has its twin in the ini file, but the outputs."""
    group = parser.getgroup("oauth2", "conformance of an integration's OAuth2")
    group.addoption(
        "--oauth2-integration",
        action="append",
        metavar="PATH",
        help="folder of an integration with application credentials; may be given again",
    )
    group.addoption(
        "--oauth2-answers",
        metavar="FOLDER",
        help="what the API answers (see the documentation); a subfolder may be named for a domain",
    )
    group.addoption(
        "--oauth2-level",
        choices=list(_LEVELS),
        help="from which severity on a failed check fails the run (must)",
    )
    group.addoption(
        "--oauth2-report", metavar="FILE", help="write the table as Markdown"
    )
    group.addoption("--oauth2-badge", metavar="FILE", help="write a badge as SVG")
    parser.addini("oauth2_integration", "folder of the integration", type="paths")
    parser.addini("oauth2_answers", "what the API answers", type="paths")
    parser.addini("oauth2_level", "from which severity on a failed check fails the run")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Run the kit alone where it is asked for on the command line, with no tests named."""
    config.addinivalue_line(
        "markers",
        "no_fail_on_log_exception: what an integration raises is judged by its check",
    )
    config.stash[_VERDICTS] = []
    config.pluginmanager.register(_Collector(config))
    level = config.getoption("oauth2_level") or config.getini("oauth2_level") or "must"
    if level not in _LEVELS:
        raise pytest.UsageError(f"oauth2_level is one of {', '.join(_LEVELS)}")
    config.stash[LEVEL] = _LEVELS[level]
    if not config.getoption("oauth2_integration"):
        return
    config.option.asyncio_mode = "auto"
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(Path(__file__).with_name("checks.py"))]


@pytest.hookimpl
def pytest_sessionstart(session: pytest.Session) -> None:
    """Find the integrations, before anything is collected."""
    config = session.config
    given: Sequence[str | Path] = config.getoption("oauth2_integration") or []
    paths = [Path(path) for path in given or config.getini("oauth2_integration")]
    if not paths:
        config.stash[_SUBJECTS] = []
        return
    # Home Assistant is imported only where there is something to hold.
    from .subject import Unusable, find_subject  # noqa: PLC0415  # see above

    try:
        config.stash[_SUBJECTS] = [
            find_subject(path, _answers(config, path.name)) for path in paths
        ]
    except Unusable as err:
        raise pytest.UsageError(str(err)) from None


def _answers(config: pytest.Config, domain: str) -> Path | None:
    given = config.getoption("oauth2_answers")
    folders = [Path(given)] if given else config.getini("oauth2_answers")
    if not folders:
        return None
    named = folders[0] / domain
    return named if named.is_dir() else folders[0]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each check of each integration."""
    if "oauth2_case" not in metafunc.fixturenames:
        return
    from . import suite  # noqa: F401, PLC0415  # registers the checks, and imports Home Assistant
    from .verdict import CHECKS  # noqa: PLC0415  # filled by the line above

    # What lingers is judged by the checks of unload.
    metafunc.parametrize(
        ("oauth2_case", "expected_lingering_tasks", "expected_lingering_timers"),
        [
            pytest.param(
                Case(subject, check), True, True, id=f"{subject.domain}-{name}"
            )
            for subject in metafunc.config.stash[_SUBJECTS]
            for name, check in CHECKS.items()
        ],
    )


class _Collector:
    """Collects verdicts, those of worker processes too."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdict of a test."""
        from .verdict import CHECKS  # noqa: PLC0415  # filled when tests are collected

        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == "oauth2_conformance" and isinstance(value, dict):
                # Everything is logged at DEBUG, which would bury the verdict.
                report.sections.clear()
                self.config.stash[_VERDICTS].append(
                    Verdict(
                        integration=value["integration"],
                        check=CHECKS[value["check"]],
                        outcome=value["outcome"],
                        seen=value["seen"],
                    )
                )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Write a line for each check, and the files that were asked for."""
    from . import report  # noqa: PLC0415  # nothing to write is the rule

    if not (verdicts := config.stash[_VERDICTS]):
        return
    terminalreporter.section("OAuth2 conformance")
    for verdict in verdicts:
        terminalreporter.write_line(report.line(verdict))
    terminalreporter.write_line(report.summary(verdicts))
    if file := config.getoption("oauth2_report"):
        Path(file).write_text(report.markdown(verdicts), encoding="utf-8")
    if file := config.getoption("oauth2_badge"):
        Path(file).write_text(report.badge(verdicts), encoding="utf-8")
