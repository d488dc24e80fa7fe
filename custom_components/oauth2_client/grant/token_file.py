"""Writes one account's token set to disk. Everything here blocks, and runs in a thread.

The next token set is written to a file of its own, `<name>.next`, which then takes the place of the
one before. It is opened before the token request is sent: where the disk takes nothing, no token is
asked for. Its content outlives a kill as soon as it is written, and a power cut after fsync. A
`.next` that is complete is newer than the file beside it.
"""

from collections.abc import Mapping
from contextlib import suppress
import logging
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from homeassistant.helpers.json import json_bytes
from homeassistant.util.file import WriteError

from ..oauth2 import TokenSet
from .stored_tokens import VERSION, StoredTokens, next_of, sync_folder

_LOGGER = logging.getLogger(__name__)

# Room for a token set is taken with blanks, which JSON allows at its end: at least this many, and
# twice the size of the token set before.
_LEAST_ROOM_BYTES: Final = 4096
# A link is not followed: it could lead to a file that others may read.
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


class NextTokens:
    """The open file of the next token set. A context manager, which closes it.

    `written` is the token set that is on disk.
    """

    def __init__(
        self,
        path: Path,
        *,
        sign_in: int,
        credential: Mapping[str, Any] | None = None,
    ) -> None:
        """Open the file, and take its room on the disk. Raises WriteError."""
        self.written: TokenSet | None = None
        self._path = path
        self._next = next_of(path)
        self._beside = {"sign_in": sign_in, "credential": credential}
        try:
            path.parent.mkdir(exist_ok=True)
            room = max(_LEAST_ROOM_BYTES, 2 * _size(path))
            self._file = _opened(self._next)
        except OSError as err:
            raise WriteError(err) from err
        try:
            _write_all(self._file, b" " * room)
        except OSError as err:
            self.close()
            raise WriteError(err) from err

    def write(self, token_set: TokenSet) -> None:
        """Put a token set on disk.

        Where that fails, `written` does not change. There is no error: whoever has just received a
        token set must not lose it because of the disk.
        """
        document = {"version": VERSION, "minor_version": 1, "key": self._path.name}
        content = json_bytes({**document, **self._beside, "data": token_set.as_dict()})
        try:
            _write_all(self._file, content)
            os.fsync(self._file)
            self._next.replace(self._path)
            sync_folder(self._path.parent)
            # Removes the blanks that reserved the room. They are harmless, so this comes last.
            os.ftruncate(self._file, len(content))
        except OSError as err:
            _LOGGER.debug("A token set cannot be written: %s", err.strerror)
        else:
            self.written = token_set

    def close(self) -> None:
        """Close the file, and remove it where nothing was written."""
        with suppress(OSError):
            os.close(self._file)
            if self.written is None:
                self._next.unlink()

    def __enter__(self) -> Self:
        """Return itself, open already."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()


def save_tokens(path: Path, stored: StoredTokens) -> None:
    """Put a token set on disk. Raises WriteError."""
    with NextTokens(
        path, sign_in=stored.sign_in, credential=stored.credential
    ) as opened:
        opened.write(stored.token_set)
    if opened.written is None:
        raise WriteError(path.name)


def remove_tokens(path: Path) -> None:
    """Remove what is stored, if there is something and the disk allows it."""
    for each in (path, next_of(path)):
        try:
            each.unlink(missing_ok=True)
        except OSError as err:
            _LOGGER.warning("%s cannot be removed: %s", each, err.strerror)


def write_private_file(path: Path, content: bytes) -> None:
    """Write a file that survives a kill, not a power cut. Raises WriteError."""
    try:
        file = _opened(next_of(path))
        try:
            _write_all(file, content)
        finally:
            os.close(file)
        next_of(path).replace(path)
    except OSError as err:
        raise WriteError(err) from err


def _opened(path: Path) -> int:
    """Return a file, open and empty, that only this user can read. Raises OSError."""
    file = os.open(path, _WRITE, 0o600)
    # What was there before has a mode of its own, such as that of a backup that was restored.
    os.fchmod(file, 0o600)
    return file


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _write_all(file: int, content: bytes) -> None:
    """Write to the beginning of a file.

    With `pwrite`: the call before it must not give other threads the time to run.
    """
    done = 0
    while done < len(content):
        done += os.pwrite(file, content[done:], done)
