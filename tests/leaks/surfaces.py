"""Everything that can be seen of a Home Assistant: in its log, by its users, on its disk."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
import gc
import json
from pathlib import Path
from types import CellType, FunctionType, MethodType
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
from sqlalchemy import MetaData, select

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.components.trace.const import DATA_TRACE
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, MATCH_ALL
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import ExtendedJSONEncoder
from homeassistant.helpers.recorder import get_instance, session_scope

# Aiohttp's access log, which is off in Home Assistant, and the stores that the test plugin logs.
_NOT_OURS: Final = {"aiohttp.access", "pytest_homeassistant_custom_component.common"}
_OURS: Final = f"custom_components.{DOMAIN}"
_CONTAINERS: Final = (
    dict,
    list,
    tuple,
    set,
    frozenset,
    deque,
    partial,
    MethodType,
    FunctionType,
    CellType,
)
_MOST_OBJECTS: Final = 100_000
# What a user may ask for who may only read. Some refuse that user.
_READ_COMMANDS: Final = (
    "get_states",
    "get_config",
    "get_services",
    "config_entries/get",
    "config_entries/flow/progress",
    "config_entries/subentries/list",
    "application_credentials/config",
    "application_credentials/list",
    "application_credentials/config_entry",
    "diagnostics/list",
    "diagnostics/get",
    "repairs/list_issues",
    "repairs/get_issue_data",
    "persistent_notification/get",
    "config/entity_registry/list",
    "config/device_registry/list",
    "trace/list",
    "trace/contexts",
    "system_health/info",
    "system_log/list",
    "entity/source",
    "manifest/list",
    "subscribe_entities",
    "config_entries/subscribe",
    "repairs/subscribe",
)


_READ_PATHS: Final = (
    "/api/states",
    "/api/config",
    "/api/services",
    "/api/events",
    "/api/error_log",
    "/api/config/config_entries/entry",
    "/api/config/config_entries/flow_handlers",
)


class Watch:
    """Notes what passes by in a Home Assistant, and reads what stands there."""

    def __init__(
        self,
        hass: HomeAssistant,
        caplog: pytest.LogCaptureFixture,
        storage: dict[str, Any],
    ) -> None:
        self.hass = hass
        # What flows have answered to a person.
        self.results: list[Any] = []
        self._caplog = caplog
        self._storage = storage
        self._events: list[str] = []
        hass.bus.async_listen(MATCH_ALL, self._note)

    async def _note(self, event: Event) -> None:
        self._events.append(repr(event) + repr(event.as_dict()))

    async def surfaces(self) -> dict[str, str]:
        """Return the text of each surface that needs no user."""
        hass = self.hass
        # First what waits: only what the recorder has taken is committed.
        await get_instance(hass).async_block_till_done()
        await async_wait_recording_done(hass)
        recorded = await get_instance(hass).async_add_executor_job(_database, hass)
        return {
            "log": "\n".join(self._logged()),
            "events": "\n".join(self._events),
            "states": repr([state.as_dict() for state in hass.states.async_all()]),
            "repairs": repr(list(ir.async_get(hass).issues.values())),
            "notifications": repr(hass.data.get("persistent_notification")),
            "recorder": recorded,
            "traces": _traces(hass),
            "objects": "\n".join(_reprs(hass)),
            "forms": "\n".join(map(_form, self.results)),
            "flows": repr(hass.config_entries.flow.async_progress()),
            "system health": await _system_health(hass),
        }

    def _logged(self) -> Iterator[str]:
        for phase in ("setup", "call"):
            for record in self._caplog.get_records(phase):
                if record.name not in _NOT_OURS:
                    yield self._caplog.handler.format(record)

    async def stored(self) -> dict[str, str]:
        """Return what is on disk or will be, by the name of its file."""
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await self.hass.async_block_till_done()
        files = await self.hass.async_add_executor_job(
            _files, Path(self.hass.config.config_dir)
        )
        encoded = {
            f".storage/{key}": json.dumps(stored, cls=ExtendedJSONEncoder)
            for key, stored in self._storage.items()
        }
        return files | encoded


async def diagnostics(
    hass: HomeAssistant, client: ClientSessionGenerator, entry: ConfigEntry
) -> str:
    """Return what a person downloads and puts into an issue."""
    return json.dumps(await get_diagnostics_for_config_entry(hass, client, entry))


async def served_to_reader(
    websocket: WebSocketGenerator, token: str, entry: ConfigEntry
) -> dict[str, str]:
    """Return what is answered to a user of the group `system-read-only`, by command."""
    client = await websocket(access_token=token)
    answers = {}
    for command in _READ_COMMANDS:
        asked: dict[str, Any] = {"type": command}
        if command in (
            "config_entries/subentries/list",
            "application_credentials/config_entry",
        ):
            name = "entry_id" if "subentries" in command else "config_entry_id"
            asked[name] = entry.entry_id
        await client.send_json_auto_id(asked)
        answers[command] = json.dumps(await client.receive_json())
    await client.close()
    return answers


async def fetched_by_reader(
    client: ClientSessionGenerator, token: str, entry: ConfigEntry
) -> dict[str, str]:
    """Return what is answered to that user over HTTP, by address."""
    session = await client(access_token=token)
    answers = {}
    for path in (*_READ_PATHS, f"/api/diagnostics/config_entry/{entry.entry_id}"):
        response = await session.get(path)
        answers[path] = f"{response.status} {await response.text()}"
    return answers


async def as_stored(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, Any]:
    """Return the token set of an account as its file has it."""
    path = Path(hass.config.path(f".storage/{DOMAIN}.token.{entry.entry_id}"))
    content = await hass.async_add_executor_job(path.read_text)
    stored: dict[str, Any] = json.loads(content)["data"]
    return stored


async def _system_health(hass: HomeAssistant) -> str:
    if DOMAIN not in hass.data.get("system_health", {}):
        return ""
    return repr(await get_system_health_info(hass, DOMAIN))


def _database(hass: HomeAssistant) -> str:
    """Return all rows of all tables."""
    with session_scope(hass=hass, read_only=True) as session:
        tables = MetaData()
        tables.reflect(session.get_bind())
        return "\n".join(
            repr(tuple(row))
            for table in tables.sorted_tables
            for row in session.execute(select(table))
        )


def _traces(hass: HomeAssistant) -> str:
    buckets: list[Any] = list(hass.data[DATA_TRACE].values())
    return "\n".join(
        json.dumps(trace.as_extended_dict(), cls=ExtendedJSONEncoder)
        for bucket in buckets
        # In Home Assistant 2026.8 it is a dictionary of traces.
        for trace in (
            bucket.values() if isinstance(bucket, dict) else bucket.all_traces()
        )
    )


def _form(result: Any) -> str:
    """Return a form as the frontend gets it: with what its fields are filled in with."""
    shown = dict(result)
    if shown["type"] is FlowResultType.CREATE_ENTRY:
        # Home Assistant leaves it out of its answer (components/config/config_entries.py).
        shown.pop("data")
    fields = getattr(shown.pop("data_schema", None), "schema", {})
    filled = {
        str(key): (getattr(key, "description", None), _default(key), repr(field))
        for key, field in fields.items()
    }
    return repr((shown, filled))


def _default(key: Any) -> object:
    default = getattr(key, "default", None)
    return default() if callable(default) else default


def _files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_bytes().decode(errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and "custom_components" not in path.parts
    }


def _reprs(hass: HomeAssistant) -> Iterator[str]:
    """Yield what each object of ours shows of itself that Home Assistant keeps."""
    roots: list[Any] = [value for key, value in hass.data.items() if DOMAIN in str(key)]
    for entry in hass.config_entries.async_entries(DOMAIN):
        roots += [entry, getattr(entry, "runtime_data", None)]
    roots += [
        flow
        for flow in hass.config_entries.flow._progress.values()
        if type(flow).__module__.startswith(_OURS)
    ]
    roots += [task for task in asyncio.all_tasks() if DOMAIN in repr(task)]
    waiting, seen = deque(roots), set[int]()
    while waiting and len(seen) < _MOST_OBJECTS:
        value = waiting.popleft()
        if id(value) in seen:
            continue
        seen.add(id(value))
        ours = _is_ours(value)
        if ours or isinstance(value, asyncio.Task | asyncio.Handle | BaseException):
            yield repr(value)
        if isinstance(value, BaseException):
            yield f"{value} {value.args} {vars(value)}"
        if ours or isinstance(value, _CONTAINERS):
            waiting.extend(_referents(value))


def _referents(value: object) -> Iterable[object]:
    """Return what an object leads to.

    Of a function of others, not its module, which leads through all of Home Assistant.
    """
    if isinstance(value, FunctionType) and not str(value.__module__).startswith(_OURS):
        return (
            *(value.__closure__ or ()),
            *(value.__defaults__ or ()),
            *(value.__kwdefaults__ or {}).values(),
        )
    return gc.get_referents(value)


def _is_ours(value: object) -> bool:
    if isinstance(value, type):
        return False
    return type(value).__module__.startswith(_OURS)
