"""Prepares, starts, kills and stops a Home Assistant, and leaves nothing running."""

from collections.abc import Callable, Mapping, Sequence
import json
import os
from pathlib import Path
import signal
import subprocess
import time
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from .rest import RequestFailed, Rest

_CONFIGURATION: Final = """\
homeassistant:
  # Without one, a repair asks for it.
  country: NL
frontend:
config:
api:
application_credentials:
diagnostics:
logger:
  default: warning
  logs:
    custom_components.oauth2_client: debug
"""
# Home Assistant's own defaults (2026.11), but for who can reach it.
_HTTP: Final = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "intermediate_v6",
    "use_x_frame_options": True,
    "created_at": "2026-11-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}
# The first start installs what the frontend needs.
_START_TIMEOUT: Final = 600
_STOP_TIMEOUT: Final = 120
_PAUSE: Final = 0.1
_REPORT_EVERY: Final = 10

type Progress = Callable[[str], None]


class StartFailed(Exception):
    """Home Assistant did not start; the text ends with its log."""


class HomeAssistant:
    """A Home Assistant in `config_dir`, reachable on loopback only; a context manager.

    `executable` is `hass` of the environment to run in. What runs it, as `nice` would, can be set as
    `prefix` before a start, and what it finds in its environment as `environment`.
    """

    def __init__(
        self,
        config_dir: Path,
        *,
        executable: Path,
        integration: Path,
        port: int,
        progress: Progress = lambda _: None,
    ) -> None:
        self.config_dir = config_dir
        self.port = port
        self.rest = Rest(f"http://127.0.0.1:{port}")
        self._executable = executable
        self._integration = integration
        self._progress = progress
        self.prefix: Sequence[str | Path] = ()
        self.environment: Mapping[str, str] = {}
        # When it was started the last time, in seconds since the epoch.
        self.launched_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return self.rest.base_url

    @property
    def log(self) -> str:
        """What it printed, from all of its starts."""
        return self._log_file.read_text(errors="replace")

    @property
    def process_id(self) -> int:
        """The id of its process. Raises RuntimeError where it has been ended."""
        if self._process is None:
            raise RuntimeError("Home Assistant does not run")
        return self._process.pid

    @property
    def _log_file(self) -> Path:
        return self.config_dir / "output.log"

    def prepare(self, configuration: str = "") -> None:
        """Write the configuration of a new Home Assistant."""
        storage = self.config_dir / ".storage"
        components = self.config_dir / "custom_components"
        for folder in (storage, components):
            folder.mkdir(parents=True, exist_ok=True)
        (self.config_dir / "configuration.yaml").write_text(
            _CONFIGURATION + configuration
        )
        # In YAML the port would be imported as pending, and asked for again later.
        stable = {**_HTTP, "server_port": self.port}
        http = {"stable": stable, "pending": None, "yaml_migration_done": True}
        # These steps would set up integrations that ask the internet.
        onboarding = {"done": ["core_config", "analytics", "integration"]}
        for key, version, data in (("http", 3, http), ("onboarding", 4, onboarding)):
            stored = {"version": version, "minor_version": 1, "key": key, "data": data}
            (storage / key).write_text(json.dumps(stored))
        (components / self._integration.name).symlink_to(self._integration.resolve())

    def start(self) -> None:
        """Start it and wait until it answers. Raises StartFailed."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        self.launched_at = time.time()
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.prefix, self._executable, "-c", self.config_dir],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def onboard(self, name: str, username: str, password: str) -> None:
        """Make the owner and wait until all has been set up. Raises StartFailed."""
        self.rest.onboard(name, username, password)
        self.wait()

    def wait(self) -> None:
        """Wait until it answers. Raises StartFailed."""
        started = time.monotonic()
        reported = 0
        while not self._is_running():
            waited = time.monotonic() - started
            if self._has_ended() or waited > _START_TIMEOUT:
                self._fail()
            if waited > reported + _REPORT_EVERY:
                reported += _REPORT_EVERY
                self._progress(f"Home Assistant is starting ({reported} s)")
            time.sleep(_PAUSE)

    def stop(self) -> None:
        """Stop it as the system would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start it."""
        self.stop()
        self.start()

    def _end(self, first: signal.Signals) -> None:
        if self._process is None:
            return
        for number in (first, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(_STOP_TIMEOUT)
                break
            except ProcessLookupError:
                self._process.wait()
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _fail(self) -> NoReturn:
        self.kill()
        raise StartFailed(self.log[-4000:])

    def _is_running(self) -> bool:
        """Tell whether all has been set up, as far as it can be asked without a sign-in."""
        try:
            if not self.rest.tokens:
                return self.rest.request("GET", "/manifest.json") is not None
            config = self.rest.request("GET", "/api/config")
        except OSError:
            return False
        except RequestFailed:
            # The server answers before everything is behind it.
            return False
        if config["recovery_mode"]:
            # A broken configuration.yaml leads to it: Home Assistant runs, without integrations.
            self._fail()
        return bool(config["state"] == "RUNNING")

    def states(self) -> dict[str, str]:
        """Return all states by entity id."""
        states = self.rest.request("GET", "/api/states")
        return {state["entity_id"]: state["state"] for state in states}

    def call_action(self, domain: str, action: str, **data: Any) -> Any:
        """Call an action and return its response."""
        path = f"/api/services/{domain}/{action}?return_response"
        return self.rest.request("POST", path, data)["service_response"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
