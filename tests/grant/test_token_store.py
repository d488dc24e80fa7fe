"""Token sets on disk."""

import asyncio
from copy import replace
import os
from pathlib import Path
import stat
import threading

import pytest

from custom_components.oauth2_client.grant.backoff import Backoff
from custom_components.oauth2_client.grant.stored_tokens import StoredTokens
from custom_components.oauth2_client.grant.token_file import NextTokensFile
from custom_components.oauth2_client.grant.token_store import (
    AccountTokens,
    TokenStore,
    async_get_token_store,
)
from custom_components.oauth2_client.oauth2 import TokenSet
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util.file import WriteError

FIRST = StoredTokens(
    token_set=TokenSet(
        access_token="planted-1", refresh_token="planted-r1", received_at=1.0
    ),
    sign_in=1,
)
SECOND = StoredTokens(
    token_set=TokenSet(
        access_token="planted-2", refresh_token="planted-r2", received_at=2.0
    ),
    sign_in=1,
)


@pytest.fixture
def path(hass: HomeAssistant) -> Path:
    """The file of the token set of `entry`."""
    return Path(hass.config.path(".storage/oauth2_client.token.entry"))


async def test_what_is_saved_is_read_by_the_next_process(
    hass: HomeAssistant, path: Path
) -> None:
    await TokenStore(hass).async_save("entry", FIRST)

    assert await TokenStore(hass).async_load("entry") == FIRST
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_nothing_is_read_where_nothing_is(hass: HomeAssistant) -> None:
    assert await TokenStore(hass).async_load("entry") is None


async def test_a_sign_in_meanwhile_does_not_keep_a_refresh_from_its_file(
    hass: HomeAssistant,
) -> None:
    store = TokenStore(hass)
    await store.async_save("entry", FIRST)
    async with store.async_next("entry", sign_in=1) as next_file:
        assert await store.async_count_sign_in("entry") == 2
        assert await AccountTokens(store, "entry").load() == FIRST.token_set
        await hass.async_add_executor_job(next_file.write, SECOND.token_set)

    assert next_file.written == SECOND.token_set
    assert await store.async_load("entry") == SECOND


async def test_a_save_while_home_assistant_stops_is_done(hass: HomeAssistant) -> None:
    hass.set_state(CoreState.final_write)
    await TokenStore(hass).async_save("entry", FIRST)

    assert await TokenStore(hass).async_load("entry") == FIRST


async def test_of_saves_at_once_the_last_one_stays(hass: HomeAssistant) -> None:
    store = TokenStore(hass)
    await asyncio.gather(
        *(store.async_save("entry", item) for item in [FIRST, SECOND] * 20)
    )

    assert await TokenStore(hass).async_load("entry") == SECOND


async def test_what_cannot_be_written_is_told_and_written_later(
    hass: HomeAssistant, path: Path
) -> None:
    store = TokenStore(hass)
    await store.async_save("entry", FIRST)
    path.unlink()
    path.mkdir()
    with pytest.raises(WriteError):
        await store.async_save("entry", SECOND)
    with pytest.raises(WriteError):
        await store.async_load("entry")
    path.rmdir()

    assert await store.async_load("entry") == SECOND
    assert await TokenStore(hass).async_load("entry") == SECOND


async def test_a_save_that_is_waited_for_no_more_is_done_before_the_next_one(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    begun, may_end = threading.Event(), threading.Event()
    sync = os.fsync

    def slow(file: int) -> None:
        synced.append(file)
        begun.set()
        assert may_end.wait(10)
        sync(file)

    store = TokenStore(hass)
    await store.async_save("entry", FIRST)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", slow)
        first = asyncio.create_task(store.async_save("entry", SECOND))
        await hass.async_add_executor_job(begun.wait)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        second = asyncio.create_task(store.async_save("entry", FIRST))
        await asyncio.sleep(0.1)
        assert len(synced) == 1
        may_end.set()
        await second

    assert await TokenStore(hass).async_load("entry") == FIRST


async def test_after_a_removal_nothing_is_remembered(hass: HomeAssistant) -> None:
    store = TokenStore(hass)
    await store.async_count_sign_in("entry")
    await store.async_save("entry", FIRST)
    backoff = Backoff(code="x", noted_at=0.0, until=100.0, failures=1)
    await store.async_keep_backoff("entry", backoff)
    await store.async_remove("entry")

    assert await store.async_count_sign_in("entry") == 1
    assert store.backoff("entry") is None


async def test_a_removed_token_set_is_gone(hass: HomeAssistant, path: Path) -> None:
    store = TokenStore(hass)
    await store.async_save("entry", FIRST)
    await store.async_remove("entry")
    await store.async_remove("entry")

    assert not path.exists()
    assert await store.async_load("entry") is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "planted-1",
        '"planted-1"',
        '{"version": 2, "data": {"access_token": "planted-1"}}',
        '{"version": 1, "data": "planted-1"}',
        '{"version": 1, "data": {"access_token": ["planted-1"]}}',
        '{"version": 1, "data": {"access_token": "planted-1", "expires_at": "soon"}}',
    ],
)
async def test_what_cannot_be_read_is_told_and_not_quoted(
    hass: HomeAssistant, path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)

    assert await TokenStore(hass).async_load("entry") is None
    assert "cannot be read; sign in again" in caplog.text or not content


