"""A folder that cannot be written is told once for the home, and tried again in the issue."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.grant.stored_tokens import StoredTokens
from custom_components.oauth2_client.grant.token_store import async_get_token_store
from custom_components.oauth2_client.health.storage import async_report_storage
from custom_components.oauth2_client.oauth2 import TemporaryFailure
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError

from ...account_flow import AccountFlow
from ...fake_server import FakeServer
from ...issue_flow import IssueFlow, issue_keys


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


def _block(hass: HomeAssistant) -> Path:
    """Put a file where the folder is: nobody can write there, an administrator neither."""
    folder = Path(hass.config.path(".storage"))
    folder.rename(folder.with_name("kept"))
    folder.touch()
    return folder


def _mend(folder: Path) -> None:
    folder.unlink()
    folder.with_name("kept").rename(folder)


def _is_waiting(account: ConfigEntry) -> bool:
    return account.state is ConfigEntryState.SETUP_RETRY


def _held(account: ConfigEntry) -> StoredTokens:
    return StoredTokens(
        token_set=account.runtime_data.account.token_set,
        sign_in=1,
    )


async def test_it_is_tried_again_and_said_plainly(
    hass: HomeAssistant, account: ConfigEntry, issue: IssueFlow
) -> None:
    folder = _block(hass)
    for _ in range(3):
        async_report_storage(hass, writable=False)
    form = await issue.open("storage_not_writable")
    assert form["description_placeholders"]["folder"] == str(folder)
    assert (await issue.submit())["errors"] == {"base": "still_not_writable"}
    _mend(folder)
    assert (await issue.submit())["type"] == "create_entry"

    assert issue_keys(hass) == []


async def test_what_was_waiting_is_written(
    hass: HomeAssistant, account: ConfigEntry, issue: IssueFlow
) -> None:
    held = _held(account)
    store = async_get_token_store(hass)
    path = Path(hass.config.path(f".storage/oauth2_client.token.{account.entry_id}"))
    path.unlink()
    path.mkdir()
    with pytest.raises(WriteError):
        await store.async_save(account.entry_id, held)
    async_report_storage(hass, writable=False)
    await issue.open("storage_not_writable")
    assert (await issue.submit())["errors"] == {"base": "still_not_writable"}
    path.rmdir()
    await issue.submit()

    assert path.is_file()


async def test_an_account_that_waited_is_set_up_at_once(
    hass: HomeAssistant, account: ConfigEntry, issue: IssueFlow
) -> None:
    store = async_get_token_store(hass)
    held = _held(account)
    path = Path(hass.config.path(f".storage/oauth2_client.token.{account.entry_id}"))
    path.unlink()
    path.mkdir()
    with pytest.raises(WriteError):
        await store.async_save(account.entry_id, held)
    await hass.config_entries.async_reload(account.entry_id)
    assert _is_waiting(account)
    async_report_storage(hass, writable=False)
    path.rmdir()
    await issue.open("storage_not_writable")
    await issue.submit()
    await hass.async_block_till_done()

    assert account.state is ConfigEntryState.LOADED


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let Home Assistant write none of its stores."""

    async def full(*_: object) -> None:
        raise WriteError("full")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Store, "_async_write_data", full)
        yield


async def test_settings_that_cannot_be_written_are_told_and_written_later(
    hass: HomeAssistant,
    flow: AccountFlow,
    issue: IssueFlow,
    hass_storage: dict[str, Any],
) -> None:
    with _full_disk():
        await flow.to_credential()
        await flow.to_sign_in()
        assert issue_keys(hass) == ["storage_not_writable"]
        await issue.open("storage_not_writable")
        assert (await issue.submit())["errors"] == {"base": "still_not_writable"}
    await issue.submit()

    assert issue_keys(hass) == []
    assert "user_sandbox" in hass_storage[DOMAIN]["data"]["providers"]


async def test_they_are_tried_again_by_themselves(
    hass: HomeAssistant,
    flow: AccountFlow,
    hass_storage: dict[str, Any],
) -> None:
    with _full_disk():
        await flow.to_credential()
        await flow.to_sign_in()
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
        await hass.async_block_till_done()
        assert issue_keys(hass) == ["storage_not_writable"]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=122))
    await hass.async_block_till_done()

    assert issue_keys(hass) == []
    assert "user_sandbox" in hass_storage[DOMAIN]["data"]["providers"]


async def test_it_goes_when_it_is_told_that_writing_works(hass: HomeAssistant) -> None:
    async_report_storage(hass, writable=False)
    async_report_storage(hass, writable=True)

    assert issue_keys(hass) == []


async def test_it_comes_when_a_token_cannot_be_written_and_goes_when_it_can(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.expire_access_tokens()
    folder = _block(hass)
    with pytest.raises(TemporaryFailure, match="token_not_saved"):
        await account.runtime_data.account.request("GET", "/me")
    assert issue_keys(hass) == ["storage_not_writable"]

    _mend(folder)

    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    assert issue_keys(hass) == []
