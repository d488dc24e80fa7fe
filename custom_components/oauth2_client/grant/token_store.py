"""Token sets on disk: one private file for each account, which is on disk when a save returns.

Home Assistant's `Store` writes such files to the same folder, but it only logs a write that fails, and
it delays a save while Home Assistant stops. Either may lose a rotated refresh token
(docs/decisions/0001), so `token_file` writes the files.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import WriteError
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import load_json_object

from ..const import DOMAIN
from ..health import async_note_storage
from ..oauth2 import TokenSet
from .stored_tokens import StoredTokens, read_tokens

if TYPE_CHECKING:
    from .backoff import Backoff
    from .token_file import NextTokensFile

_LOGGER = logging.getLogger(__name__)

_KEY: HassKey[TokenStore] = HassKey("oauth2_client.token_store")
# The module is imported for the first write, since a start only reads.
_WRITER: Final = f"{__package__}.token_file"
_PREFIX: Final = f"{DOMAIN}.token."
# A backoff has a file of its own, so that storing it does not rewrite the token set.
_BACKOFF_PREFIX: Final = f"{DOMAIN}.backoff."
# A shorter pause is not written to disk: a restart ends it.
_MIN_STORED_PAUSE_SECONDS: Final = 60.0


class TokenStore:
    """Loads, saves and removes the token set of an account, by config entry id."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._folder = Path(hass.config.path(STORAGE_DIR))
        # Only one write at a time to an account's file, so that the later of two saves wins.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        # Token sets that could not be written yet.
        self._unsaved: dict[str, StoredTokens] = {}
        # The number of each account's last sign-in in this process.
        self._sign_ins: dict[str, int] = {}
        # The backoff of each account whose refreshes have failed since its token set was saved.
        self._backoffs: dict[str, Backoff] = {}

    async def async_load(self, entry_id: str) -> StoredTokens | None:
        """Return the stored token set, None where none can be read. Also loads the backoff.

        Raises WriteError where the disk fails, also for a token set that still cannot be saved.
        """
        if (unsaved := self._unsaved.get(entry_id)) is not None:
            await self.async_save(entry_id, unsaved)
        stored, backoff = await self._hass.async_add_executor_job(self._read, entry_id)
        if backoff is not None:
            self._backoffs.setdefault(entry_id, backoff)
        return stored

    def backoff(self, entry_id: str) -> Backoff | None:
        """Return the backoff of an account that was loaded, None where its last refresh succeeded."""
        return self._backoffs.get(entry_id)

    async def async_newest(self, entry_id: str) -> StoredTokens | None:
        """Return the newest token set, which may be one that could not be saved yet.

        Unlike `async_load`, this writes nothing: a refresh that has its `.next` open may be under way.
        Raises WriteError where the disk fails.
        """
        if (unsaved := self._unsaved.get(entry_id)) is not None:
            return unsaved
        return await self._hass.async_add_executor_job(
            partial(read_tokens, self._path(entry_id), finish_write=False)
        )

    async def async_count_sign_in(self, entry_id: str) -> int:
        """Return the number of a new sign-in, greater than those of all before. Raises WriteError."""
        newest = await self.async_newest(entry_id)
        last = 0 if newest is None else newest.sign_in
        number = max(last, self._sign_ins.get(entry_id, 0)) + 1
        self._sign_ins[entry_id] = number
        return number

    @asynccontextmanager
    async def async_next(
        self,
        entry_id: str,
        *,
        sign_in: int,
        credential: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[NextTokensFile]:
        """Yield the open file for the next token set. Raises WriteError where it cannot be opened."""
        await async_import_module(self._hass, _WRITER)
        from .token_file import NextTokensFile  # noqa: PLC0415 - imported just now, off the event loop

        path = self._path(entry_id)
        async with self._locks[entry_id]:
            try:
                next_file = await self._hass.async_add_executor_job(
                    partial(
                        NextTokensFile, path, sign_in=sign_in, credential=credential
                    )
                )
            except WriteError:
                await async_note_storage(self._hass, writable=False)
                raise
            try:
                yield next_file
            except Exception:
                await self._hass.async_add_executor_job(next_file.close)
                raise
            # Not closed after a cancellation, which happens when Home Assistant stops: the thread that
            # waits for the response still has to write it.
            await self._hass.async_add_executor_job(next_file.close)
            if next_file.written is not None:
                self._unsaved.pop(entry_id, None)
                await async_note_storage(self._hass, writable=True)
                await self._async_forget_backoff(entry_id)

    async def async_save(self, entry_id: str, stored: StoredTokens) -> None:
        """Save a token set. When this returns, it survives a kill and a power cut.

        Raises homeassistant.util.file.WriteError. The previous token set is on disk then, and this one
        in memory, until the next save or load writes it.
        """
        self._unsaved[entry_id] = stored
        await async_import_module(self._hass, _WRITER)
        from .token_file import save_tokens  # noqa: PLC0415 - imported just now, off the event loop

        try:
            await self._async_run_alone(
                entry_id, partial(save_tokens, self._path(entry_id), stored)
            )
        except WriteError:
            await async_note_storage(self._hass, writable=False)
            raise
        await async_note_storage(self._hass, writable=True)
        await self._async_forget_backoff(entry_id)
        if self._unsaved.get(entry_id) is stored:
            del self._unsaved[entry_id]

    async def async_keep_backoff(self, entry_id: str, backoff: Backoff) -> None:
        """Keep a backoff until the next token set is saved; one with a long pause also on disk."""
        self._backoffs[entry_id] = backoff
        if backoff.until - backoff.noted_at < _MIN_STORED_PAUSE_SECONDS:
            return
        await async_import_module(self._hass, _WRITER)
        from .token_file import write_private_file  # noqa: PLC0415 - imported just now, off the event loop

        path = self._path(entry_id, _BACKOFF_PREFIX)
        content = json_bytes(backoff.as_dict())
        try:
            await self._hass.async_add_executor_job(write_private_file, path, content)
        except WriteError:
            # The pause is still in memory. Only after a restart, one request may be sent too early.
            _LOGGER.debug("A pause cannot be written to %s", path)

    async def async_remove(self, entry_id: str) -> None:
        """Remove all that is stored of an account. A file that cannot be removed is logged."""
        self._unsaved.pop(entry_id, None)
        await async_import_module(self._hass, _WRITER)
        from .token_file import remove_tokens  # noqa: PLC0415 - imported just now, off the event loop

        await self._async_run_alone(
            entry_id, partial(remove_tokens, self._path(entry_id))
        )
        await self._async_forget_backoff(entry_id)
        self._sign_ins.pop(entry_id, None)
        self._locks.pop(entry_id, None)

    async def async_remove_orphans(self, exists: Callable[[str], bool]) -> None:
        """Remove the files of accounts that no longer exist.

        `exists` takes the id of an account. It is called after the files were listed, so that no file
        of an account that signs in meanwhile is removed.
        """
        listed = await self._hass.async_add_executor_job(_entry_ids, self._folder)
        orphans = [path for path, entry_id in listed.items() if not exists(entry_id)]
        await self._hass.async_add_executor_job(_remove_all, orphans)

    async def _async_run_alone(self, entry_id: str, write: Callable[[], None]) -> None:
        """Call `write` in a thread, while nothing else writes to the account's file.

        Where the caller is cancelled, that lasts until the thread is done.
        """
        lock = self._locks[entry_id]
        await lock.acquire()
        job = self._hass.async_add_executor_job(write)

        def release(_: object) -> None:
            lock.release()
            if not job.cancelled():
                # Where the caller was cancelled, nobody else asks for the error.
                job.exception()

        job.add_done_callback(release)
        # Unlike `await job`, it leaves the job alone where the caller is cancelled.
        await asyncio.wait((job,))
        job.result()

    async def _async_forget_backoff(self, entry_id: str) -> None:
        self._backoffs.pop(entry_id, None)
        path = self._path(entry_id, _BACKOFF_PREFIX)
        await self._hass.async_add_executor_job(_remove, path)

    def _read(self, entry_id: str) -> tuple[StoredTokens | None, Backoff | None]:
        backoff = _read_backoff(self._path(entry_id, _BACKOFF_PREFIX))
        return read_tokens(self._path(entry_id)), backoff

    def _path(self, entry_id: str, prefix: str = _PREFIX) -> Path:
        return self._folder / f"{prefix}{entry_id}"


class AccountTokens:
    """The token store for one account.

    `credential` is stored with the token set: that of its sign-in, until Home Assistant has saved it.
    """

    def __init__(self, store: TokenStore, entry_id: str) -> None:
        self.credential: Mapping[str, Any] | None = None
        self._store = store
        self._entry_id = entry_id
        self._sign_in = 0

    async def take(
        self,
        from_flow: TokenSet | None,
        sign_in: int | None,
        credential: Mapping[str, Any] | None = None,
    ) -> TokenSet | None:
        """Return the newest token set: `from_flow`, which is saved then, or the stored one.

        `sign_in` is the number of the flow's sign-in, None for a flow of an earlier version. Home
        Assistant saves entries late, so after a kill an entry may hold again a token set that was
        taken from it before, and was renewed since. Raises WriteError.
        """
        stored = await self._store.async_load(self._entry_id)
        if stored is not None:
            self._sign_in, self.credential = stored.sign_in, stored.credential
        if from_flow is None:
            return None if stored is None else stored.token_set
        if stored is not None and (
            stored.token_set.received_at > from_flow.received_at
            if sign_in is None
            else stored.sign_in >= sign_in
        ):
            return stored.token_set
        self._sign_in, self.credential = sign_in or self._sign_in, credential
        await self.save(from_flow)
        return from_flow

    async def load(self) -> TokenSet | None:
        """Return the stored token set, None where none can be read. Raises WriteError."""
        stored = await self._store.async_newest(self._entry_id)
        return None if stored is None else stored.token_set

    def next(self) -> AbstractAsyncContextManager[NextTokensFile]:
        """Return the file for the next token set. Raises WriteError on entry."""
        return self._store.async_next(
            self._entry_id, sign_in=self._sign_in, credential=self.credential
        )

    async def save(self, token_set: TokenSet) -> None:
        """Save a token set, which is on disk when this returns. Raises WriteError."""
        stored = StoredTokens(
            token_set=token_set, sign_in=self._sign_in, credential=self.credential
        )
        await self._store.async_save(self._entry_id, stored)

    async def keep_backoff(self, backoff: Backoff) -> None:
        """Keep a backoff for the grant of the next set-up."""
        await self._store.async_keep_backoff(self._entry_id, backoff)


@callback
def async_get_token_store(hass: HomeAssistant) -> TokenStore:
    """Return the token store of this Home Assistant."""
    if (store := hass.data.get(_KEY)) is None:
        store = hass.data[_KEY] = TokenStore(hass)
    return store


def _read_backoff(path: Path) -> Backoff | None:
    try:
        if not (stored := load_json_object(path)):
            return None
        from .backoff import Backoff  # noqa: PLC0415 - few refreshes fail

        return Backoff.from_dict(stored)
    except HomeAssistantError, ValueError:
        return None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as err:
        _LOGGER.debug("%s cannot be removed: %s", path, err.strerror)


def _entry_ids(folder: Path) -> dict[Path, str]:
    """Return the ids of entries by their files."""
    return {
        # The id ends at the suffix that `next_of` adds.
        path: path.name.removeprefix(prefix).partition(".")[0]
        for prefix in (_PREFIX, _BACKOFF_PREFIX)
        for path in folder.glob(f"{prefix}*")
    }


def _remove_all(paths: Iterable[Path]) -> None:
    for path in paths:
        _remove(path)
