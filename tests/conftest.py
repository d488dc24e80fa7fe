"""What the tests share: a provider on loopback, a driver of flows, a search for secrets."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack
from datetime import UTC
from functools import cache
import gc
import inspect
import logging
import os
from pathlib import Path
import re
import ssl
import threading
from typing import Any, Final
from unittest.mock import Mock, patch

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import HealthCheck, settings
import pytest
from pytest_asyncio import is_async_test
from pytest_homeassistant_custom_component import common
from pytest_homeassistant_custom_component.plugins import HASocketBlockedError
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension

from custom_components.oauth2_client.account.client_document import (
    async_serve_client_document,
)
from custom_components.oauth2_client.account.sign_in_window import async_get_openings
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.credentials.redirect_uri import (
    async_get_names_view,
)
from custom_components.oauth2_client.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.oauth2_client.oauth2 import device
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import HEADER_FRONTEND_BASE
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, executor

from .account_flow import AccountFlow
from .fake_server import FakeServer, Settings
from .internet import Internet

# On a busy machine, neither an example that takes long nor making examples slowly is a failure. The same
# examples each time: a run does not fail by chance. `HYPOTHESIS_PROFILE=random` looks for others.
settings.register_profile(
    "random", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("default", settings.get_profile("random"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Home Assistant's plugin prints each line of a log, and each statement of the recorder. Pytest keeps them
# all the same, and shows those of a test that fails.
for _handler in logging.getLogger().handlers:
    if type(_handler) is logging.StreamHandler:
        logging.getLogger().removeHandler(_handler)
logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)

# As a test ends, Home Assistant ends the threads of its executor: one that does not wake up in a tenth of
# ten seconds, shared by all of them, is interrupted, and then does not wake the next one. On a busy machine
# a thread was left so.
executor.EXECUTOR_SHUTDOWN_TIMEOUT = 120

# What the fake server hands out, the secrets of its clients, and JSON web tokens.
SECRET: Final = re.compile(r"planted-|-secret\b|eyJ[\w-]{8,}\.")
# The access log, which has the callback's address (off by default), and the test plugin, which
# logs the stores that it keeps in memory.
_NOT_OURS: Final = {"aiohttp.access", "pytest_homeassistant_custom_component.common"}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are collected: all that is made then stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send no log of what went well from one process to another.

    Each of a test's three reports has all that was logged until then, up to 100 KB.
    """
    report = yield
    if report.passed and hasattr(item.config, "workerinput"):
        report.sections.clear()
    return report


# What Home Assistant's plugin does for every test, and only one that runs in an event loop needs.
_FOR_LOOPS: Final = {
    "configure_event_loop",
    "disable_http_server",
    "enable_event_loop_debug",
    "expected_lingering_tasks",
    "expected_lingering_timers",
    "fail_on_log_exception",
    "skip_stop_scripts",
    "verify_cleanup",
    "wait_for_stop_scripts_after_shutdown",
}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give no event loop to a test that needs none.

    Four of five tests are such: to make a loop for each, with two threads, takes longer than they do.
    """
    if isinstance(item, pytest.Function) and not _runs_in_a_loop(item):
        names = item.fixturenames
        # The tests of one function share this list.
        names[:] = [name for name in names if name not in _FOR_LOOPS]


def _runs_in_a_loop(test: pytest.Function) -> bool:
    """Return whether a test or one of its fixtures is asynchronous."""
    return is_async_test(test) or any(
        _is_asynchronous(fixture.func)
        for name, (*_, fixture) in test._fixtureinfo.name2fixturedefs.items()
        if name not in _FOR_LOOPS and fixture.scope == "function"
    )


@cache
def _is_asynchronous(function: Callable[..., object]) -> bool:
    """Return whether a fixture's function is: the same dozen are asked about for each test."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest) -> Generator[None]:
    """Find what a test without a loop leaves; `verify_cleanup` does so where there is one."""
    if "verify_cleanup" in request.fixturenames:
        yield
        return
    before = threading.enumerate()
    yield
    assert threading.enumerate() == before
    assert dt_util.DEFAULT_TIME_ZONE is UTC
    assert not HASocketBlockedError.instances  # type: ignore[misc]  # a list of the class itself


@pytest.fixture(autouse=True)
def enable_event_loop_debug(request: pytest.FixtureRequest) -> None:
    """Turn on the loop's debug mode with LOOP_DEBUG only; Home Assistant's plugin does so for all.

    It takes time with each task and timer. Not PYTHONASYNCIODEBUG: it makes aiohttp refuse answers
    that it takes otherwise.
    """
    if os.environ.get("LOOP_DEBUG"):
        request.getfixturevalue("event_loop_in_debug_mode")


