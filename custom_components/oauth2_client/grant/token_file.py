"""Writes the token set of an account to disk. Everything here blocks, so it runs in a thread.

A new token set is written to a file of its own, `<name>.next`, which then replaces the file of the
previous one. It is opened, and space for it reserved, before the token request is sent: where the disk
is full or read-only, no request is sent. Its content survives a kill as soon as it is written, and a
power cut after fsync. A complete `.next` is newer than the file that it is to replace.
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

# Space is reserved by writing blanks, which JSON allows after its end: at least this many, and twice
# the size of the previous file.
_MIN_RESERVED_BYTES: Final = 4096
# A link is not followed: it could lead to a file that others may read.
_WRITE_FLAGS: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
)


class NextTokensFile:
    """The open file for the next token set. A context manager, which closes it.

    `written` is the token set that was written to it, None until then.
    """

    def __init__(
        self,
        path: Path,
        *,
        sign_in: int,
        credential: Mapping[str, Any] | None = None,
    ) -> None:
        """Open the file and reserve space for its content. Raises WriteError."""
        self.written: TokenSet | None = None
        self._path = path
        self._next = next_of(path)
        self._metadata = {"sign_in": sign_in, "credential": credential}
        try:
            path.parent.mkdir(exist_ok=True)
            reserved_bytes = max(_MIN_RESERVED_BYTES, 2 * _size(path))
            self._file = _opened(self._next)
        except OSError as err:
            raise WriteError(err) from err
        try:
            _write_all(self._file, b" " * reserved_bytes)
        except OSError as err:
            self.close()
            raise WriteError(err) from err

    def write(self, token_set: TokenSet) -> None:
        """Write a token set to disk.

        Where that fails, `written` stays as it was. No error is raised: the caller has just received
        the token set, and must not lose it because of the disk.
        """
        document = {"version": VERSION, "minor_version": 1, "key": self._path.name}
        content = json_bytes(
            {**document, **self._metadata, "data": token_set.as_dict()}
        )
        try:
            _write_all(self._file, content)
            os.fsync(self._file)
            self._next.replace(self._path)
            sync_folder(self._path.parent)
            # Removes the blanks that reserved the space. They are harmless, so this comes last.
            os.ftruncate(self._file, len(content))
        except OSError as err:
            _LOGGER.debug("A token set cannot be written: %s", err.strerror)
        else:
            self.written = token_set

    def close(self) -> None:
        """Close the file, and remove it where nothing was written.

        Where that fails, the next start removes it.
        """
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
    """Write a token set to disk. Raises WriteError."""
    with NextTokensFile(
        path, sign_in=stored.sign_in, credential=stored.credential
    ) as next_file:
        next_file.write(stored.token_set)
    if next_file.written is None:
        raise WriteError(path.name)


def remove_tokens(path: Path) -> None:
    """Remove the files of an account. One that cannot be removed is logged."""
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
    file = os.open(path, _WRITE_FLAGS, 0o600)
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

    With `pwrite`: `lseek` before `write` would release the GIL, and another thread could hold it while
    the token set is not on disk yet.
    """
    written = 0
    while written < len(content):
        written += os.pwrite(file, content[written:], written)
