"""The main job, shown: a Home Assistant with an account at the sandbox, ready to click.

python -m tests.live.demo [--once], from scripts/demo, which makes the environment.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
import json
from pathlib import Path
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Final

import aiohttp

from tests.fake_server.browser import answer_consent

from .flows import add_resource, finish_account, start_account
from .home_assistant import HomeAssistant

_ROOT: Final = Path(__file__).parents[2]
_USER: Final = "demo"
_PASSWORD: Final = "demo"
_CLIENT: Final = {"client_id": "demo-client", "client_secret": "demo-secret"}
_SCOPES: Final = ["read"]
_PICKED: Final = ["$.current.temperature", "$.current.humidity"]
_UNTIL_SENSORS: Final = 60


def main() -> int:
    """Run the demo until Ctrl-C, or once."""
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument(
        "--once", action="store_true", help="do the main job unattended, and end"
    )
    once: bool = parser.parse_args().once
    # SIGINT too: who starts this in the background hands it down ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    with ExitStack() as stack:
        try:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            sandbox = stack.enter_context(_sandbox())
            home_assistant = stack.enter_context(
                HomeAssistant(
                    folder,
                    executable=Path(sys.executable).with_name("hass"),
                    integration=_ROOT / "custom_components/oauth2_client",
                    port=_port(8123),
                    progress=_say,
                )
            )
            entry_id = _connect(home_assistant, sandbox)
            _show_once(home_assistant, entry_id)
            if not once:
                _print_guide(home_assistant, sandbox)
                signal.pause()
        except KeyboardInterrupt:
            _say("Ending")
    return 0


def _connect(home_assistant: HomeAssistant, sandbox: str) -> str:
    """Start Home Assistant, connect an account and add a resource; return the account's id."""
    _say("Starting Home Assistant; the first start in an environment takes a minute")
    home_assistant.prepare()
    home_assistant.start()
    home_assistant.onboard("Demo", _USER, _PASSWORD)
    _say("Connecting an account at the sandbox")
    flow_id, url = start_account(
        home_assistant.rest,
        name="Sandbox",
        authorize_url=f"{sandbox}/authorize",
        token_url=f"{sandbox}/token",
        api_base_url=f"{sandbox}/api",
        scopes=_SCOPES,
        **_CLIENT,
    )
    asyncio.run(_consent(url))
    entry_id = finish_account(home_assistant.rest, flow_id)
    add_resource(
        home_assistant.rest, entry_id, name="Weather", url="/weather", picked=_PICKED
    )
    return entry_id


async def _consent(url: str) -> None:
    """Do what a person does in the browser: allow, and come back to Home Assistant."""
    async with aiohttp.ClientSession() as session:
        callback = await answer_consent(session, url, decision="allow")
        async with session.get(callback) as response:
            response.raise_for_status()


def _show_once(home_assistant: HomeAssistant, entry_id: str) -> None:
    """Print the entities with their values, and the answer of an action."""
    print("Entities:")
    for entity_id, state in _sensors(home_assistant).items():
        print(f"  {entity_id}: {state}")
    answer = home_assistant.call_action(
        "oauth2_client", "request", account=entry_id, url="/me"
    )
    print("The answer of the action oauth2_client.request, GET /me:")
    print(f"  status {answer['status']}, data {json.dumps(answer['data'])}", flush=True)


def _sensors(home_assistant: HomeAssistant) -> dict[str, str]:
    """Return the states of the sensors, once they have some. Raises TimeoutError."""
    deadline = time.monotonic() + _UNTIL_SENSORS
    while time.monotonic() < deadline:
        states = {
            entity_id: state
            for entity_id, state in home_assistant.states().items()
            if entity_id.startswith("sensor.weather_")
        }
        if len(states) == len(_PICKED) and not {"unknown", "unavailable"} & set(
            states.values()
        ):
            return states
        time.sleep(0.2)
    raise TimeoutError("The sensors have no values")


def _print_guide(home_assistant: HomeAssistant, sandbox: str) -> None:
    print(f"""
Home Assistant runs at {home_assistant.base_url}
  user {_USER}, password {_PASSWORD}

Four things to try:
  1. See the account: Settings > Devices & services > OAuth2 Client.
     Its device "Weather" has the two sensors above.
  2. Add another resource: on the page of OAuth2 Client, choose "Add resource".
     Address /usage; tick what you like of the answer.
  3. Add a command: on the same page, choose "Add command". Name Hello, address /echo,
     body {{"message": "Hello"}}. At the device "Sandbox", press its button; its answer is beside it.
  4. Send a request: Settings > Tools > Actions > "OAuth2 Client: Send a request"
     (before 2026.11: Developer tools > Actions).
     Choose the account, and the address /echo.

To connect another account: Settings > Devices & services > Add integration >
OAuth2 Client > "Enter a service by hand", under any name but Sandbox
(or "Find a service by its address", which is {sandbox}):
  Authorize URL  {sandbox}/authorize
  Token URL      {sandbox}/token
  API base URL   {sandbox}/api
  Scopes         {" ".join(_SCOPES)}
  Client ID      {_CLIENT["client_id"]}
  Client secret  {_CLIENT["client_secret"]}
What the sandbox offers is described at {sandbox}/

Ctrl-C ends everything.
""")


@contextmanager
def _sandbox() -> Iterator[str]:
    """Run the fake server as a process of its own; yield its address."""
    port = _port(8125)
    command = [sys.executable, "-m", "tests.fake_server", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise RuntimeError("The sandbox server did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _port(preferred: int) -> int:
    """Return a port that is free: the preferred one, if it is."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("There is no free port")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
