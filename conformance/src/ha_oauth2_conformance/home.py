"""A Home Assistant with the integration in it, and the provider that it is signed in to."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
import json
import logging
from pathlib import Path
from typing import Any, Final

from aiohttp.test_utils import TestClient, TestServer
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
)

from homeassistant import loader
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame, issue_registry as ir
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .canned import Canned
from .flows import Flows
from .logs import Lines, listening
from .observed import Observed, observing
from .outcome import Failure, NotReached
from .server import ADA, CLIENT_ID, CLIENT_SECRET, Server
from .subject import Subject
from .wires import Wires, diverted

_PATIENCE_SECONDS: Final = 15.0
_BACKGROUND_SECONDS: Final = 1.0
# What Home Assistant does in the background may have asked for a token that is on its way.
_MOST_LOOKS: Final = 20
_LOOK_SECONDS: Final = 0.1
_CREDENTIALS: Final = "application_credentials"
# Seconds. A token of one is over at once for most clients, which allow for a clock that is off.
OVER: Final = 1


@dataclass(slots=True)
class Home:
    """What a check works with."""

    subject: Subject
    config: Path
    server: Server
    wires: Wires
    observed: Observed
    lines: Lines
    hass: HomeAssistant
    flows: Flows
    _running: AsyncExitStack
    # What ends a check that takes too long.
    patience: asyncio.Timeout | None = None

    async def pass_time(self, hours: int) -> None:
        """Let what Home Assistant waits for be over, but not the check's own time."""
        deadline = None if self.patience is None else self.patience.when()
        if self.patience is not None:
            self.patience.reschedule(None)
        later = dt_util.utcnow() + timedelta(hours=hours)
        async_fire_time_changed(self.hass, later)
        if self.patience is not None:
            self.patience.reschedule(deadline)
        await self.settle()
        # What a timer begins is such a task; one that never ends is nobody's fault.
        if tasks := self.hass._background_tasks:
            await asyncio.wait(tasks, timeout=_BACKGROUND_SECONDS)

    async def settle(self) -> None:
        """Wait until Home Assistant has done what was begun."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.hass.async_block_till_done()
        except TimeoutError:
            raise Failure(
                f"something is not done after {_PATIENCE_SECONDS:.0f} seconds"
            ) from None

    @property
    def entries(self) -> list[ConfigEntry]:
        """The entries of the integration."""
        return self.hass.config_entries.async_entries(self.subject.domain)

    @property
    def reauths(self) -> list[Any]:
        """The flows that ask the person to sign in again."""
        return [
            flow
            for flow in self.hass.config_entries.flow.async_progress_by_handler(
                self.subject.domain
            )
            if flow["context"].get("source") == "reauth"
        ]

    @property
    def issues(self) -> list[str]:
        """The repair issues that the integration has raised."""
        registry = ir.async_get(self.hass)
        return [
            name for domain, name in registry.issues if domain == self.subject.domain
        ]

    async def connected(
        self, *, lifetime: int = 3600, person: str = ADA
    ) -> ConfigEntry:
        """Sign in and return the entry; NotReached where that does not succeed."""
        self.server.lifetime = lifetime
        end = await self.flows.run(person=person)
        await self.settle()
        if end.kind != "entry":
            raise NotReached(f"no sign-in: {end}")
        entry: ConfigEntry = self.entries[0]
        if lifetime <= OVER and not self.server.refreshes:
            # A client that allows for no clock that is off thinks it good for its second.
            await self.outlive()
            await self.run_again(entry)
        return entry

    async def outlive(self) -> None:
        """Let a token be over for every client."""
        await asyncio.sleep(OVER)

    async def loaded(self, *, lifetime: int = 3600) -> ConfigEntry:
        """Sign in and return the entry, which is set up; else NotReached."""
        entry = await self.connected(lifetime=lifetime)
        self.need_loaded(entry)
        return entry

    def need_loaded(self, entry: ConfigEntry) -> None:
        """Go on only with an entry that is set up."""
        if entry.state is not ConfigEntryState.LOADED:
            raise NotReached(
                f"set-up ends as {entry.state.value}: give the API's answers with"
                f" --oauth2-answers ({self.set_up_failure(entry)})"
            )

    def set_up_failure(self, entry: ConfigEntry) -> str:
        """Say why a set-up failed, as far as it is known."""
        reason = entry.reason or self.lines.last_exception() or "it gives no reason"
        return f"{reason}{self.missed()}"

    def missed(self) -> str:
        """Say what the API was asked for and had no canned answer."""
        missed = dict.fromkeys(self.server.canned.missed)
        return f"; no answer for {', '.join(missed)}" if missed else ""

    async def run_again(self, entry: ConfigEntry, *, forget: bool = True) -> None:
        """Set an entry up anew, whatever became of it, and forget what was made for others."""
        if forget:
            self.observed.clear()
        if entry.state is ConfigEntryState.SETUP_IN_PROGRESS:
            await self.settle()
        await self.hass.config_entries.async_reload(entry.entry_id)
        await self.settle()

    async def poll(self, entry: ConfigEntry) -> None:
        """Let a running entry ask its API; what that raises is judged by what was sent."""
        if self.flows.canned.document("use.json"):
            with suppress(Exception):
                await self.uses(entry)[0]()
        elif coordinators := self._coordinators(entry):
            for coordinator in coordinators:
                await coordinator.async_refresh()
        else:
            await self.pass_time(1)
        await self.settle()

    def lacks(self, what: str) -> bool:
        """Tell whether the author says that the provider does not have something."""
        return what in self.flows.canned.document("provider.json").get("lacks", [])

    def _coordinators(self, entry: ConfigEntry) -> list[DataUpdateCoordinator[Any]]:
        return [
            coordinator
            for coordinator in self.observed.coordinators
            if coordinator.config_entry is entry
        ]

    def uses(self, entry: ConfigEntry) -> list[Callable[[], Awaitable[Any]]]:
        """Return what makes the integration need its token: twice each, for two callers."""
        kept = self.flows.canned.document("use.json")
        if kept:
            domain, _, service = kept["action"].partition(".")

            async def act() -> Any:
                data = json.loads(
                    json.dumps(kept.get("data", {})).replace("ENTRY_ID", entry.entry_id)
                )
                return await self.hass.services.async_call(
                    domain,
                    service,
                    data,
                    blocking=True,
                    return_response=bool(kept.get("response")),
                )

            return [act, act]
        sessions: list[Callable[[], Awaitable[Any]]] = [
            session.async_ensure_token_valid
            for session in self.observed.sessions
            if session.config_entry.entry_id == entry.entry_id
        ]
        coordinators: list[Callable[[], Awaitable[Any]]] = [
            coordinator.async_refresh for coordinator in self._coordinators(entry)
        ]
        return (sessions or coordinators) * 2

    def at_rest(self) -> str:
        """Return what is stored: the entries, and what the integration keeps in files of its own."""
        stored = [json.dumps(entry.as_dict(), default=str) for entry in self.entries]
        # Home Assistant writes its entries a second later.
        return "\n".join([*stored, self.files(but="core.config_entries")])

    async def stores_newest(self) -> bool:
        """Tell whether the newest refresh token is stored; what is under way is waited for."""
        for _ in range(_MOST_LOOKS):
            if self.server.grants.refresh_tokens[-1] in self.at_rest():
                return True
            await asyncio.sleep(_LOOK_SECONDS)
        return False

    def files(self, *, but: str = "") -> str:
        """Return what is in the files of Home Assistant's configuration."""
        return "\n".join(
            file.read_text(encoding="utf-8", errors="replace")
            for file in self.config.rglob("*")
            if file.is_file() and file.name != but
        )

    async def restart(self) -> ConfigEntry:
        """Stop Home Assistant and start another one on the same folder."""
        await self.stop()
        self.observed.clear()
        self.hass = await _start(self._running, self.subject, self.config)
        self.flows = await _open(self._running, self.hass, self.subject, self.server)
        if not self.entries:
            raise Failure("no entry is there after the restart")
        entry: ConfigEntry = self.entries[0]
        if entry.state is ConfigEntryState.NOT_LOADED:
            await self.hass.config_entries.async_setup(entry.entry_id)
        await self.settle()
        return entry

    async def stop(self) -> None:
        """End Home Assistant as a restart does: it writes what is not yet written."""
        await self._running.aclose()


