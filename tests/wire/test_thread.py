"""Requests that a thread sends and reads: bounded, and acted on while the event loop is busy."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
import gzip
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import chain, repeat
import ssl
import threading
from typing import Any, override

import pytest

from custom_components.oauth2_client.oauth2 import Request, Response, TemporaryFailure
from custom_components.oauth2_client.wire.thread import (
    ThreadedTransport,
    _Exchange,
    async_get_threaded_transport,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import DATA_RESOLVER, SERVER_SOFTWARE

from ..fake_server import FakeServer, Fault
from ..waiting import until
from .broken_answers import BROKEN_ANSWERS


@pytest.fixture
async def transport(hass: HomeAssistant) -> ThreadedTransport:
    """The threaded transport of a Home Assistant."""
    return async_get_threaded_transport(hass)


def _token_request(server: FakeServer) -> Request:
    return Request(
        method="POST",
        url=f"{server.token_url}?a=%2Fb",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=b"grant_type=refresh_token&x=1",
    )


def _ignore(_: Response) -> None:
    pass


async def test_an_answer_is_returned_and_received_whatever_its_status(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    server.token_faults.append(Fault(418, {"X-A": "b"}, b"tea"))
    received: list[tuple[Response, int]] = []
    response = await transport.send(
        _token_request(server),
        receive=lambda each: received.append((each, threading.get_ident())),
    )

    assert (response.status, response.header("x-a"), response.body) == (
        418,
        "b",
        b"tea",
    )
    [(same, thread)] = received
    assert same is response
    assert thread != threading.get_ident()


async def test_a_request_has_the_headers_of_the_other_transport(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    await transport.send(_token_request(server), receive=_ignore)

    assert server.token_requests[-1]["x"] == "1"
    headers = server.token_headers[-1]
    assert headers["user-agent"] == SERVER_SOFTWARE
    assert headers["host"] == server.base_url.removeprefix("http://")


async def test_a_redirect_is_returned_and_not_followed(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    server.token_faults.append(Fault(307, {"Location": server.api_base_url}))

    response = await transport.send(_token_request(server), receive=_ignore)

    assert response.status == 307
    assert server.api_requests == []


async def test_a_response_that_is_compressed_unasked_is_read(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    server.token_faults.append(
        Fault(200, {"Content-Encoding": "gzip"}, gzip.compress(b"{}"))
    )
    response = await transport.send(_token_request(server), receive=_ignore)

    assert response.body == b"{}"


@pytest.mark.parametrize(("fault", "patience", "code"), BROKEN_ANSWERS)
async def test_a_broken_response_is_temporary_and_not_received(
    server: FakeServer,
    transport: ThreadedTransport,
    fault: Fault,
    patience: float,
    code: str,
) -> None:
    server.token_faults.append(fault)
    received: list[Response] = []
    with pytest.raises(TemporaryFailure, match=code) as raised:
        await transport.send(
            _token_request(server),
            receive=received.append,
            timeout=patience,
            max_bytes=1000,
        )
    assert received == []
    # Errors of the libraries quote the URL.
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


async def test_a_chunk_of_a_negative_size_is_read_no_further_than_allowed(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"
    server.token_faults.append(Fault(raw=chain([head], repeat(bytes(2**16)))))

    with pytest.raises(TemporaryFailure, match="response_too_large"):
        await transport.send(
            _token_request(server), receive=_ignore, timeout=5, max_bytes=1000
        )


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 2,
    ],
)
async def test_the_response_after_interim_ones_is_the_answer(
    server: FakeServer, transport: ThreadedTransport, interim: bytes
) -> None:
    final = b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}"
    server.token_faults.append(Fault(raw=[interim + final]))
    received: list[Response] = []
    response = await transport.send(_token_request(server), receive=received.append)

    assert received == [response]
    assert (response.status, response.body) == (200, b"{}")
    assert response.headers == {"X-A": "b", "Content-Length": "2"}


async def test_interim_responses_without_end_are_a_failure(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    server.token_faults.append(Fault(raw=repeat(hints)))

    with pytest.raises(TemporaryFailure, match="cannot_connect"):
        await transport.send(_token_request(server), receive=_ignore)


@pytest.mark.usefixtures("socket_enabled")
async def test_a_host_that_cannot_be_reached_is_temporary(
    transport: ThreadedTransport,
) -> None:
    with pytest.raises(TemporaryFailure, match="cannot_connect"):
        await transport.send(
            Request(method="POST", url="http://127.0.0.1:9/"), receive=_ignore
        )


class Names:
    """Resolves as it is told."""

    def __init__(self, **known: str) -> None:
        self._known = known

    async def resolve(self, host: str, port: int, family: int) -> list[dict[str, Any]]:
        if host not in self._known:
            raise OSError(host)
        return [{"host": self._known[host], "port": port, "family": family}]


async def test_names_are_resolved_as_for_other_requests(
    hass: HomeAssistant, server: FakeServer, transport: ThreadedTransport
) -> None:
    names: Any = Names(sandbox="127.0.0.1")
    hass.data[DATA_RESOLVER] = names
    url = server.token_url.replace("127.0.0.1", "sandbox")
    response = await transport.send(Request(method="POST", url=url), receive=_ignore)

    assert response.status == 400
    assert server.token_headers[-1]["host"].startswith("sandbox:")
    with pytest.raises(TemporaryFailure, match="cannot_connect"):
        await transport.send(
            Request(method="POST", url=url.replace("sandbox", "other")),
            receive=_ignore,
        )


type _Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _serving(serve: _Serve) -> AsyncGenerator[str]:
    """Run a server of raw bytes; yield its address."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    "drip",
    [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"],
)
async def test_a_server_that_drips_does_not_hold_a_thread(
    transport: ThreadedTransport, drip: bytes
) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(drip)
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            writer.close()

    async with _serving(serve) as url:
        with pytest.raises(TemporaryFailure, match="timeout"):
            await transport.send(
                Request(method="POST", url=url), receive=_ignore, timeout=0.3
            )


