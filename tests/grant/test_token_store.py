"""Token sets on disk."""

import asyncio
from pathlib import Path
import stat

import pytest

from custom_components.oauth2_client.grant.token_file import StoredTokens
from custom_components.oauth2_client.grant.token_store import (
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
    """Where the token set of `entry` is."""
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
