"""Watches from outside when a refresh token reaches the disk, and when the server rotated it."""

import ctypes
import os
from pathlib import Path
import re
from select import select
import struct
from threading import Condition, Thread
import time
from types import TracebackType
from typing import Final, Self

from tests.e2e.provider import Answer, Rotation

_TOKEN: Final = re.compile(rb'"refresh_token":\s*"([^"]+)"')
# inotify(7): a file was written to, closed after that, or renamed to this name.
_MODIFY: Final = 0x2
_CLOSE_WRITE: Final = 0x8
_MOVED_TO: Final = 0x80
_EVENT: Final = struct.Struct("iIII")
_BUFFER_BYTES: Final = 65536


class TokenFiles:
    """Notes when a refresh token is first seen in a file whose name begins with `prefix`.

    From then on it outlives a kill; an fsync, which a power cut needs, cannot be seen from here.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix
        # Seconds since the epoch, by refresh token.
        self._seen: dict[str, float] = {}
        self._inotify = -1
        self._ended = -1
        self._watching = Thread(target=self._watch)

    def seen_at(self, refresh_token: str) -> float | None:
        """Return when it was seen, in seconds since the epoch; None where it did not get there."""
        return self._seen.get(refresh_token)

    def __enter__(self) -> Self:
        library = ctypes.CDLL(None, use_errno=True)
        self._inotify = library.inotify_init1(os.O_CLOEXEC)
        mask = _MODIFY | _CLOSE_WRITE | _MOVED_TO
        watched = library.inotify_add_watch(
            self._inotify, os.fsencode(self._folder), mask
        )
        if watched == -1:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")
        self._ended = os.eventfd(0)
        self._watching.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.eventfd_write(self._ended, 1)
        self._watching.join()
        os.close(self._ended)
        os.close(self._inotify)

    def _watch(self) -> None:
        while True:
            ready, _, _ = select([self._inotify, self._ended], [], [])
            if self._ended in ready:
                return
            events = os.read(self._inotify, _BUFFER_BYTES)
            for name in dict.fromkeys(_names(events)):
                if name.startswith(self._prefix):
                    self._look(self._folder / name)

    def _look(self, path: Path) -> None:
        try:
            tokens = _TOKEN.findall(path.read_bytes())
        except OSError:
            # Renamed or removed meanwhile: there is another event for that.
            return
        now = time.time()
        for token in tokens:
            self._seen.setdefault(token.decode(), now)


def _names(events: bytes) -> list[str]:
    names = []
    while events:
        *_, length = _EVENT.unpack_from(events)
        name, events = events[_EVENT.size :][:length], events[_EVENT.size + length :]
        names.append(os.fsdecode(name.rstrip(b"\0")))
    return names


class Rotations:
    """The rotations that the server told of."""

    def __init__(self) -> None:
        self._rotations: list[Rotation] = []
        # Seconds since the epoch, by the refresh token in the answer.
        self._answered: dict[str | None, float] = {}
        self._changed = Condition()

    def add(self, event: Rotation | Answer) -> None:
        """Take one over, in the moment in which the server tells of it."""
        with self._changed:
            if isinstance(event, Answer):
                self._answered[event.refresh_token] = event.at
                return
            self._rotations.append(event)
            self._changed.notify_all()

    def answered_at(self, rotation: Rotation) -> float | None:
        """Return when the answer was sent; None where nobody was there to take it."""
        with self._changed:
            return self._answered.get(rotation.refresh_token)

    def of(self, login: str, *, since: float = 0.0) -> list[Rotation]:
        """Return those of a login from a time on, the oldest first."""
        with self._changed:
            return self._of(login, since)

    def next(self, login: str, *, since: float, seconds: float) -> Rotation:
        """Return the first one of a login from a time on, in its moment. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._of(login, since), seconds):
                raise TimeoutError(f"The token of {login} was not rotated")
            return self._of(login, since)[0]

    def _of(self, login: str, since: float) -> list[Rotation]:
        return [
            rotation
            for rotation in self._rotations
            if rotation.login == login and rotation.at >= since
        ]
