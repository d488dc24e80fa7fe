"""Leads every request that leaves Home Assistant to the server on loopback.

An address keeps its scheme and its host for whoever asks for it: `https://api.example/v1` is sent as plain
bytes to loopback, with the host it names in `Host`. Nothing leaves the machine, and nothing is to be
configured in the integration.
"""

import asyncio
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
import importlib
import ipaddress
import socket
import ssl
from typing import Any, Final, Self
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

from aiohttp import ClientRequest, TCPConnector

_LOOPBACK: Final = "127.0.0.1"
# Ports at which nothing of the tests listens.
_OUTSIDE: Final = frozenset({80, 443})


@dataclass(slots=True)
class Wires:
    """Where requests go: a port of loopback, or nowhere while the network is cut."""

    port: int
    cut: bool = False
    # Hosts that were asked over plain HTTP.
    plain: set[str] = field(default_factory=set)
    # Hosts whose certificate would not have been checked.
    unverified: set[str] = field(default_factory=set)
    # Hosts that the event loop was to wait for.
    blocking: set[str] = field(default_factory=set)

    def address(self, url: str) -> str:
        """Return where a request to a URL is sent; raises OSError while the network is cut."""
        if self.cut:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        scheme, host, path, query, _ = urlsplit(url)
        if scheme == "http":
            self.plain.add(host)
        return urlunsplit(("http", f"{_LOOPBACK}:{self.port}", path, query, ""))


def is_loopback(host: str | None) -> bool:
    """Tell whether a host is this machine, as that of Home Assistant's own test server."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


@contextmanager
def diverted(wires: Wires) -> Generator[None]:
    """Divert aiohttp, httpx, requests and plain sockets for as long as it lasts."""
    with _aiohttp(wires), _httpx(wires), _requests(wires), _sockets(wires):
        yield


@contextmanager
def _aiohttp(wires: Wires) -> Generator[None]:
    context, resolve = TCPConnector._get_ssl_context, TCPConnector._resolve_host

    def get_ssl_context(self: TCPConnector, req: ClientRequest) -> Any:
        if is_loopback(req.url.raw_host):
            return context(self, req)
        if req.url.scheme == "http":
            wires.plain.add(str(req.url.raw_host))
        elif not _is_verified(self._ssl if req.ssl is True else req.ssl):
            wires.unverified.add(str(req.url.raw_host))
        return None

    async def resolve_host(
        self: TCPConnector, host: str, port: int, traces: Any = None
    ) -> Any:
        if is_loopback(host):
            return await resolve(self, host, port, traces)
        if wires.cut:
            raise OSError(None, "Name or service not known")
        return [
            {
                "hostname": host,
                "host": _LOOPBACK,
                "port": wires.port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    with (
        patch.object(TCPConnector, "_get_ssl_context", get_ssl_context),
        patch.object(TCPConnector, "_resolve_host", resolve_host),
    ):
        yield


def _is_verified(given: object) -> bool:
    """Tell whether a certificate is checked: by default, by a context that does, or by a fingerprint."""
    if isinstance(given, ssl.SSLContext):
        return given.verify_mode is not ssl.CERT_NONE
    return given is not False


class _Unencrypted(socket.socket):
    """A connection to the scripted server, where the integration wants one with TLS."""

    @classmethod
    def of(cls, connected: socket.socket) -> Self:
        """Return a socket that takes the place of another one, as `wrap_socket` does."""
        timeout = connected.gettimeout()
        unencrypted = cls(
            connected.family, connected.type, connected.proto, connected.detach()
        )
        unencrypted.settimeout(timeout)
        return unencrypted

    def do_handshake(self) -> None:
        """Do nothing: there is no TLS."""


@contextmanager
def _sockets(wires: Wires) -> Generator[None]:
    """Divert what asks aiohttp's resolver where a name leads, and connects to there by itself."""
    connect, wrap = BaseSelectorEventLoop.sock_connect, ssl.SSLContext.wrap_socket

    async def sock_connect(
        self: BaseSelectorEventLoop, sock: socket.socket, address: Any
    ) -> None:
        if address[0] == _LOOPBACK and address[1] in _OUTSIDE:
            address = (_LOOPBACK, wires.port)
        await connect(self, sock, address)

    def wrap_socket(
        self: ssl.SSLContext, sock: socket.socket, *args: Any, **kwargs: Any
    ) -> socket.socket:
        if sock.getpeername()[:2] == (_LOOPBACK, wires.port):
            return _Unencrypted.of(sock)
        return wrap(self, sock, *args, **kwargs)

    with (
        patch.object(BaseSelectorEventLoop, "sock_connect", sock_connect),
        patch.object(ssl.SSLContext, "wrap_socket", wrap_socket),
    ):
        yield


@contextmanager
def _httpx(wires: Wires) -> Generator[None]:
    httpx = importlib.import_module("httpx")  # Home Assistant has it
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def handle(self: Any, request: Any) -> Any:
        if not is_loopback(request.url.host):
            context = getattr(getattr(self, "_pool", None), "_ssl_context", True)
            if not _is_verified(context):
                wires.unverified.add(request.url.host)
            try:
                request.url = httpx.URL(wires.address(str(request.url)))
            except OSError as err:
                raise httpx.ConnectError(str(err), request=request) from None
        return await send(self, request)

    with patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle):
        yield


def _is_in_loop() -> bool:
    """Tell whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@contextmanager
def _requests(wires: Wires) -> Generator[None]:
    requests = importlib.import_module("requests")  # Home Assistant has it
    adapter = importlib.import_module("requests.adapters").HTTPAdapter
    send = adapter.send

    def divert(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        host = urlsplit(request.url).netloc
        if not is_loopback(urlsplit(request.url).hostname):
            if kwargs.get("verify", True) is False:
                wires.unverified.add(host)
            if _is_in_loop():
                # It would wait for a server that waits for it.
                wires.blocking.add(host)
                raise requests.ConnectionError("the event loop would be blocked")
            request.headers["Host"] = host
            try:
                request.url = wires.address(request.url)
            except OSError as err:
                raise requests.ConnectionError(str(err)) from None
        return send(self, request, *args, **kwargs)

    with patch.object(adapter, "send", divert):
        yield
