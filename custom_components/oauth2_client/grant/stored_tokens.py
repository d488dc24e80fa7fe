"""Reads one account's token set from disk, where `token_file` has written it. Blocks, in a thread."""

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
_NEXT: Final = ".next"


class StoredTokens(Frozen, secret=("credential",)):
    """What a file holds. `sign_in` is the number of the sign-in that the token set comes from.

    `credential` is that of the sign-in, until Home Assistant has saved it too.
    """

    token_set: TokenSet
    sign_in: int
    credential: Mapping[str, Any] | None = None


def read_tokens(path: Path, *, is_alone: bool = True) -> StoredTokens | None:
    """Return the newest of what is stored, None where there is nothing that can be read.

    With `is_alone`, nobody else writes: a `.next` was left by a kill, and now replaces the file or is
    removed.
    Raises WriteError where the disk fails.
    """
    newer = next_of(path)
    stored = _parse(newer)
    try:
        if isinstance(stored, StoredTokens):
            if is_alone:
                _finish(newer, path)
            return stored
        if stored is not None and is_alone:
            newer.unlink()
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
        if document["version"] != VERSION:
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
    """Finish a write that a kill interrupted."""
    file = os.open(newer, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    newer.replace(path)
    sync_folder(path.parent)


def next_of(path: Path) -> Path:
    """Return where the next token set of a file is written."""
    return path.with_name(f"{path.name}{_NEXT}")


def sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