@pytest.fixture
async def event_loop_in_debug_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find calls from the wrong thread."""
    # The stack that is noted for each timer and each task; what finds the thread needs none.
    monkeypatch.setattr("asyncio.constants.DEBUG_STACK_DEPTH", 1)
    monkeypatch.setattr("sys.tracebacklimit", 1, raising=False)
    asyncio.get_running_loop().set_debug(True)


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Keep the files of one test from the next one."""
    return str(tmp_path)


@pytest.fixture
def hass_storage() -> Generator[dict[str, Any]]:
    """The stores of Home Assistant, in memory.

    As the plugin's, which makes three mocks with the signatures of what they replace for each test:
    what they call is a function that can take its place.
    """

    def put(name: str, *, side_effect: Any, autospec: bool) -> Any:
        return patch(name, side_effect)

    with ExitStack() as stack:
        with patch.object(common, "patch", put):
            stored = stack.enter_context(common.mock_storage())
        yield stored


@cache
def _asked_for_at_home() -> web.Request:
    """Return a request of Home Assistant's frontend, which says where that is."""
    headers = {"Host": "example.com", HEADER_FRONTEND_BASE: "https://example.com"}
    return make_mocked_request(
        "GET", "/", headers, sslcontext=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )


@pytest.fixture
def current_request_with_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant answer a request of its frontend; the plugin's makes one for each test."""
    context = Mock(get=lambda *_: _asked_for_at_home())
    monkeypatch.setattr("homeassistant.helpers.http.current_request", context)


@pytest.fixture
async def hass(hass: HomeAssistant) -> AsyncGenerator[HomeAssistant]:
    """Home Assistant, stopped only when what the test began has ended.

    A set-up or reload that still runs while Home Assistant writes its stores for the last time
    would schedule a save that nobody waits for: a lingering timer.
    """
    yield hass
    await hass.async_block_till_done()


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots in `__snapshots__`, also where Home Assistant's fixture of this name wins.

    Its extension looks in `snapshots`, syrupy's own in `__snapshots__`. Which fixture wins depends
    on the order in which pytest loads the two plugins.
    """
    return snapshot.use_extension(AmberSnapshotExtension)


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    """Search what each test logged, debug lines and tracebacks too, for secrets."""
    caplog.set_level(logging.DEBUG, "custom_components.oauth2_client")
    yield
    for phase in ("setup", "call"):
        for record in caplog.get_records(phase):
            line = caplog.handler.format(record)
            assert record.name in _NOT_OURS or not SECRET.search(line), line


@pytest.fixture
def device_interval(monkeypatch: pytest.MonkeyPatch) -> float:
    """The seconds between two polls of a device, which are one at least where nobody tests."""
    monkeypatch.setattr(device, "_SHORTEST_INTERVAL_SECONDS", 0.05)
    return 0.05


@pytest.fixture
async def server(
    socket_enabled: None, device_interval: float
) -> AsyncGenerator[FakeServer]:
    """A provider on loopback."""
    settings = Settings(device_interval=device_interval)
    async with FakeServer(settings) as fake_server:
        yield fake_server


@pytest.fixture
async def internet(
    hass: HomeAssistant, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Internet]:
    """Names that lead where a test says, and servers with certificates for them."""
    async with Internet(hass, monkeypatch) as pretended:
        yield pretended


@pytest.fixture
def integration(
    enable_custom_integrations: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let Home Assistant find the integration, which depends on `file_upload`.

    Uploads go to a folder of one fixed name, which tests that run at the same time would remove
    for each other.
    """
    uploads = str(tmp_path / "uploads")
    monkeypatch.setattr("homeassistant.components.file_upload.TEMP_DIR_NAME", uploads)


@pytest.fixture
async def flow(
    hass: HomeAssistant,
    integration: None,
    server: FakeServer,
    hass_client_no_auth: ClientSessionGenerator,
    current_request_with_host: None,
) -> AsyncGenerator[AccountFlow]:
    """A driver of the account flow at the fake server; then a search for secrets."""
    assert await async_setup_component(hass, DOMAIN, {})
    # aiohttp's test client takes no views later, as Home Assistant's own server does.
    async_get_openings(hass)
    async_serve_client_document(hass)
    async_get_names_view(hass)
    yield AccountFlow(hass, server, await hass_client_no_auth())
    await _search(hass)


async def _search(hass: HomeAssistant) -> None:
    """Search states, diagnostics and reprs for secrets."""
    seen: list[object] = [state.as_dict() for state in hass.states.async_all()]
    for entry in hass.config_entries.async_entries(DOMAIN):
        seen.append(await async_get_config_entry_diagnostics(hass, entry))
        runtime = getattr(entry, "runtime_data", None)
        account = None if runtime is None else runtime.account
        seen += [entry, account, vars(account) if account else None]
    for shown in seen:
        assert not SECRET.search(repr(shown)), shown