@asynccontextmanager
async def home_of(subject: Subject, config: Path) -> AsyncGenerator[Home]:
    """Make a home, with a credential for the integration, and end it."""
    server = Server(Canned(subject.answers))
    async with server, AsyncExitStack() as running:
        server.canned.replaced["LOOPBACK"] = f"http://127.0.0.1:{server.port}"
        wires = Wires(server.port)
        with diverted(wires), observing() as observed, listening() as lines:
            hass = await _start(running, subject, config)
            await _store_credential(hass, subject)
            flows = await _open(running, hass, subject, server)
            home = Home(
                subject=subject,
                config=config,
                server=server,
                wires=wires,
                observed=observed,
                lines=lines,
                hass=hass,
                flows=flows,
                _running=running,
            )
            try:
                yield home
            finally:
                wires.cut = True
                await home.stop()


async def _start(
    running: AsyncExitStack, subject: Subject, config: Path
) -> HomeAssistant:
    # The test plugin patches what a start of Home Assistant needs.
    hass = await running.enter_async_context(
        async_test_home_assistant(config_dir=str(config))
    )
    running.push_async_callback(_end, hass)
    frame.async_setup(hass)
    if not subject.is_core:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
    # As at a start: an integration that is set up sees the entries that there are.
    await hass.config_entries.async_initialize()
    for component in ("http", _CREDENTIALS):
        if not await async_setup_component(hass, component, {}):
            raise NotReached(f"{component} of Home Assistant cannot be set up")
    await async_setup_component(hass, subject.domain, {})
    await hass.async_block_till_done()
    return hass


async def _end(hass: HomeAssistant) -> None:
    """Stop as Home Assistant does; entries are unloaded, which it leaves to the process's end."""
    for entry in hass.config_entries.async_entries():
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
    for flow in hass.config_entries.flow.async_progress():
        hass.config_entries.flow.async_abort(flow["flow_id"])
    # A stop does not wait for a file that is being written already; here, no process ends with it.
    await hass.async_block_till_done()
    await hass.async_stop(force=True)


async def _store_credential(hass: HomeAssistant, subject: Subject) -> None:
    """Do what a person does under *Application credentials*."""
    await hass.data[_CREDENTIALS].async_create_item(
        {
            "domain": subject.domain,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "name": "Conformance",
        }
    )


async def _open(
    running: AsyncExitStack, hass: HomeAssistant, subject: Subject, server: Server
) -> Flows:
    """Serve Home Assistant's views on loopback, those of the sign-in's callback too."""
    # As Home Assistant's own server does: views may be added while it runs.
    hass.http.app.router.freeze = lambda: None  # type: ignore[method-assign]  # see above
    client = TestClient(TestServer(hass.http.app))
    await running.enter_async_context(client)
    logging.getLogger("aiohttp.access").disabled = True
    return Flows(
        hass=hass,
        domain=subject.domain,
        server=server,
        canned=server.canned,
        client=client,
    )
