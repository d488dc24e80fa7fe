"""Sends requests with aiohttp, and reads responses of bounded size."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from typing import Final

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
)
from aiohttp.abc import ResolveResult
from yarl import URL

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import (
    HomeAssistantTCPConnector,
    async_create_clientsession,
    async_get_clientsession,
)
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util.hass_dict import HassKey

from ..oauth2 import RefusedByPolicy, Request, Response, TemporaryFailure
from .clock import TimeLimits

type Send = Callable[[Request], Awaitable[Response]]
# Called with a response, in the thread that has read it. Blocks, and raises nothing.
type Receive = Callable[[Response], None]

_KEY: HassKey[Transport] = HassKey("oauth2_client.transport")
DEFAULT_TIMEOUT_SECONDS: Final = 30.0
# Token answers are a few kilobytes; this leaves room for id tokens full of claims.
MAX_TOKEN_BYTES: Final = 256 * 1024
MAX_API_BYTES: Final = 16 * 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024
# What is decompressed in the event loop: so much of a body, to so much. That takes a millisecond.
_SMALL_BYTES: Final = 64 * 1024
_MAX_BYTES_ON_LOOP: Final = 512 * 1024
# Imported for the first answer that is compressed.
_DECOMPRESSION: Final = (
    f"{__package__.rpartition('.')[0]}.document.parsing.decompression"
)
# Home Assistant allows a hundred connections to each host, for all integrations together.
_POLLS_OF_ONE_HOST: Final = 64
_TYPE_HEADER: Final = ("Content-Type",)
# aiohttp adds no Content-Type to these, so the slow `skip_auto_headers` is not needed.
_METHODS_WITHOUT_TYPE: Final = frozenset({"GET", "HEAD"})


class AddressRefused(OSError):
    """A name resolves to addresses that must not be connected to."""


class Transport:
    """Sends requests. Follows no redirects, keeps no cookies, and bounds time and size."""

    def __init__(
        self, hass: HomeAssistant, session: ClientSession | None = None
    ) -> None:
        self.hass = hass
        # Not Home Assistant's shared session: it keeps cookies, which two accounts of one provider
        # must not share. With auto_cleanup, unloading the first entry would detach it for all.
        self._session = session or async_create_clientsession(
            hass, auto_cleanup=False, cookie_jar=DummyCookieJar()
        )
        self._polls: dict[str, asyncio.Semaphore] = {}
        self.limits = TimeLimits()

    def polls(self, host: str) -> asyncio.Semaphore:
        """Return the semaphore that limits the polls of one host by all accounts together."""
        if (polls := self._polls.get(host)) is None:
            polls = self._polls[host] = asyncio.Semaphore(_POLLS_OF_ONE_HOST)
        return polls

    async def send(
        self,
        request: Request,
        *,
        timeout: float | None = DEFAULT_TIMEOUT_SECONDS,
        max_bytes: int = MAX_TOKEN_BYTES,
    ) -> Response:
        """Send a request and return its response, whatever the status.

        `timeout` is in seconds and covers everything from the name look-up to the last byte. None is
        for a caller with a time limit of its own.

        Raises TemporaryFailure (`timeout`, `cannot_connect`, `response_too_large`), and RefusedByPolicy
        (`private_address`) where the session's resolver refuses the addresses of a name.
        """
        try:
            async with self._session.request(
                request.method,
                # Not encoded again: the URL that was checked or signed is sent unchanged.
                URL(request.url, encoded=True),
                headers=request.headers,
                data=request.body,
                skip_auto_headers=None if _may_add_type(request) else _TYPE_HEADER,
                allow_redirects=False,
                # aiohttp takes a compressed body that was cut for a whole one.
                auto_decompress=False,
                timeout=_client_timeout(timeout),
            ) as response:
                if _is_bounded(response, max_bytes):
                    # aiohttp reads no more bytes than Content-Length announced.
                    body = await response.read()
                else:
                    body = await _read(response, max_bytes)
                if (coding := response.headers.get("Content-Encoding")) is not None:
                    body = await self._decompressed(body, coding, max_bytes)
                return Response(
                    status=response.status, headers=_headers(response), body=body
                )
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        except (ClientError, OSError, ValueError) as err:
            if isinstance(err, ClientConnectorError) and isinstance(
                err.os_error, AddressRefused
            ):
                raise RefusedByPolicy("private_address") from None
            # Without aiohttp's text, which quotes URLs, whose queries may contain secrets.
            raise TemporaryFailure("cannot_connect") from None

    async def _decompressed(self, body: bytes, coding: str, max_bytes: int) -> bytes:
        """Return a body without its content coding, decompressed off the event loop if it is large.

        Raises TemporaryFailure (`response_too_large`), and ValueError for one that was cut.
        """
        await async_import_module(self.hass, _DECOMPRESSION)
        from ..document.parsing.decompression import TooLarge, decompressed  # noqa: PLC0415 - imported just now, off the event loop

        if len(body) <= _SMALL_BYTES:
            with suppress(TooLarge):
                return decompressed(body, coding, min(max_bytes, _MAX_BYTES_ON_LOOP))
        try:
            return await self.hass.async_add_executor_job(
                decompressed, body, coding, max_bytes
            )
        except TooLarge:
            raise TemporaryFailure("response_too_large") from None

    @callback
    def detach(self, _event: Event | None = None) -> None:
        """Release the connector, which belongs to Home Assistant, and the timer."""
        self.limits.close()
        self._session.detach()


@callback
def async_get_transport(hass: HomeAssistant) -> Transport:
    """Return the transport that all accounts and flows share."""
    if (transport := hass.data.get(_KEY)) is None:
        transport = hass.data[_KEY] = Transport(hass)
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, transport.detach)
    return transport


async def async_resolve(hass: HomeAssistant, host: str) -> list[ResolveResult]:
    """Return the addresses of a name, by Home Assistant's resolver. Raises OSError."""
    connector = async_get_clientsession(hass).connector
    if not isinstance(connector, HomeAssistantTCPConnector):
        raise OSError("no resolver")
    if not (found := await connector.async_resolve_host(host)):
        raise OSError("no address")
    return found


@lru_cache(16)
def _client_timeout(seconds: float | None) -> ClientTimeout:
    return ClientTimeout(total=seconds)


def _may_add_type(request: Request) -> bool:
    """Return whether aiohttp may add a Content-Type.

    For methods other than GET and HEAD, it adds one even without a body, which Dropbox refuses.
    """
    return request.body is not None or request.method in _METHODS_WITHOUT_TYPE


def _headers(response: ClientResponse) -> dict[str, str]:
    """Return headers by name; the values of repeated headers are joined by commas (RFC 9110, 5.3)."""
    headers = response.headers
    joined = dict(headers.items())
    if len(joined) < len(headers):
        joined = {name: ", ".join(headers.getall(name)) for name in joined}
    if not "".join(joined.values()).isascii():
        joined = {name: _header_text(value) for name, value in joined.items()}
    return joined


def _header_text(value: str) -> str:
    """Return the value of a header, as ISO 8859-1 where it is no UTF-8 (RFC 9110, 5.5).

    aiohttp puts lone surrogates in the place of such bytes, which no JSON may contain.
    """
    content = value.encode(errors="surrogateescape")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")


def _is_bounded(response: ClientResponse, max_bytes: int) -> bool:
    """Return whether Content-Length bounds the body."""
    length = response.content_length
    return length is not None and length <= max_bytes


async def _read(response: ClientResponse, max_bytes: int) -> bytes:
    """Return a body. Raises TemporaryFailure (`response_too_large`)."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise TemporaryFailure("response_too_large")
    return bytes(body)
