"""An integration that scripts/scaffold wrote, in a real Home Assistant, connected by clicking."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, Final

from tests.live import HomeAssistant, free_port, wait_until
from tests.scaffold.own_tests import ROOT, scaffold

from .browser import running_browser
from .conftest import OUTPUT

_DOMAIN: Final = "my_sandbox"
_SENSOR: Final = "sensor.ada_lovelace_followers"


def _service(base_url: str) -> dict[str, Any]:
    """Return the sandbox as docs/contributing-providers.md describes services."""
    return {
        "id": "sandbox",
        "name": "Sandbox",
        "authorize_url": f"{base_url}/authorize",
        "token_url": f"{base_url}/token",
        "revocation_url": f"{base_url}/revoke",
        "client_authentication": "client_secret_basic",
        "scopes": ["read"],
        "api_base_url": f"{base_url}/api",
        "identity": {"url": "/me", "id": ["id"], "name": ["name"]},
        "console_url": f"{base_url}/",
        "known_resources": [
            {
                "id": "me",
                "name": "Me",
                "url": "/me",
                "values": [
                    {
                        "key": "followers",
                        "name": "Followers",
                        "path": "$.followers",
                        "state_class": "measurement",
                    }
                ],
            }
        ],
    }


@contextmanager
def _sandbox() -> Iterator[str]:
    """Run the fake server as a process of its own; yield its address."""
    command = [sys.executable, "-m", "tests.fake_server", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()


def _state(home_assistant: HomeAssistant) -> str:
    """Return the sensor's state, once it has one."""
    wait_until(lambda: _SENSOR in home_assistant.states())
    return home_assistant.states()[_SENSOR]


def test_it_is_connected_by_clicking_and_shows_a_sensor(
    tmp_path: Path, say: Callable[[str], None]
) -> None:
    with _sandbox() as base_url:
        say("An integration for the sandbox is written")
        file = tmp_path / "sandbox.json"
        file.write_text(json.dumps(_service(base_url)), encoding="utf-8")
        done = scaffold(str(file), _DOMAIN, str(tmp_path / "new"))
        assert done.returncode == 0, done.stderr
        with HomeAssistant(
            tmp_path / "config",
            executable=Path(sys.executable).with_name("hass"),
            integration=tmp_path / "new/custom_components" / _DOMAIN,
            port=free_port(),
            progress=say,
        ) as home_assistant:
            say("Home Assistant starts with it")
            home_assistant.prepare()
            home_assistant.start()
            home_assistant.onboard("Ada", "ada", "ada")
            _connect(home_assistant, say)
            assert _state(home_assistant) == "42"


def _connect(home_assistant: HomeAssistant, say: Callable[[str], None]) -> None:
    """Add the integration as a person does: the credential, the sign-in, the account."""
    with running_browser(home_assistant, OUTPUT / "scaffold") as browser:
        say("A person enters a client ID and secret")
        browser.open(f"/config/integrations/dashboard/add?domain={_DOMAIN}")
        browser.click("OK")
        browser.see(f"{home_assistant.base_url}/auth/external/callback")
        browser.shoot("credential")
        dialog = "dialog-add-application-credential"
        browser.fill(
            dialog, name="Mine", clientId="demo-client", clientSecret="demo-secret"
        )
        browser.shoot("credential-filled")
        with browser.page.context.expect_page() as opened:
            browser.page.locator(dialog).get_by_role("button", name="Add").click()
        say("… and signs in")
        page = opened.value
        page.wait_for_load_state()
        browser.shoot("consent", page)
        page.get_by_role("button", name="Allow").click()
        browser.see("You are signed in.")
        browser.shoot("connected")
