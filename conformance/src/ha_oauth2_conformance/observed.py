"""What an integration makes while it is set up, and what stays of it."""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
import functools
from typing import Any
from unittest.mock import patch

from aiohttp import ClientSession

from homeassistant.core import HassJob, HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import OAuth2Session
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator


@dataclass(slots=True)
class Observed:
    """The sessions and coordinators that were made since it was last cleared."""

    sessions: list[OAuth2Session] = field(default_factory=list)
    coordinators: list[DataUpdateCoordinator[Any]] = field(default_factory=list)
    # Those that nobody has closed go on holding connections.
    clients: list[ClientSession] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what was made: a set-up follows."""
        self.sessions.clear()
        self.coordinators.clear()


@contextmanager
def observing() -> Generator[Observed]:
    """Note each session and each coordinator that is made."""
    observed = Observed()
    begin_session, begin_coordinator, begin_client = (
        OAuth2Session.__init__,
        DataUpdateCoordinator.__init__,
        ClientSession.__init__,
    )

    @functools.wraps(begin_session)
    def session(self: OAuth2Session, *args: Any, **kwargs: Any) -> None:
        begin_session(self, *args, **kwargs)
        observed.sessions.append(self)

    @functools.wraps(begin_coordinator)
    def coordinator(self: Any, *args: Any, **kwargs: Any) -> None:
        begin_coordinator(self, *args, **kwargs)
        observed.coordinators.append(self)

    @functools.wraps(begin_client)
    def client(self: ClientSession, *args: Any, **kwargs: Any) -> None:
        begin_client(self, *args, **kwargs)
        observed.clients.append(self)

    with (
        patch.object(ClientSession, "__init__", client),
        patch.object(OAuth2Session, "__init__", session),
        patch.object(DataUpdateCoordinator, "__init__", coordinator),
    ):
        yield observed


def remains(hass: HomeAssistant, package: str, observed: Observed) -> Counter[str]:
    """Count what would go on working: listeners, and what an integration has put on the clock."""
    found = Counter[str](
        {f"listener of {name}": n for name, n in hass.bus.async_listeners().items()}
    )
    for signal, targets in hass.data.get(DATA_DISPATCHER, {}).items():
        found[f"listener of signal {signal}"] += len(targets)
    for entry in hass.config_entries.async_entries(package.rpartition(".")[2]):
        found["update listener of the entry"] += len(entry.update_listeners)
    found["aiohttp session that is not closed"] = sum(
        not client.closed for client in observed.clients
    )
    for handle in getattr(hass.loop, "_scheduled", ()):
        if not handle.cancelled() and (name := _owner(handle, package)):
            found[f"timer {name}"] += 1
    for task in asyncio.all_tasks():
        if (coroutine := task.get_coro()) is not None and package in _place(coroutine):
            found[f"task {task.get_name()}"] += 1
    return found


def _place(coroutine: Any) -> str:
    code = getattr(coroutine, "cr_code", None)
    return "" if code is None else code.co_filename.replace("/", ".")


def _owner(handle: asyncio.TimerHandle, package: str) -> str:
    """Return the name of what a timer calls if it is of the package, else an empty text."""
    for target in (handle._callback, *(handle._args or ())):  # type: ignore[attr-defined]  # asyncio's own, no other way
        if name := _named(target, package, depth=3):
            return name
    return ""


def _named(target: Any, package: str, *, depth: int) -> str:
    if target is None or depth == 0:
        return ""
    if isinstance(target, HassJob):
        return _named(target.target, package, depth=depth)
    if isinstance(target, functools.partial):
        return _named(target.func, package, depth=depth)
    if str(getattr(target, "__module__", "")).startswith(package):
        return str(getattr(target, "__qualname__", type(target).__qualname__))
    # A tracker or a coordinator of Home Assistant's, with the integration's function within.
    owner = getattr(target, "__self__", target)
    for within in ("action", "job", "_job", "__class__"):
        inner = getattr(owner, within, None)
        if inner is not target and (name := _named(inner, package, depth=depth - 1)):
            return name
    return ""
