"""Token sets on disk: one private file per account, durable when a save returns.

Home Assistant's `Store` writes the same shape to the same folder, but it only logs a write that
fails, and it delays a save while Home Assistant stops. Either may lose a rotated refresh token
(docs/decisions/0001), so the files are written here, with the functions that `Store` uses.
"""

import asyncio
from collections.abc import Collection
import logging
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import WriteError, write_utf8_file_atomic
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import load_json_object

from ..const import DOMAIN
from ..oauth2 import TokenSet
from .grant import Backoff

_LOGGER = logging.getLogger(__name__)

_PREFIX: Final = f"{DOMAIN}.token."
# A file of its own: to note a pause, no token set is written again.
_BACKOFF_PREFIX: Final = f"{DOMAIN}.backoff."
_VERSION: Final = 1
# A shorter pause does not outlive a restart.
_LONG_PAUSE_SECONDS: Final = 60.0


class TokenStore:
    """Loads, saves and removes the token set of an account, by config entry id."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._folder = Path(hass.config.path(STORAGE_DIR))
        # One write at a time, so that the later of two saves is the one that stays on disk.
        self._lock = asyncio.Lock()
        # Token sets that could not be written yet.
        self._unsaved: dict[str, TokenSet] = {}
        # What refreshes that failed have led to, since the last token set was saved.
        self._backoffs: dict[str, Backoff] = {}

    async def async_load(self, entry_id: str) -> TokenSet | None:
        """Return the stored token set, None where there is none that can be read.

        Raises WriteError where an earlier save still cannot be done.
        """
        if (unsaved := self._unsaved.get(entry_id)) is not None:
            await self.async_save(entry_id, unsaved)
            return unsaved
        return await self._hass.async_add_executor_job(_read, self._path(entry_id))

    async def async_save(self, entry_id: str, token_set: TokenSet) -> None:
        """Save a token set; from the return on, it survives a kill and a power cut.

        Raises homeassistant.util.file.WriteError. Then the earlier token set stays on disk, and
        this one stays in memory until the next save or load writes it.
        """
        self._unsaved[entry_id] = token_set
        key = f"{_PREFIX}{entry_id}"
        document = {"version": _VERSION, "minor_version": 1, "key": key}
        content = json_bytes({**document, "data": token_set.as_dict()})
        async with self._lock:
            await self._hass.async_add_executor_job(
                _write, self._path(entry_id), content
            )
            self._backoffs.pop(entry_id, None)
            await self._hass.async_add_executor_job(
                _remove, self._path(entry_id, _BACKOFF_PREFIX)
            )
        if self._unsaved.get(entry_id) is token_set:
            del self._unsaved[entry_id]

    async def async_load_backoff(self, entry_id: str) -> Backoff | None:
        """Return what is kept of refreshes that failed, None where nothing is."""
        if entry_id not in self._backoffs:
            path = self._path(entry_id, _BACKOFF_PREFIX)
            stored = await self._hass.async_add_executor_job(_read_backoff, path)
            if stored is not None:
                self._backoffs[entry_id] = stored
        return self._backoffs.get(entry_id)

    async def async_keep_backoff(self, entry_id: str, backoff: Backoff) -> None:
        """Keep a backoff until the next token set is saved; a long one also on disk."""
        self._backoffs[entry_id] = backoff
        if backoff.until - backoff.noted_at < _LONG_PAUSE_SECONDS:
            return
        path = self._path(entry_id, _BACKOFF_PREFIX)
        content = json_bytes(backoff.differing_fields())
        try:
            async with self._lock:
                await self._hass.async_add_executor_job(_write, path, content)
        except WriteError:
            # It is in memory still; after a restart there is one request too many.
            _LOGGER.debug("A pause cannot be written to %s", path)

    async def async_remove(self, entry_id: str) -> None:
        """Remove the token set of an account, if there is one."""
        self._unsaved.pop(entry_id, None)
        self._backoffs.pop(entry_id, None)
        async with self._lock:
            for prefix in (_PREFIX, _BACKOFF_PREFIX):
                path = self._path(entry_id, prefix)
                await self._hass.async_add_executor_job(_remove, path)

    async def async_remove_orphans(self, entry_ids: Collection[str]) -> None:
        """Remove the token sets of accounts that no longer exist."""
        async with self._lock:
            await self._hass.async_add_executor_job(
                _remove_orphans, self._folder, entry_ids
            )

    def _path(self, entry_id: str, prefix: str = _PREFIX) -> Path:
        return self._folder / f"{prefix}{entry_id}"


class AccountTokens:
    """The token store as one account sees it."""

    def __init__(self, store: TokenStore, entry_id: str) -> None:
        self._store = store
        self._entry_id = entry_id

    async def load(self) -> TokenSet | None:
        """Return the stored token set, None where nothing readable is stored."""
        return await self._store.async_load(self._entry_id)

    async def save(self, token_set: TokenSet) -> None:
        """Save a token set; it is on disk on return. Raises WriteError."""
        await self._store.async_save(self._entry_id, token_set)

    async def keep_backoff(self, backoff: Backoff) -> None:
        """Keep a backoff for the grant of the next set-up."""
        await self._store.async_keep_backoff(self._entry_id, backoff)


@singleton(HassKey[TokenStore]("oauth2_client.token_store"))
@callback
def async_get_token_store(hass: HomeAssistant) -> TokenStore:
    """Return the token store of this Home Assistant."""
    return TokenStore(hass)


def _read(path: Path) -> TokenSet | None:
    try:
        if not (document := load_json_object(path)):
            return None
        stored = document["data"]
        if document["version"] == _VERSION and isinstance(stored, dict):
            return TokenSet.from_dict(stored)
    except (HomeAssistantError, KeyError, ValueError) as err:
        # Without the text of the error, which may quote the content.
        _LOGGER.debug("Unreadable token set: %s", type(err).__name__)
    _LOGGER.warning("The token set in %s cannot be read; sign in again", path)
    return None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    write_utf8_file_atomic(str(path), content, private=True, mode="wb")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _read_backoff(path: Path) -> Backoff | None:
    try:
        stored = load_json_object(path)
        return Backoff.from_dict(stored) if stored else None
    except HomeAssistantError, ValueError:
        return None


def _remove_orphans(folder: Path, entry_ids: Collection[str]) -> None:
    for prefix in (_PREFIX, _BACKOFF_PREFIX):
        for path in folder.glob(f"{prefix}*"):
            if path.name.removeprefix(prefix) not in entry_ids:
                path.unlink(missing_ok=True)
