"""The example of docs/library.md, run as it stands there."""

from pathlib import Path
import re

import pytest

import custom_components
from homeassistant.components.sensor import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.util.yaml import parse_yaml

from .account_flow import AccountFlow
from .fake_server import FakeServer

DOCUMENT = Path(__file__).parents[1] / "docs/library.md"
# A path in backquotes, then the code block that is its content.
FILE = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def files() -> dict[str, str]:
    """The example's files by path."""
    return dict(FILE.findall(DOCUMENT.read_text(encoding="utf-8")))


@pytest.fixture
async def account(
    hass: HomeAssistant,
    flow: AccountFlow,
    files: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> ConfigEntry:
    """An account, beside the integration of the example."""
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    folders = [*custom_components.__path__, str(tmp_path / "custom_components")]
    monkeypatch.setattr(custom_components, "__path__", folders)
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    return await flow.add_account()


async def _set_up(
    hass: HomeAssistant, files: dict[str, str], account: ConfigEntry
) -> str:
    """Set up what configuration.yaml says, for this account; return the sensor's state."""
    configuration = parse_yaml(files["configuration.yaml"])
    assert isinstance(configuration, dict)
    configuration["sensor"][0]["account"] = account.entry_id
    # The account has loaded the platform already, and so without this configuration.
    await hass.data[DATA_COMPONENT].async_setup(configuration)
    await hass.async_block_till_done()
    state = hass.states.get("sensor.followers")
    assert state is not None
    return state.state


def test_the_document_holds_the_whole_example(files: dict[str, str]) -> None:
    assert set(files) == {
        "custom_components/followers/manifest.json",
        "custom_components/followers/sensor.py",
        "configuration.yaml",
    }


async def test_the_example_shows_the_followers_of_the_account(
    hass: HomeAssistant, account: ConfigEntry, files: dict[str, str]
) -> None:
    assert await _set_up(hass, files, account) == "42"


async def test_the_example_copes_with_an_account_that_is_signed_out(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    files: dict[str, str],
) -> None:
    server.revoke_grants()

    assert await _set_up(hass, files, account) == "unavailable"