@pytest.mark.usefixtures("socket_enabled")
async def test_a_server_that_does_not_finish_the_tls_handshake_does_not_hold_a_thread(
    transport: ThreadedTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only the event loop's time limit is left.
    monkeypatch.setattr(
        "custom_components.oauth2_client.wire.thread._BACKSTOP_SECONDS", 3600
    )
    was_closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        was_closed.set()
        writer.close()

    async with _serving(serve) as url:
        sending = asyncio.create_task(
            transport.send(
                Request(method="POST", url=url.replace("http:", "https:")),
                receive=_ignore,
                timeout=0.3,
            )
        )
        async with asyncio.timeout(10):
            await was_closed.wait()
            with pytest.raises(TemporaryFailure, match="timeout"):
                await sending


@pytest.mark.usefixtures("socket_enabled")
async def test_a_server_without_tls_at_an_https_address_is_temporary(
    transport: ThreadedTransport,
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with _serving(serve) as url:
        with pytest.raises(TemporaryFailure, match="cannot_connect"):
            await transport.send(
                Request(method="POST", url=url.replace("http:", "https:")),
                receive=_ignore,
            )


class _Slow(BaseHTTPRequestHandler):
    """Answers when it is told to, from a thread of its own."""

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, _SlowServer)
        server.asked.set()
        server.may_answer.wait(10)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


class _SlowServer(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Slow)
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.request_ = Request(
            method="POST", url=f"http://127.0.0.1:{self.server_port}/"
        )


@pytest.fixture
def slow_server(socket_enabled: None) -> Iterator[_SlowServer]:
    """A server that does not run on the event loop."""
    with _SlowServer() as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield server
        thread.join()


async def _until_asked(server: _SlowServer) -> None:
    await asyncio.get_running_loop().run_in_executor(None, server.asked.wait, 10)


async def test_a_response_is_received_while_the_event_loop_is_busy(
    slow_server: _SlowServer, transport: ThreadedTransport
) -> None:
    received = threading.Event()
    sending = asyncio.create_task(
        transport.send(slow_server.request_, receive=lambda _: received.set())
    )
    await _until_asked(slow_server)
    slow_server.may_answer.set()

    # The event loop does nothing else meanwhile.
    assert received.wait(10)
    assert not sending.done()
    assert (await sending).body == b"{}"


async def test_a_response_is_received_for_a_caller_that_is_cancelled(
    slow_server: _SlowServer, transport: ThreadedTransport
) -> None:
    received = threading.Event()
    sending = asyncio.create_task(
        transport.send(slow_server.request_, receive=lambda _: received.set())
    )
    await _until_asked(slow_server)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    slow_server.may_answer.set()

    assert await asyncio.get_running_loop().run_in_executor(None, received.wait, 10)


async def test_a_response_that_comes_just_as_the_time_ends_is_received(
    server: FakeServer, transport: ThreadedTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = _Exchange._read

    def read_and_end(exchange: _Exchange, response: Any) -> Response:
        made = read(exchange, response)
        exchange.end()
        return made

    monkeypatch.setattr(_Exchange, "_read", read_and_end)
    received: list[Response] = []
    with pytest.raises(TemporaryFailure, match="timeout"):
        await transport.send(_token_request(server), receive=received.append)

    assert len(received) == 1


async def test_a_truncated_response_is_temporary(
    transport: ThreadedTransport, socket_enabled: None
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")
        writer.close()

    async with _serving(serve) as url:
        with pytest.raises(TemporaryFailure, match="cannot_connect"):
            await transport.send(Request(method="POST", url=url), receive=_ignore)


async def test_few_threads_wait_for_one_host(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    let = asyncio.Event()
    server.token_faults.extend([Fault(200, {}, b"{}", let=let)] * 12)
    sending = [
        asyncio.create_task(transport.send(_token_request(server), receive=_ignore))
        for _ in range(12)
    ]
    await until(lambda: len(server.token_requests) >= 4)
    # A fifth would be there by now.
    await asyncio.sleep(0.1)
    assert len(server.token_requests) == 4
    let.set()
    await asyncio.gather(*sending)

    assert len(server.token_requests) == 12


async def test_a_thread_keeps_its_place_where_its_caller_is_cancelled(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    let = asyncio.Event()
    server.token_faults.extend([Fault(200, {}, b"{}", let=let)] * 5)
    first = [
        asyncio.create_task(transport.send(_token_request(server), receive=_ignore))
        for _ in range(4)
    ]
    await until(lambda: len(server.token_requests) == 4)
    for each in first:
        each.cancel()
    await asyncio.gather(*first, return_exceptions=True)
    next_one = asyncio.create_task(
        transport.send(_token_request(server), receive=_ignore)
    )
    # The request would be there by now.
    await asyncio.sleep(0.1)
    assert len(server.token_requests) == 4
    let.set()

    assert (await next_one).body == b"{}"


@pytest.mark.usefixtures("socket_enabled")
async def test_the_time_limit_holds_where_the_caller_is_cancelled(
    transport: ThreadedTransport, caplog: pytest.LogCaptureFixture
) -> None:
    was_asked, was_closed = asyncio.Event(), asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        was_asked.set()
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            was_closed.set()
            writer.close()

    async with _serving(drip) as url, asyncio.timeout(10):
        sending = asyncio.create_task(
            transport.send(
                Request(method="POST", url=url), receive=_ignore, timeout=0.3
            )
        )
        await was_asked.wait()
        sending.cancel()
        await was_closed.wait()
    assert "never retrieved" not in caplog.text


async def test_the_time_limit_includes_the_wait_for_a_thread(
    server: FakeServer, transport: ThreadedTransport
) -> None:
    let = asyncio.Event()
    server.token_faults.extend([Fault(200, {}, b"{}", let=let)] * 4)
    first = [
        asyncio.create_task(transport.send(_token_request(server), receive=_ignore))
        for _ in range(4)
    ]
    await asyncio.sleep(0)
    with pytest.raises(TemporaryFailure, match="timeout"):
        await transport.send(_token_request(server), receive=_ignore, timeout=0.2)
    let.set()
    await asyncio.gather(*first)
    assert len(server.token_requests) == 4


async def test_tls_uses_home_assistants_context(
    server: FakeServer,
    transport: ThreadedTransport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A certificate that nobody has signed is refused by Home Assistant's context.
    asked: list[Any] = []

    class Context:
        def wrap_socket(self, _: object, **options: Any) -> None:
            asked.append(options)
            raise ssl.SSLCertVerificationError

    monkeypatch.setattr(
        "custom_components.oauth2_client.wire.thread.client_context",
        lambda **_: Context(),
    )
    url = server.token_url.replace("http:", "https:")
    with pytest.raises(TemporaryFailure, match="cannot_connect"):
        await transport.send(Request(method="POST", url=url), receive=_ignore)
    assert asked == [{"server_hostname": "127.0.0.1", "do_handshake_on_connect": False}]
