"""Sends a request in a thread, which reads the response and passes it on at once.

Until a rotated refresh token is on disk, a kill of the process loses it, so writing the token must not
wait for a busy event loop. After each system call, a thread has to wait for the interpreter lock, so
this one makes as few calls as it can.
"""

import asyncio
from collections import defaultdict
from contextlib import ExitStack, suppress
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from io import BufferedReader
import socket
import struct
from typing import Final, override

from aiohappyeyeballs import AddrInfoType, start_connection
from yarl import URL

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import SERVER_SOFTWARE
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import SSL_ALPN_HTTP11, client_context

from ..oauth2 import RefusedByPolicy, Request, Response, TemporaryFailure, is_at_home
from . import DEFAULT_TIMEOUT_SECONDS, MAX_TOKEN_BYTES, Receive, async_resolve

# How many of the 64 threads of Home Assistant's pool may wait for responses: of one host, and in all.
_MOST_THREADS_OF_A_HOST: Final = 4
_MOST_THREADS: Final = 16
# RFC 8305, 5: the wait before the next address of a name is tried.
_NEXT_ADDRESS_SECONDS: Final = 0.25
# The event loop ends an exchange in time. This much later the system does, where the loop is stopped.
_BACKSTOP_SECONDS: Final = 5.0

# RFC 9110, 15.2: several interim responses, such as 103 (early hints), may come before the final one.
_MOST_INTERIM: Final = 10


class ThreadedTransport:
    """Sends requests in threads. Follows no redirects, keeps no cookies, bounds time and size."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._slots = asyncio.Semaphore(_MOST_THREADS)
        self._host_slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(_MOST_THREADS_OF_A_HOST)
        )

    async def send(
        self,
        request: Request,
        *,
        receive: Receive,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_bytes: int = MAX_TOKEN_BYTES,
        only_outside: bool = False,
    ) -> Response:
        """Send a request and return its response, after `receive` was called with it in the thread.

        `timeout` is in seconds, and includes the wait for a thread. Where the caller is cancelled, the
        thread still reads the response and calls `receive`, within the same time.

        Raises TemporaryFailure (`timeout`, `cannot_connect`, `response_too_large`) and, with
        `only_outside`, RefusedByPolicy (`private_address`) for a name with an address at home.
        """
        url = URL(request.url, encoded=True)
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        try:
            async with asyncio.timeout_at(end) as limit:
                with ExitStack() as held:
                    for slots in (self._host_slots[url.host or ""], self._slots):
                        await slots.acquire()
                        held.callback(slots.release)
                    connected = await self._connect(url, only_outside)
                    exchange = _Exchange(connected, request, url, max_bytes)
                    # From here on the thread enforces the time limit, and the caller waits for it.
                    limit.reschedule(None)
                    job = self._hass.async_add_executor_job(
                        exchange.run, receive, timeout + _BACKSTOP_SECONDS
                    )
                    held.callback(loop.call_at(end, exchange.end).cancel)
                    # Until the thread is done, whatever becomes of the caller.
                    job.add_done_callback(partial(_let_go, held.pop_all()))
                # Unlike `await job`, it leaves the job alone where the caller is cancelled.
                await asyncio.wait((job,))
                return job.result()
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        except HTTPException, OSError, ValueError:
            # Without the text of the error, which may quote the URL.
            raise TemporaryFailure("cannot_connect") from None

    async def _connect(self, url: URL, only_outside: bool) -> socket.socket:
        resolved = await async_resolve(self._hass, url.host or "")
        found = [each["host"] for each in resolved]
        if only_outside and any(map(is_at_home, found)):
            raise RefusedByPolicy("private_address")
        return await start_connection(
            [_address(each, url.port or 0) for each in found],
            happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS,
        )


class _Exchange:
    """One request and its response over a new connection."""

    def __init__(
        self, connected: socket.socket, request: Request, url: URL, max_bytes: int
    ) -> None:
        self._socket = connected
        self._request = request
        self._url = url
        self._max_bytes = max_bytes
        self._has_ended = False

    def run(self, receive: Receive, timeout: float) -> Response:
        """Send, read the response and call `receive`; blocks.

        Raises OSError, HTTPException and TemporaryFailure.
        """
        try:
            self._prepare(timeout)
            response = self._read(self._send())
            # Before anything else, even closing the connection: a complete response must be kept.
            receive(response)
            if self._has_ended:
                # `http.client` takes a response without a length that was cut off for a complete one.
                raise TimeoutError
            return response
        except HTTPException, OSError:
            if self._has_ended:
                raise TimeoutError from None
            raise
        finally:
            self._socket.close()

    def end(self) -> None:
        """Shut the connection down, so that the thread's system call fails. For the event loop."""
        self._has_ended = True
        with suppress(OSError):
            # Not the SSL socket's own `shutdown`, after which the socket would go on unencrypted.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _prepare(self, timeout: float) -> None:
        if self._url.scheme == "https":
            self._socket.settimeout(timeout)
            wrapped = client_context(alpn_protocols=SSL_ALPN_HTTP11).wrap_socket(
                self._socket,
                server_hostname=self._url.raw_host,
                do_handshake_on_connect=False,
            )
            # Before the handshake, which `end` could not shut down on the socket that was wrapped.
            self._socket = wrapped
            if self._has_ended:
                raise TimeoutError
            wrapped.do_handshake()
            return
        # With Python's timeout, each system call would be preceded by another one (`poll`).
        self._socket.settimeout(None)
        limit = struct.pack("@ll", int(timeout), 0)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, limit)

    def _send(self) -> HTTPResponse:
        request, url = self._request, self._url
        connection = HTTPConnection(url.raw_host or "")
        connection.response_class = _FinalResponse
        connection.sock = self._socket
        connection.putrequest(
            request.method, url.raw_path_qs, skip_host=True, skip_accept_encoding=True
        )
        headers = {
            "Host": url.host_port_subcomponent or "",
            "User-Agent": SERVER_SOFTWARE,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "Content-Length": str(len(request.body or b"")),
            **request.headers,
        }
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(request.body)
        return connection.getresponse()

    def _read(self, response: HTTPResponse) -> Response:
        body = self._body(response)
        if len(body) > self._max_bytes:
            raise TemporaryFailure("response_too_large")
        if response.length:
            raise IncompleteRead(b"", response.length)
        if (coding := response.getheader("Content-Encoding")) is not None:
            # Some servers compress despite `Accept-Encoding: identity`.
            body = _decompressed(body, coding, self._max_bytes)
        return Response(
            status=response.status,
            headers={
                name: ", ".join(response.headers.get_all(name, []))
                for name in response.headers
            },
            body=body,
        )

    def _body(self, response: HTTPResponse) -> bytes:
        """Return a body, of one that is too long little more than is allowed.

        `read` would take a chunk of a negative size for one that ends with the connection, and read all
        of it.
        """
        body = bytearray()
        while len(body) <= self._max_bytes:
            if not (part := response.read1(self._max_bytes + 1)):
                break
            body += part
        return bytes(body)


