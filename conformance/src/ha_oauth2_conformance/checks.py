"""The test that makes each check; a repository's own tests import it, `pytest` alone collects it here."""

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest

from .home import home_of
from .outcome import Failure, NotReached
from .plugin import LEVEL, Case
from .verdict import Verdict

__all__ = ["test_oauth2_conformance"]

_PATIENCE_SECONDS: Final = 60


@pytest.mark.no_fail_on_log_exception
async def test_oauth2_conformance(
    oauth2_case: Case,
    tmp_path: Path,
    socket_enabled: None,
    request: pytest.FixtureRequest,
) -> None:
    """Make one check; a failure below the level is expected."""
    # The test plugin's: it keeps a traceback of each future, which is half of a check's time.
    asyncio.get_running_loop().set_debug(False)
    verdict = await _make(oauth2_case, tmp_path)
    request.node.user_properties.append(("oauth2_conformance", _plain(verdict)))
    if verdict.outcome == "not reached":
        pytest.skip(verdict.seen)
    if verdict.outcome == "failed":
        check = verdict.check
        text = f"{check.promise} Seen: {verdict.seen}. {check.advice}"
        if check.severity < request.config.stash[LEVEL]:
            pytest.xfail(text)
        pytest.fail(text, pytrace=False)


async def _make(case: Case, folder: Path) -> Verdict:
    outcome, seen = "held", ""
    try:
        async with (
            asyncio.timeout(_PATIENCE_SECONDS) as patience,
            home_of(case.subject, folder) as home,
        ):
            home.patience = patience
            await case.check.run(home)
    except Failure as err:
        outcome, seen = "failed", str(err)
    except NotReached as err:
        outcome, seen = "not reached", str(err)
    except TimeoutError:
        outcome, seen = "failed", f"not done after {_PATIENCE_SECONDS} seconds"
    return Verdict(
        integration=case.subject.domain, check=case.check, outcome=outcome, seen=seen
    )


def _plain(verdict: Verdict) -> dict[str, Any]:
    """Return what reaches the report from a worker process, too."""
    return {
        "integration": verdict.integration,
        "check": verdict.check.name,
        "outcome": verdict.outcome,
        "seen": verdict.seen,
    }
