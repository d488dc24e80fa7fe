"""A running account imports only what it runs: no form, no guess, no other provider."""

from pathlib import Path
import subprocess
import sys
from typing import Final

import pytest

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

# The modules that one account with one sensor imports, by their rooms. What is added here is loaded at
# every start of every home that has an account.
RUNS: Final = {
    "": """
        button config_flow const coordinator diagnostics entity
        repairs runtime sensor services system_health
    """,
    "account": """
        answers host_budgets reading renewal sending
    """,
    "api": """
        answer
    """,
    "catalogue": """
        fields identity provider
    """,
    "credentials": "",
    "definitions": """
        account readings resource value
    """,
    "document": """
        parsing parsing.formats paths paths.path
    """,
    "grant": """
        hand_over held stored_tokens token_store
    """,
    "health": "",
    "oauth2": """
        errors frozen home_network message server token_set
    """,
    "providers": "",
    "wire": """
        clock host_policy turns
    """,
}


def _named() -> set[str]:
    rooms = {
        f"{room}.{name}".removeprefix(".")
        for room, names in RUNS.items()
        for name in names.split()
    }
    return rooms | set(RUNS) - {""}


@pytest.mark.skipif(
    (MAJOR_VERSION, MINOR_VERSION) < (2026, 10),
    reason="the bench sets up rest too, which keeps its coordinators elsewhere in this Home Assistant",
)
def test_setting_up_an_account_imports_what_it_runs_and_nothing_else() -> None:
    # As a process: what other tests import is not what an account needs.
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.modules"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert set(run.stdout.split()) == _named()


def test_no_module_of_a_start_has_a_dataclass() -> None:
    # Each takes as long to import as several modules do: docs/decisions/0008.
    package = Path(__file__).parents[1] / "custom_components/oauth2_client"
    modules = {name: package.joinpath(*name.split(".")) for name in _named()}
    sources = {
        name: path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        for name, path in modules.items()
    }
    with_dataclasses = {
        name
        for name, source in sources.items()
        if "from dataclasses" in source.read_text(encoding="utf-8")
    }

    assert with_dataclasses == set()