class _Lines:
    """Reads lines of a connection, and keeps the last one."""

    def __init__(self, connection: BufferedReader) -> None:
        self.last = b""
        self._connection = connection

    def readline(self, size: int) -> bytes:
        """Return the next line, empty where the connection has ended."""
        self.last = self._connection.readline(size)
        return self.last

    def close(self) -> None:
        """Close the connection's file, as after a first line that is not HTTP."""
        self._connection.close()


class _FinalResponse(HTTPResponse):
    """A response after all interim ones (RFC 9110, 15.2), of which `http.client` knows 100 only.

    Nor does it know whether the headers were cut: it takes the end of the connection for theirs.
    """

    @override
    def begin(self) -> None:
        connection, lines = self.fp, _Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]  # only lines are read of headers
        try:
            self._begin(lines)
        finally:
            self.fp = connection

    def _begin(self, lines: _Lines) -> None:
        for _ in range(_MOST_INTERIM):
            super().begin()
            if lines.last not in (b"\r\n", b"\n"):
                raise IncompleteRead(b"")
            is_final = not 100 < self.status < 200
            if is_final or self.status == HTTPStatus.SWITCHING_PROTOCOLS:
                return
            # Without headers, the next response is read from the same buffer.
            self.headers = None  # type: ignore[assignment]  # as before the first response
        raise HTTPException("too many interim responses")


@singleton(HassKey[ThreadedTransport]("oauth2_client.threaded_transport"))
@callback
def async_get_threaded_transport(hass: HomeAssistant) -> ThreadedTransport:
    """Return the transport that sends the refreshes of all accounts."""
    return ThreadedTransport(hass)


def _decompressed(body: bytes, coding: str, max_bytes: int) -> bytes:
    """Return a body without its content coding.

    Raises TemporaryFailure (`response_too_large`), and ValueError for one that was cut.
    """
    from ..document.parsing.decompression import TooLarge, decompressed  # noqa: PLC0415 - few servers compress unasked

    try:
        return decompressed(body, coding, max_bytes)
    except TooLarge:
        raise TemporaryFailure("response_too_large") from None


def _let_go(held: ExitStack, job: asyncio.Future[Response]) -> None:
    held.close()
    if not job.cancelled():
        # Where the caller was cancelled, nobody else asks for the error.
        job.exception()


def _address(address: str, port: int) -> AddrInfoType:
    """Return an IP address in the form of `getaddrinfo`."""
    kind, protocol = socket.SOCK_STREAM, socket.IPPROTO_TCP
    if ":" in address:
        return (socket.AF_INET6, kind, protocol, "", (address, port, 0, 0))
    return (socket.AF_INET, kind, protocol, "", (address, port))
