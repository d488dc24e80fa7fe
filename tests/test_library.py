"""The example of docs/library.md, run as it stands there."""

import ast
from collections.abc import AsyncGenerator
import inspect
from pathlib import Path
import re
import sys
import time
from typing import Any, Final

import pytest

import custom_components
from custom_components.oauth2_client import library, oauth2
from custom_components.oauth2_client.wire import async_get_transport
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

from .account_flow import AccountFlow
from .fake_server import FakeServer

DOCUMENT = Path(__file__).parents[1] / "docs/library.md"
# A path in backquotes, then the code block that is its content.
FILE = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SENSOR = "sensor.followers"
_BY_NAME: Final = inspect.Parameter.KEYWORD_ONLY


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
) -> AsyncGenerator[ConfigEntry]:
    """An account of the service that the example is for, beside the integration of the example."""
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(
            content.replace('"github"', "*()"), encoding="utf-8"
        )
    folders = [*custom_components.__path__, str(tmp_path / "custom_components")]
    monkeypatch.setattr(custom_components, "__path__", folders)
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    yield await flow.add_account()
    for name in [name for name in sys.modules if "followers" in name]:
        del sys.modules[name]


async def _set_up(hass: HomeAssistant, account: ConfigEntry) -> ConfigEntry:
    """Add the integration as a person does, and return its entry."""
    result = await hass.config_entries.flow.async_init(
        "followers", context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"account": account.entry_id}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return result["result"]


def _shown(hass: HomeAssistant) -> str:
    state = hass.states.get(SENSOR)
    assert state is not None
    return state.state


def test_the_document_holds_the_whole_example(files: dict[str, str]) -> None:
    assert set(files) == {
        "custom_components/followers/manifest.json",
        "custom_components/followers/__init__.py",
        "custom_components/followers/config_flow.py",
        "custom_components/followers/sensor.py",
    }


async def test_the_example_shows_the_followers_of_the_account(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await _set_up(hass, account)

    assert _shown(hass) == "42"


async def test_the_example_leaves_a_new_sign_in_to_the_account(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    example = await _set_up(hass, account)
    server.revoke_grants()
    await example.runtime_data.async_refresh()

    assert _shown(hass) == "unavailable"
    [asked] = [
        flow
        for flow in hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == SOURCE_REAUTH
    ]
    assert asked["handler"] == account.domain


async def test_the_example_goes_on_after_a_reload_of_the_account(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    example = await _set_up(hass, account)
    await hass.config_entries.async_unload(account.entry_id)
    await example.runtime_data.async_refresh()
    assert _shown(hass) == "unavailable"

    await hass.config_entries.async_setup(account.entry_id)
    await hass.async_block_till_done()

    assert _shown(hass) == "42"
    assert example.state is ConfigEntryState.LOADED
    await hass.config_entries.async_unload(example.entry_id)


def _snippets() -> list[str]:
    """Return the code of the document that is in no file of the example."""
    text = FILE.sub("", DOCUMENT.read_text(encoding="utf-8"))
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


async def _run(snippet: str, **names: Any) -> dict[str, Any]:
    """Run a snippet as the body of a coroutine, and return its names."""
    code = compile(snippet, str(DOCUMENT), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if (running := eval(code, names)) is not None:  # noqa: S307 - our own document
        await running
    return names


async def test_a_request_runs_as_it_is_written(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    account = await flow.add_account()
    request, _ = _snippets()
    names = await _run(request, hass=hass, entry_id=account.entry_id)

    assert isinstance(names["response"], library.Response)


async def test_a_token_request_of_three_lines_runs_as_it_is_written(
    flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    account = entry.runtime_data.account
    _, refresh = _snippets()
    names = await _run(
        refresh,
        **{name: getattr(oauth2, name) for name in oauth2.__all__},
        server=account.provider.server,
        client=oauth2.Client(id="demo-client", secret="demo-secret"),
        token_set=account.token_set,
        send=async_get_transport(flow.hass).send,
        time=time,
    )

    assert names["token_set"].access_token != account.token_set.access_token


def test_the_parameters_of_a_request_are_as_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    [documented] = re.findall(r"`Account\.request\((.*)\)`", text)
    parameters = [*inspect.signature(library.Account.request).parameters.values()]
    positional = [each.name for each in parameters[1:] if each.kind is not _BY_NAME]
    by_name = [each.name for each in parameters if each.kind is _BY_NAME]

    assert documented == ", ".join([*positional, "*", *by_name])


def test_each_name_of_the_library_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert [each for each in library.__all__ if each not in text] == []
