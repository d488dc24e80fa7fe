"""One account's token set on disk. Everything here blocks, and runs in a thread.

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
from homeassistant.util.json import json_loads_object

from ..oauth2 import TokenSet
from ..oauth2.frozen import Frozen

_LOGGER = logging.getLogger(__name__)

_VERSION: Final = 1
_NEXT: Final = ".next"
# Room for a token set is taken with blanks, which JSON allows at its end: at least this many, and
# twice the size of the token set before.
_LEAST_ROOM_BYTES: Final = 4096
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


class StoredTokens(Frozen, secret=("credential",)):
    """What a file holds. `sign_in` is the number of the sign-in that the token set comes from.

    `credential` is that of the sign-in, until Home Assistant has saved it too.
    """

    token_set: TokenSet
    sign_in: int
    credential: Mapping[str, Any] | None = None


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
        self._next = _next_of(path)
        self._beside = {"sign_in": sign_in, "credential": credential}
        try:
            path.parent.mkdir(exist_ok=True)
            room = max(_LEAST_ROOM_BYTES, 2 * _size(path))
            self._file = os.open(self._next, _WRITE, 0o600)
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
        document = {"version": _VERSION, "minor_version": 1, "key": self._path.name}
        content = json_bytes({**document, **self._beside, "data": token_set.as_dict()})
        try:
            _write_all(self._file, content)
            os.fsync(self._file)
            self._next.replace(self._path)
            _sync_folder(self._path.parent)
            # Last, since nothing depends on it.
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


def read_tokens(path: Path) -> StoredTokens | None:
    """Return the newest of what is stored, None where there is nothing that can be read.

    A `.next` that a kill has left takes its place now. Raises WriteError where the disk fails.
    """
    newer = _next_of(path)
    stored = _parse(newer)
    try:
        if isinstance(stored, StoredTokens):
            _finish(newer, path)
            return stored
        if stored is not None:
            newer.unlink()
    except OSError as err:
        # A disk that takes nothing now can still be read.
        _LOGGER.debug("A token set cannot be put in place: %s", err.strerror)
        if isinstance(stored, StoredTokens):
            return stored
    stored = _parse(path)
    if isinstance(stored, StoredTokens):
        return stored
    if stored is not None:
        _LOGGER.warning(
            "The token set in %s cannot be read; sign in again (%s)", path, stored
        )
    return None


def remove_tokens(path: Path) -> None:
    """Remove what is stored, if there is something and the disk allows it."""
    for each in (path, _next_of(path)):
        try:
            each.unlink(missing_ok=True)
        except OSError as err:
            _LOGGER.warning("%s cannot be removed: %s", each, err.strerror)


def write_private_file(path: Path, content: bytes) -> None:
    """Write a file that survives a kill, not a power cut. Raises WriteError."""
    try:
        file = os.open(_next_of(path), _WRITE, 0o600)
        try:
            _write_all(file, content)
        finally:
            os.close(file)
        _next_of(path).replace(path)
    except OSError as err:
        raise WriteError(err) from err


def _parse(path: Path) -> StoredTokens | str | None:
    """Return what a file holds, the reason where it cannot be read, None where there is no file.

    Raises WriteError where the disk fails.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as err:
        raise WriteError(err) from err
    try:
        document = json_loads_object(content)
        sign_in, data = document.get("sign_in", 0), document["data"]
        if document["version"] != _VERSION:
            return "of another version"
        credential = document.get("credential")
        if isinstance(data, dict) and isinstance(sign_in, int):
            return StoredTokens(
                token_set=TokenSet.from_dict(data),
                sign_in=sign_in,
                credential=credential if isinstance(credential, dict) else None,
            )
    except (KeyError, ValueError) as err:
        # Without the text of the error, which may quote the content.
        return type(err).__name__
    return "wrong type"


def _finish(newer: Path, path: Path) -> None:
    """Do what was left to do when the process was killed."""
    file = os.open(newer, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    newer.replace(path)
    _sync_folder(path.parent)


def _next_of(path: Path) -> Path:
    return path.with_name(f"{path.name}{_NEXT}")


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


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
