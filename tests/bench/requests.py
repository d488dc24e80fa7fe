"""Who sends an authorised GET: our account, core's OAuth2Session, and aiohttp alone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
import time
from types import MappingProxyType
from typing import Final

from aiohttp import DummyCookieJar
import orjson

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.runtime import async_get_account
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    OAuth2Session,
)

from .figures import CORE, FLOOR, LONG, OURS, SHORT, Get
from .site import HEADERS, TOKEN, Site

# How many requests make a sample; few enough for 15 rounds of all samples in half a minute.
_REQUESTS: Final = 200
_BYTES: Final = {SHORT: 200, LONG: 100_000}
# None of them is refreshed while it is measured.
_EXPIRES_IN: Final = 10**6

# Sends a GET to a path of the site and returns the body.
type _Send = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Requests:
    """Takes samples of requests, many for each."""

    senders: Mapping[str, _Send]
    bodies: Mapping[str, bytes]
    count: int = _REQUESTS

    async def take(self, sample: Get) -> float:
        """Return the milliseconds of one request, or those of CPU time: a tenth take no longer.

        What others do on the machine is felt by the slower ones.
        """
        send = self.senders[sample.by]
        # Not timed, as in an update.
        if await send(sample.answer) != self.bodies[sample.answer]:
            raise RuntimeError("A request did not bring what was put")
        clock = time.process_time if sample.cpu else time.perf_counter
        lasted = []
        for _ in range(self.count):
            begun = clock()
            await send(sample.answer)
            lasted.append((clock() - begun) * 1000)
        return sorted(lasted)[self.count // 10]


async def set_up_requests(hass: HomeAssistant, site: Site, entry_id: str) -> Requests:
    """Return who sends requests, once the site has answers for them."""
    bodies = {path: _body(size) for path, size in _BYTES.items()}
    for path, body in bodies.items():
        await site.put(path, body)
    senders = {
        OURS: _ours(hass, entry_id),
        CORE: _core(hass, site),
        FLOOR: _floor(hass, site),
    }
    return Requests(senders=senders, bodies=bodies)


def _body(size: int) -> bytes:
    return orjson.dumps({"text": "x" * (size - len('{"text":""}'))})


def _ours(hass: HomeAssistant, entry_id: str) -> _Send:
    account = async_get_account(hass, entry_id)

    async def send(path: str) -> bytes:
        return (await account.request("GET", f"/{path}")).body

    return send


def _core(hass: HomeAssistant, site: Site) -> _Send:
    entry = ConfigEntry(
        data={
            "token": {"access_token": TOKEN, "expires_at": time.time() + _EXPIRES_IN}
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        minor_version=1,
        options={},
        source=SOURCE_USER,
        subentries_data=(),
        title="Core",
        unique_id=None,
        version=1,
    )
    implementation = LocalOAuth2Implementation(
        hass, DOMAIN, "bench", "bench", site.url("authorize"), site.url("token")
    )
    session = OAuth2Session(hass, entry, implementation)

    async def send(path: str) -> bytes:
        response = await session.async_request("GET", site.url(path))
        return await response.read()

    return send


def _floor(hass: HomeAssistant, site: Site) -> _Send:
    # Made as our transport makes its own.
    session = async_create_clientsession(hass, cookie_jar=DummyCookieJar())

    async def send(path: str) -> bytes:
        async with session.get(site.url(path), headers=HEADERS) as response:
            return await response.read()

    return send
