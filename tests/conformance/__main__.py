"""Runs the suite: `python -m tests.conformance [SCENARIO…]`, from scripts/conformance."""

from collections.abc import Iterable
import json
import os
from pathlib import Path
import platform
import subprocess
import sys
import tempfile
from typing import Final

from tests.live import HomeAssistant, free_port

from .client import HOME

_ROOT: Final = Path(__file__).parents[2]
_OUTPUT: Final = _ROOT / "output" / "conformance"
_PACKAGES: Final = Path(__file__).parent / "node_modules"
_SUITE: Final = _PACKAGES / "@modelcontextprotocol/conformance/dist/index.js"
_ARCHITECTURES: Final = {"x86_64": "x64", "aarch64": "arm64"}
_TIMEOUT_SECONDS: Final = 60

SCENARIOS: Final = (
    "auth/metadata-default",
    "auth/metadata-var1",
    "auth/metadata-var2",
    "auth/metadata-var3",
    "auth/basic-cimd",
    "auth/scope-from-www-authenticate",
    "auth/scope-from-scopes-supported",
    "auth/scope-omitted-when-undefined",
    "auth/scope-step-up",
    "auth/scope-retry-limit",
    "auth/token-endpoint-auth-basic",
    "auth/token-endpoint-auth-post",
    "auth/token-endpoint-auth-none",
    "auth/pre-registration",
    "auth/2025-03-26-oauth-metadata-backcompat",
    "auth/2025-03-26-oauth-endpoint-fallback",
    "auth/resource-mismatch",
    "auth/offline-access-scope",
    "auth/offline-access-not-supported",
    "auth/client-credentials-jwt",
    "auth/client-credentials-basic",
    "auth/cross-app-access-complete-flow",
)
# Scenarios that are not for this integration, with the reason.
LEFT_OUT: Final = {
    "auth/2025-03-26-oauth-metadata-backcompat": "a revision of the protocol before RFC 9728",
    "auth/2025-03-26-oauth-endpoint-fallback": "a revision of the protocol before RFC 9728",
    "auth/cross-app-access-complete-flow": "token exchange with an identity provider of a company",
}


# The scenario of clients that identify themselves. It warns about every client id but the one of its
# own example, at the root of a host that is not there. Home Assistant's leads to its own document.
DOCUMENT: Final = "auth/basic-cimd"
_EXTERNAL_URL: Final = "https://home.example.org"
_AS_FAR_AS_IT_CAN: Final = (
    " 0 failed, 1 warnings",
    f'"actualClientId": "{_EXTERNAL_URL}/api/oauth2_client/client-metadata.json"',
)


def main() -> int:
    """Print a line for each scenario, and how many passed."""
    wanted = sys.argv[1:] or SCENARIOS
    _OUTPUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        HomeAssistant(
            Path(folder),
            executable=Path(sys.executable).with_name("hass"),
            integration=_ROOT / "custom_components/oauth2_client",
            port=free_port(),
        ) as home_assistant,
    ):
        home_assistant.prepare()
        home_assistant.start()
        home_assistant.onboard("Ada", "ada", "ada")
        passed = _run_all(home_assistant, wanted)
    print(f"{passed} of {len(wanted)} scenarios passed", flush=True)
    return 0


def _run_all(home_assistant: HomeAssistant, scenarios: Iterable[str]) -> int:
    passed = 0
    for scenario in scenarios:
        if scenario in LEFT_OUT:
            print(f"left out  {scenario}: {LEFT_OUT[scenario]}", flush=True)
        elif _run(home_assistant, scenario):
            passed += 1
            print(f"passed    {scenario}", flush=True)
        elif scenario == DOCUMENT and _signed_in_with_own_document():
            print(
                f"own id    {scenario}: all but the suite's fixed client id", flush=True
            )
        else:
            print(f"failed    {scenario}: see {_log(scenario)}", flush=True)
    return passed


def _run(home_assistant: HomeAssistant, scenario: str) -> bool:
    """Tell whether the suite passes a scenario; what it printed is kept."""
    external = _EXTERNAL_URL if scenario == DOCUMENT else None
    home_assistant.rest.websocket(
        {"type": "config/core/update", "external_url": external}
    )
    home = {
        "base_url": home_assistant.base_url,
        "tokens": home_assistant.rest.fresh_tokens(),
    }
    command = [
        str(_node()),
        str(_SUITE),
        "client",
        "--command",
        f"{sys.executable} -m tests.conformance.client",
        "--scenario",
        scenario,
        "--verbose",
    ]
    run = subprocess.run(
        command,
        cwd=_ROOT,
        env={**os.environ, HOME: json.dumps(home)},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    (_ROOT / _log(scenario)).write_text(f"{run.stdout}\n{run.stderr}")
    return run.returncode == 0


def _signed_in_with_own_document() -> bool:
    """Tell whether all went well but for the client id, which is Home Assistant's own address."""
    log = (_ROOT / _log(DOCUMENT)).read_text()
    return all(line in log for line in _AS_FAR_AS_IT_CAN)


def _log(scenario: str) -> Path:
    name = scenario.replace("/", "-")
    return (_OUTPUT / f"{name}.log").relative_to(_ROOT)


def _node() -> Path:
    return _PACKAGES / f"node-linux-{_ARCHITECTURES[platform.machine()]}" / "bin/node"


if __name__ == "__main__":
    sys.exit(main())
