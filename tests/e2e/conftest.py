"""What the end-to-end tests share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import sys
from typing import Final

import pytest

from tests.live import HomeAssistant, free_port

from .browser import Browser, running_browser

_ROOT: Final = Path(__file__).parents[2]
OUTPUT: Final = _ROOT / "output" / "e2e"
# The files that take longest, then short ones: a process is given one file more than it runs.
_FIRST: Final = (
    "test_every_form",
    "test_chaos",
    "test_grants",
    "test_key_file",
    "test_new_code",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that nothing waits for it at the end."""
    turns = {name: turn for turn, name in enumerate(_FIRST)}
    items.sort(key=lambda item: turns.get(item.path.stem, len(turns)))


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tell how far it is: these tests take minutes."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def write(text: str) -> None:
        file = os.environ["PYTEST_CURRENT_TEST"].partition("::")[0]
        with capture.global_and_fixture_disabled():
            # What processes of xdist print is lost.
            sys.stderr.write(f"\n    {Path(file).stem}: {text}")
            sys.stderr.flush()

    return write


@contextmanager
def running_home_assistant(
    config: Path, say: Callable[[str], None], configuration: str = ""
) -> Iterator[HomeAssistant]:
    """Run a Home Assistant that has just been installed, its owner signed in.

    `configuration` is further YAML.
    """
    with HomeAssistant(
        config,
        executable=Path(sys.executable).with_name("hass"),
        integration=_ROOT / "custom_components/oauth2_client",
        port=free_port(),
        progress=say,
    ) as running:
        say("Home Assistant starts")
        running.prepare(configuration)
        running.start()
        running.onboard("Ada", "ada", "ada")
        yield running


@pytest.fixture
def home_assistant(
    tmp_path: Path, say: Callable[[str], None]
) -> Iterator[HomeAssistant]:
    """A Home Assistant of the test's own."""
    with running_home_assistant(tmp_path / "config", say) as running:
        yield running


@pytest.fixture
def browser(
    home_assistant: HomeAssistant, request: pytest.FixtureRequest
) -> Iterator[Browser]:
    """A browser, signed in to Home Assistant; its screenshots go where the test's name says."""
    name = request.path.stem.removeprefix("test_").replace("_", "-")
    with running_browser(home_assistant, OUTPUT / name) as browser:
        yield browser
