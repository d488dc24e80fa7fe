"""What the end-to-end tests share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from typing import Final

import pytest

from tests.live import HomeAssistant, free_port

from .browser import Browser, running_browser

_ROOT: Final = Path(__file__).parents[2]
OUTPUT: Final = _ROOT / "output" / "e2e"


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tell how far it is: these tests take minutes."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def write(text: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n    {text}")
            sys.stdout.flush()

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
