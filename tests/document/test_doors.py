"""A running account imports `parsing` and `paths`, and with them nothing else."""

from pathlib import Path
import subprocess
import sys
from typing import Final

import pytest

FOLDER: Final = (
    Path(__file__).parents[2] / "custom_components" / "oauth2_client" / "document"
)
# `document` without the package around it, so that each part is imported alone.
IMPORT: Final = """
import importlib, importlib.util, sys

folder, name = sys.argv[1:]
spec = importlib.util.spec_from_file_location("document", f"{folder}/__init__.py")
document = sys.modules["document"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(document)
importlib.import_module(f"document.{name}")
print(*sys.modules, sep="\\n")
"""


def _imported(name: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT, str(FOLDER), name],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("name", ["parsing", "paths", "times", "flags", "numbering"])
def test_what_an_account_runs_imports_no_guesses(name: str) -> None:
    imported = _imported(name)

    assert f"document.{name}" in imported
    assert not {each for each in imported if each.startswith("document.guessing")}


@pytest.mark.parametrize("name", ["parsing", "paths", "times"])
def test_what_few_answers_need_is_loaded_when_it_is_used(name: str) -> None:
    rare = {"any_format", "csv", "email", "query", "xml"}

    assert not {each for each in _imported(name) if rare & set(each.split("."))}


def test_parsing_and_paths_do_not_import_each_other() -> None:
    assert not {each for each in _imported("parsing") if "paths" in each}
    assert not {each for each in _imported("paths") if "parsing" in each}
