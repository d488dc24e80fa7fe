"""A second authorization server that others wrote, in its own environment, as strict as it can be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import subprocess
import time
from typing import Any, Final
from urllib.request import ProxyHandler, build_opener

from tests.live import HomeAssistant, wait_until
from tests.live.flows import finish_account, start_account

from .browser import Browser

_ROOT: Final = Path(__file__).parents[2]
_PYTHON: Final = _ROOT / ".venv-toolkit/bin/python"
_SERVER: Final = Path(__file__).parent / "toolkit/server.py"
_LIFETIME_SECONDS: Final = 4
_KILLS: Final = 3


@contextmanager
def _running_server(folder: Path, redirect_uri: str) -> Iterator[dict[str, str]]:
    """Run the server; yield its addresses, its client and its user."""
    command = [
        *map(str, (_PYTHON, _SERVER, folder)),
        redirect_uri,
        str(_LIFETIME_SECONDS),
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            if process.stdout is None or not (line := process.stdout.readline()):
                raise RuntimeError("The server did not start")
            yield json.loads(line)
        finally:
            process.terminate()


def _seen(server: dict[str, str]) -> dict[str, Any]:
    opener = build_opener(ProxyHandler({}))
    with opener.open(f"{server['base_url']}/seen", timeout=120) as response:
        seen: dict[str, Any] = json.load(response)
    return seen


def _sign_in(browser: Browser, url: str, server: dict[str, str]) -> None:
    """Sign in and consent at the server's own pages, as far as Home Assistant's callback."""
    page = browser.page.context.new_page()
    page.goto(url)
    page.fill("input[name=username]", server["username"])
    page.fill("input[name=password]", server["password"])
    page.click("button")
    browser.shoot("consent", page)
    with page.expect_response("**/auth/external/callback*"):
        page.click("input[name=allow]")
    page.close()


def _request(home_assistant: HomeAssistant, entry_id: str) -> int:
    answer = home_assistant.call_action(
        "oauth2_client", "request", account=entry_id, url="/me"
    )
    return int(answer["status"])


def _wait_until_saved(
    home_assistant: HomeAssistant, entry_id: str, client_id: str
) -> None:
    """Wait until Home Assistant has saved the entry and the credential: seconds after they changed."""
    storage = home_assistant.config_dir / ".storage"
    entries, credentials = (
        storage / "core.config_entries",
        storage / "application_credentials",
    )
    wait_until(lambda: entry_id in entries.read_text())
    wait_until(credentials.exists)
    wait_until(lambda: client_id in credentials.read_text())


def _rotate(
    home_assistant: HomeAssistant, entry_id: str, server: dict[str, str]
) -> None:
    """Use the account until it has another refresh token."""
    before = _seen(server)["issued"]
    while _seen(server)["issued"] == before:
        assert _request(home_assistant, entry_id) == 200
        time.sleep(0.1)


def test_a_server_that_ends_a_grant_whose_old_token_is_used_keeps_ours(
    home_assistant: HomeAssistant,
    browser: Browser,
    tmp_path: Path,
    say: Callable[[str], None],
) -> None:
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with _running_server(tmp_path, callback) as server:
        say("A person signs in at django-oauth-toolkit")
        flow_id, url = start_account(
            home_assistant.rest,
            name="Toolkit",
            authorize_url=server["authorize_url"],
            token_url=server["token_url"],
            api_base_url=server["api_base_url"],
            client_id=server["client_id"],
            client_secret=server["client_secret"],
            scopes=["read"],
        )
        _sign_in(browser, url, server)
        entry_id = finish_account(home_assistant.rest, flow_id)
        assert _request(home_assistant, entry_id) == 200
        _wait_until_saved(home_assistant, entry_id, server["client_id"])
        for number in range(_KILLS):
            _rotate(home_assistant, entry_id, server)
            home_assistant.kill()
            home_assistant.start()
            assert _request(home_assistant, entry_id) == 200
            say(f"Killed after rotation {number + 1}: signed in")

        # A second use of an old refresh token would have ended the grant.
        assert _seen(server)["good"] == 1
