"""Sends requests to addresses that servers named: to addresses at home only for servers at home.

A server that names an address decides where Home Assistant sends a request with its secrets. A server
on the Internet could thereby reach hosts that only the home can reach. What counts for a name is the
addresses that it resolves to when connecting.
"""

from functools import partial
from typing import Any, Final, override

from aiohttp import ClientSession, DummyCookieJar
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.hdrs import USER_AGENT
from yarl import URL

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.aiohttp_client import (
    SERVER_SOFTWARE,
    HomeAssistantTCPConnector,
)
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import get_default_context

from ..oauth2 import RefusedByPolicy, Request, Response, is_at_home
from ..oauth2.discovery import split_url
from ..oauth2.home_network import parse_address
from . import (
    DEFAULT_TIMEOUT_SECONDS,
    MAX_TOKEN_BYTES,
    AddressRefused,
    Receive,
    Transport,
    async_resolve,
)
from .host_policy import check_scheme, parse_url
from .thread import async_get_threaded_transport

# As in Home Assistant's own sessions.
_LONGEST_HEADER_BYTES: Final = 64 * 1024
_PROOF_TIMEOUT_SECONDS: Final = 10.0


async def async_send_named(
    transport: Transport,
    request: Request,
    *,
    named_by: str,
    allow_http: bool,
    timeout: float = DEFAULT_TIMEOUT_SECONDS,
    max_bytes: int = MAX_TOKEN_BYTES,
    receive: Receive | None = None,
) -> Response:
    """Send a request to an address that the server at the URL `named_by` named.

    With `receive`, a thread sends, and calls it with the response.

    Raises TemporaryFailure, also where a name cannot be resolved, and, before anything is sent,
    RefusedByPolicy (`invalid_url`, `https_required`, `private_address`).
    """
    target = parse_url(request.url)
    if split_url(str(target.origin())) is None:
        # The host is in a spelling that some parsers read as another host.
        raise RefusedByPolicy("invalid_url")
    check_scheme(target, allow_http=allow_http)
    send, send_outside = transport.send, _async_outside(transport.hass).send
    if receive is not None:
        threaded = async_get_threaded_transport(transport.hass)
        send = partial(threaded.send, receive=receive)
        send_outside = partial(send, only_outside=True)
    # The same host needs no check: its certificate proves that it is the same server.
    if target.host != parse_url(named_by).host:
        if not is_at_home(target.host or ""):
            try:
                return await send_outside(request, timeout=timeout, max_bytes=max_bytes)
            except RefusedByPolicy:
                # The name resolves to an address at home. Nothing was sent.
                pass
        if not await async_is_there(transport, named_by):
            raise RefusedByPolicy("private_address")
    return await send(request, timeout=timeout, max_bytes=max_bytes)


async def async_is_there(transport: Transport, url: str) -> bool:
    """Return whether the server of a URL is at home: by its name, or because it answers from there.

    The owner of a name can change its addresses at any moment, so resolving the name proves nothing;
    the certificate of the server that answers does. Raises TemporaryFailure where no server answers.
    """
    server = parse_url(url)
    if is_at_home(server.host or ""):
        return True
    if server.scheme != "https":
        return False
    request = Request(method="HEAD", url=str(server.origin()))
    try:
        await _async_inside(transport.hass).send(
            request, timeout=_PROOF_TIMEOUT_SECONDS
        )
    except RefusedByPolicy:
        return False
    return True


async def async_leads_home(hass: HomeAssistant, url: str) -> bool:
    """Return whether a URL's host is at home, by its name or the addresses it resolves to now.

    False for a name that cannot be resolved.
    """
    host = parse_url(url).host or ""
    if is_at_home(host):
        return True
    try:
        return any(map(_is_at_home, await async_resolve(hass, host)))
    except OSError:
        return False


class _OneSided(AbstractResolver):
    """Resolves as Home Assistant does, and refuses names that resolve to the other side.

    aiohttp connects to the addresses that are returned here, so no other answer can slip in between.
    """

    def __init__(self, hass: HomeAssistant, *, inside: bool) -> None:
        self._hass = hass
        self._inside = inside

    @override
    async def resolve(
        self, host: str, port: int = 0, *args: Any, **kwargs: Any
    ) -> list[ResolveResult]:
        resolved = await async_resolve(self._hass, host)
        at_home = [address for address in resolved if _is_at_home(address)]
        if bool(at_home) is not self._inside:
            raise AddressRefused
        return [
            ResolveResult({**address, "port": port})
            for address in (at_home if self._inside else resolved)
        ]

    @override
    async def close(self) -> None:
        """Nothing is open."""


class _OneSidedTransport(Transport):
    """Connects to one side only: hosts at home, or hosts outside of it."""

    def __init__(self, hass: HomeAssistant, *, inside: bool) -> None:
        # Its own connector, so that no connection to the other side is reused.
        self._connector = HomeAssistantTCPConnector(
            ssl=get_default_context(), resolver=_OneSided(hass, inside=inside)
        )
        session = ClientSession(
            connector=self._connector,
            cookie_jar=DummyCookieJar(),
            headers={USER_AGENT: SERVER_SOFTWARE},
            max_line_size=_LONGEST_HEADER_BYTES,
            max_field_size=_LONGEST_HEADER_BYTES,
        )
        super().__init__(hass, session)
        self._inside = inside
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, self._close)

    @override
    async def send(
        self,
        request: Request,
        *,
        timeout: float | None = DEFAULT_TIMEOUT_SECONDS,
        max_bytes: int = MAX_TOKEN_BYTES,
    ) -> Response:
        """Send a request. Raises RefusedByPolicy (`private_address`) for a host on the other side."""
        host = URL(request.url, encoded=True).host or ""
        # An IP address is never passed to the resolver, so it is checked here.
        if parse_address(host) and is_at_home(host) is not self._inside:
            raise RefusedByPolicy("private_address")
        return await super().send(request, timeout=timeout, max_bytes=max_bytes)

    async def _close(self, _event: Event) -> None:
        self.detach()
        await self._connector.close()


@singleton(HassKey[_OneSidedTransport]("oauth2_client.transport_outside"))
def _async_outside(hass: HomeAssistant) -> _OneSidedTransport:
    return _OneSidedTransport(hass, inside=False)


@singleton(HassKey[_OneSidedTransport]("oauth2_client.transport_inside"))
def _async_inside(hass: HomeAssistant) -> _OneSidedTransport:
    return _OneSidedTransport(hass, inside=True)


def _is_at_home(address: ResolveResult) -> bool:
    return is_at_home(address["host"])
