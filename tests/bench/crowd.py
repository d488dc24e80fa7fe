"""Many accounts in a process of their own: `python -m tests.bench.crowd`, with a `Crowd` as JSON on stdin."""

import asyncio
from collections.abc import Awaitable, Callable
import ctypes
from dataclasses import asdict, dataclass
import gc
import os
from pathlib import Path
import sys
import tempfile
from time import process_time, time
from types import MappingProxyType
from typing import Any, Final

import orjson

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.definitions.account import (
    ENTRY_MINOR_VERSION,
    ENTRY_VERSION,
)
from custom_components.oauth2_client.grant.stored_tokens import StoredTokens
from custom_components.oauth2_client.grant.token_store import async_get_token_store
from custom_components.oauth2_client.oauth2 import TokenSet
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryData,
)
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component

from ..resources import settle
from .bare import BARE, add_bare
from .home import EVERY_HOME, start_home
from .measure import longest_pass
from .site import TOKEN

RESOURCES: Final = 10
# Each resource is polled so often, and for so long is it watched: all of them are polled once.
INTERVAL_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """How many accounts, at which API; `bare` are entries with as many devices and entities."""

    base_url: str
    accounts: int
    bare: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowded:
    """CPU time of the set-up and longest stalls, in milliseconds; kilobytes of an account.

    The accounts are polled as their schedules say (`stall`), and then all at once.
    """

    set_up: float
    kilobytes: float
    stall: float = 0.0
    stall_at_once: float = 0.0


async def run(crowd: Crowd) -> Crowded:
    """Set up all accounts as a start does, then watch the event loop."""
    with tempfile.TemporaryDirectory() as folder:
        hass = await start_home(folder, EVERY_HOME)
        make = await (_bare_maker(hass) if crowd.bare else _maker(hass, crowd.base_url))
        # What is imported and made once is none of an account's.
        await _set_up(hass, [await make(-1)])
        await settle(hass)
        entries = [await make(number) for number in range(crowd.accounts)]
        before = _kilobytes()
        begun = process_time()
        await _set_up(hass, entries)
        set_up = (process_time() - begun) * 1000
        hass.set_state(CoreState.running)
        if crowd.bare:
            await settle(hass)
            kilobytes = (_kilobytes() - before) / crowd.accounts
            return Crowded(set_up=set_up, kilobytes=kilobytes)
        await _until_all_are_fetched(hass, entries)
        kilobytes = (_kilobytes() - before) / crowd.accounts
        # Whoever is fetched, Python may search the whole heap for garbage, which is mostly that of
        # Home Assistant: it would be chance in whose time.
        gc.freeze()
        return Crowded(
            set_up=set_up,
            kilobytes=kilobytes,
            stall=await longest_pass(lambda: asyncio.sleep(INTERVAL_SECONDS)),
            stall_at_once=await longest_pass(lambda: _fetch_all(entries)),
        )


async def _set_up(hass: HomeAssistant, entries: list[ConfigEntry]) -> None:
    """Set up entries at once, as Home Assistant does when it starts."""
    hass.config_entries._entries.update({entry.entry_id: entry for entry in entries})
    await asyncio.gather(
        *(hass.config_entries.async_setup(entry.entry_id) for entry in entries)
    )
    failed = {
        (entry.state, entry.reason)
        for entry in entries
        if entry.state is not ConfigEntryState.LOADED
    }
    assert not failed, failed


async def _maker(
    hass: HomeAssistant, base_url: str
) -> Callable[[int], Awaitable[ConfigEntry]]:
    """Return what makes the entry of an account, with its token set stored."""
    assert await async_setup_component(hass, DOMAIN, {})
    store = await async_get_provider_store(hass)
    provider = store.draft_provider(
        {
            "name": "Site",
            "authorize_url": f"{base_url}/authorize",
            "token_url": f"{base_url}/token",
            "api_base_url": base_url,
        }
    )
    await store.async_keep_provider(provider)
    credential = await hass.data[DATA_COMPONENT].async_create_item(
        {"domain": DOMAIN, "client_id": "bench", "client_secret": "bench"}
    )
    data = {
        "auth_implementation": credential["id"],
        "provider": provider.id,
        "variables": {},
        "scopes": [],
    }

    async def make(number: int) -> ConfigEntry:
        entry = _entry(DOMAIN, number, data)
        token_set = TokenSet(access_token=f"{TOKEN}-{number}", received_at=time())
        stored = StoredTokens(token_set=token_set, sign_in=1)
        await async_get_token_store(hass).async_save(entry.entry_id, stored)
        return entry

    return make


async def _bare_maker(hass: HomeAssistant) -> Callable[[int], Awaitable[ConfigEntry]]:
    add_bare(hass)

    async def make(number: int) -> ConfigEntry:
        return _entry(BARE, number, {})

    return make


def _entry(domain: str, number: int, data: dict[str, Any]) -> ConfigEntry:
    """Return an entry with ten resources of one value each."""
    return ConfigEntry(
        domain=domain,
        title=f"Account {number}",
        version=ENTRY_VERSION,
        minor_version=ENTRY_MINOR_VERSION,
        source=SOURCE_USER,
        unique_id=f"{number}",
        options={},
        discovery_keys=MappingProxyType({}),
        data=data,
        subentries_data=[
            ConfigSubentryData(
                data={
                    "url": f"/crowd/{place}",
                    "interval": INTERVAL_SECONDS,
                    "values": [{"key": "level", "name": "Level", "path": "$.level"}],
                },
                subentry_type="resource",
                title=f"Resource {number} {place}",
                unique_id=None,
            )
            for place in range(RESOURCES)
        ],
    )


async def _until_all_are_fetched(
    hass: HomeAssistant, entries: list[ConfigEntry]
) -> None:
    resources = _resources(entries)
    while not all(resource.data for resource in resources):  # noqa: ASYNC110 - of 10,000
        await asyncio.sleep(1)
    await settle(hass)


async def _fetch_all(entries: list[ConfigEntry]) -> None:
    await asyncio.gather(
        *(resource.async_fetch_now() for resource in _resources(entries))
    )


def _resources(entries: list[ConfigEntry]) -> list[Any]:
    return [
        resource
        for entry in entries
        for resource in entry.runtime_data.resources.values()
    ]


def _kilobytes() -> float:
    """Return what the process has in memory, once what is free was given back."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def main() -> None:
    """Print what was measured."""
    crowd = Crowd(**orjson.loads(sys.stdin.buffer.read()))
    crowded = asyncio.run(run(crowd))
    sys.stdout.buffer.write(orjson.dumps(asdict(crowded)))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