async def test_there_is_one_store(hass: HomeAssistant) -> None:
    assert async_get_token_store(hass) is async_get_token_store(hass)


async def test_what_is_left_of_accounts_that_are_gone_is_removed(
    hass: HomeAssistant, path: Path
) -> None:
    store = TokenStore(hass)
    for entry_id in ("entry", "gone"):
        await store.async_save(entry_id, FIRST)
    for name in ("token.gone.next", "backoff.gone", "token.other.next"):
        path.with_name(f"oauth2_client.{name}").write_text("")
    kept = path.with_name("oauth2_client")
    kept.write_text("")
    await store.async_remove_orphans("entry".__eq__)

    assert set(path.parent.iterdir()) == {path, kept}


async def test_each_sign_in_has_a_greater_number(hass: HomeAssistant) -> None:
    store = TokenStore(hass)
    assert [await store.async_count_sign_in("entry") for _ in range(2)] == [1, 2]

    await store.async_save("entry", replace(FIRST, sign_in=7))
    assert await store.async_count_sign_in("entry") == 8
    assert await TokenStore(hass).async_count_sign_in("entry") == 8


def _from(stored: StoredTokens, received_at: float) -> TokenSet:
    return replace(stored.token_set, received_at=received_at)


async def test_the_token_set_of_a_later_sign_in_wins_whatever_the_clock(
    hass: HomeAssistant,
) -> None:
    store = TokenStore(hass)
    await store.async_save("entry", replace(FIRST, token_set=_from(FIRST, 9e9)))
    tokens = AccountTokens(store, "entry")

    from_flow = _from(SECOND, 5.0)
    assert await tokens.take(from_flow, 2) == from_flow
    assert await TokenStore(hass).async_load("entry") == StoredTokens(
        token_set=from_flow, sign_in=2
    )


async def test_a_token_set_that_was_taken_before_does_not_come_back(
    hass: HomeAssistant,
) -> None:
    store = TokenStore(hass)
    tokens = AccountTokens(store, "entry")
    await tokens.take(FIRST.token_set, 1)
    async with tokens.next() as next_file:
        await hass.async_add_executor_job(next_file.write, SECOND.token_set)

    # The clock was set back since then.
    from_flow = _from(FIRST, 9e9)
    assert await AccountTokens(store, "entry").take(from_flow, 1) == SECOND.token_set


@pytest.mark.parametrize(("received_at", "wins"), [(1.5, False), (2.5, True)])
async def test_without_numbers_the_newer_token_set_wins(
    hass: HomeAssistant, received_at: float, wins: bool
) -> None:
    store = TokenStore(hass)
    await store.async_save("entry", replace(SECOND, sign_in=0))
    from_flow = _from(FIRST, received_at)

    taken = await AccountTokens(store, "entry").take(from_flow, None)

    assert taken == (from_flow if wins else SECOND.token_set)


async def test_a_next_token_set_forgets_what_was_unsaved_and_the_backoff(
    hass: HomeAssistant, path: Path
) -> None:
    store = TokenStore(hass)
    path.mkdir(parents=True)
    with pytest.raises(WriteError):
        await store.async_save("entry", FIRST)
    path.rmdir()
    backoff = Backoff(code="x", noted_at=0.0, until=100.0, failures=1)
    await store.async_keep_backoff("entry", backoff)
    async with store.async_next("entry", sign_in=1) as next_file:
        await hass.async_add_executor_job(next_file.write, SECOND.token_set)

    assert await store.async_load("entry") == SECOND
    assert store.backoff("entry") is None
    assert list(path.parent.iterdir()) == [path]


async def test_after_a_cancellation_a_thread_can_still_write(
    hass: HomeAssistant,
) -> None:
    store = TokenStore(hass)
    await store.async_save("entry", FIRST)
    opened: list[NextTokensFile] = []

    async def refresh() -> None:
        async with store.async_next("entry", sign_in=1) as next_file:
            opened.append(next_file)
            await asyncio.Event().wait()

    task = asyncio.create_task(refresh())
    while not opened:  # noqa: ASYNC110 - opened by a thread
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # As does the thread that receives the response.
    await hass.async_add_executor_job(opened[0].write, SECOND.token_set)
    opened[0].close()

    assert await TokenStore(hass).async_load("entry") == SECOND
