"""Runs what a scaffolded repository says about itself: its linters, its types, its own tests."""

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import json
import os
from pathlib import Path
import subprocess
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
_BIN: Final = ROOT / ".venv/bin"
_KIT: Final = ROOT / "conformance/src"
_PLUGIN: Final = "ha_oauth2_conformance.plugin"
# What mypy knows of Home Assistant is the same for each repository: to find it out takes longer than all
# the rest of a repository's checks.
_TYPES: Final = ROOT / ".cache/mypy"


def scaffold(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command, and return what it said."""
    return _run(ROOT, ROOT / "scripts/scaffold", *arguments)


def paged(folder: Path, *ways: Any) -> Path:
    """Write a provider with a resource for each way to further pages."""
    resources = [
        {
            "id": f"things_{number}",
            "name": f"Things {number}",
            "url": f"https://api.example.com/{number}",
            "query": {"per": "5"},
            "pages": {"items": "$.data", **way},
            "values": [{"key": "count", "name": "Count", "path": "$.data"}],
        }
        for number, way in enumerate(ways)
    ]
    file = folder / "paged.json"
    provider = {
        "id": "paged",
        "name": "Paged",
        "authorize_url": "https://example.com/authorize",
        "token_url": "https://example.com/token",
        "known_resources": resources,
    }
    file.write_text(json.dumps(provider), encoding="utf-8")
    return file


def faults(folder: Path, *, is_account: bool = False) -> str:
    """Return what is wrong with a repository, nothing where all of its checks pass."""
    paths = [folder, *([ROOT] if is_account else [])]
    # What Home Assistant aliases when it runs, and where OAuth2 Client is.
    types = _joined([ROOT / "scripts/stubs", *paths[1:]])
    checks = [
        _run(folder, _BIN / "ruff", "check", "--no-cache"),
        _run(folder, _BIN / "ruff", "format", "--check", "--no-cache"),
        _run(
            folder,
            *(_BIN / "python", "-m", "pytest", "-q", "-n", "0"),
            *("-p", "no:cacheprovider"),
            *_kit_options(with_kit=not is_account),
            PYTHONPATH=_joined([*paths, _KIT]),
        ),
    ]
    with _alone():
        checks.append(
            _run(folder, _BIN / "mypy", MYPYPATH=types, MYPY_CACHE_DIR=str(_TYPES))
        )
    return "\n".join(
        check.stdout + check.stderr for check in checks if check.returncode
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process of this test run uses what mypy knows."""
    _TYPES.mkdir(parents=True, exist_ok=True)
    with (_TYPES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kit_options(*, with_kit: bool) -> list[str]:
    if not with_kit:
        return ["--ignore", "tests/test_conformance.py"]
    # Where it is installed, pytest finds the plugin by itself, and must not be told.
    return [] if any(_KIT.glob("*.egg-info")) else ["-p", _PLUGIN]


def _run(
    folder: Path, *command: str | Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
    )


def _joined(paths: list[Path]) -> str:
    return os.pathsep.join(map(str, paths))
