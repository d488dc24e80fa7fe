"""Reads the token set of an account from disk; `token_file` writes it. Blocks, so it runs in a thread."""

from collections.abc import Mapping
import logging
import os
from pathlib import Path
from typing import Any, Final

from homeassistant.util.file import WriteError
from homeassistant.util.json import json_loads_object

from ..oauth2 import TokenSet
from ..oauth2.frozen import Frozen

_LOGGER = logging.getLogger(__name__)

VERSION: Final = 1
_NEXT_SUFFIX: Final = ".next"


class StoredTokens(Frozen, secret=("credential",)):
    """The content of a file. `sign_in` is the number of the sign-in that the token set comes from.

    `credential` is that of the sign-in, until Home Assistant has saved it.
    """

    token_set: TokenSet
    sign_in: int
    credential: Mapping[str, Any] | None = None


def read_tokens(path: Path, *, finish_write: bool = True) -> StoredTokens | None:
    """Return the newest token set that is stored, None where none can be read.

    With `finish_write`, a `.next` that a kill left behind replaces the file if it is complete, and is
    removed if not. It must be off during a refresh, which may be writing the `.next`.

    Raises WriteError where the disk fails.
    """
    next_file = next_of(path)
    stored = _parse(next_file)
    try:
        if isinstance(stored, StoredTokens):
            if finish_write:
                _put_in_place(next_file, path)
            return stored
        if stored is not None and finish_write:
            next_file.unlink()
    except OSError as err:
        # A full or read-only disk can still be read.
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


def _parse(path: Path) -> StoredTokens | str | None:
    """Return the content of a file, the reason why it cannot be read, or None if there is no file.

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
        if document["version"] != VERSION:
            return "of another version"
        if isinstance(data, dict) and isinstance(sign_in, int):
            return StoredTokens(
                token_set=TokenSet.from_dict(data),
                sign_in=sign_in,
                credential=_credential(document.get("credential")),
            )
    except (KeyError, ValueError) as err:
        # Without the text of the error, which may quote the content.
        return type(err).__name__
    return "wrong type"


def _credential(stored: object) -> Mapping[str, Any] | None:
    """Return a stored credential, None for what is none."""
    if not isinstance(stored, dict):
        return None
    if not all(each is None or isinstance(each, str) for each in stored.values()):
        return None
    return stored


def _put_in_place(next_file: Path, path: Path) -> None:
    """Finish a write that a kill interrupted."""
    file = os.open(next_file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    next_file.replace(path)
    sync_folder(path.parent)


def next_of(path: Path) -> Path:
    """Return the file that the next content is written to, before it replaces this one."""
    return path.with_name(f"{path.name}{_NEXT_SUFFIX}")


def sync_folder(folder: Path) -> None:
    """Write a folder's entries to disk, so that a rename survives a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
