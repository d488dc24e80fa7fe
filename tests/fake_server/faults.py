"""Scripted answers: what a provider, or the network on the way to it, does on a bad day."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
import json
import socket
import struct
from typing import Final, Self

from aiohttp import web
from aiohttp.typedefs import Handler

# Closes a connection with RST, as a router does that has forgotten it, and not with FIN.
_NO_LINGER: Final = struct.pack("ii", 1, 0)
# Between two pieces of what is written raw, where a fault does not say otherwise: the client has
# time to close the connection.
_SHORT_PAUSE_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request in place of its real answer.

    `process` lets the server act on the request first (a token really rotates) and then keeps the
    real answer back. A status of None sends the real answer, after `delay` seconds and once `let` is
    set. `rewrite` makes the fault of the real answer's body, for one that is wrong in one respect only.

    `raw` is written to the connection piece by piece, `pause` seconds apart, in place of an HTTP
    answer; it may never end. Then the connection is closed, with `reset` as one that broke.
    """

    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    let: asyncio.Event | None = None
    disconnect: bool = False
    reset: bool = False
    process: bool = False
    rewrite: Callable[[bytes], Fault] | None = None
    raw: Iterable[bytes] | None = None
    pause: float = _SHORT_PAUSE_SECONDS

    @classmethod
    def json(cls, status: int, document: object, **headers: str) -> Self:
        """Answer with a JSON document; `Retry_After="5"` becomes the header Retry-After."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(
            status=status,
            headers={"Content-Type": "application/json"} | named,
            body=json.dumps(document).encode(),
        )

    @property
    def wants_processing(self) -> bool:
        if self.process or self.rewrite is not None:
            return True
        return self.status is None and not self.ends_connection

    @property
    def ends_connection(self) -> bool:
        return self.disconnect or self.reset or self.raw is not None


async def answer(
    faults: deque[Fault], request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Answer as the next fault says, or really when none is left."""
    if not faults:
        return await handler(request)
    fault = faults.popleft()
    real = await _processed(request, handler) if fault.wants_processing else None
    if fault.rewrite is not None:
        fault = fault.rewrite(_body(real))
    await asyncio.sleep(fault.delay)
    if fault.let is not None:
        await fault.let.wait()
    if fault.ends_connection:
        await _end_connection(fault, request.transport)
        return web.Response()  # aiohttp wants one; the closed transport drops it.
    if real is not None and fault.status is None:
        return real
    return web.Response(
        status=fault.status or 200, headers=fault.headers, body=fault.body
    )


async def _end_connection(fault: Fault, transport: asyncio.Transport | None) -> None:
    if transport is None:
        return
    try:
        for piece in fault.raw or ():
            if transport.is_closing():
                return
            transport.write(piece)
            await asyncio.sleep(fault.pause)
    except asyncio.CancelledError:
        # The client is gone: what it has not read is not kept for it.
        transport.abort()
        raise
    if not fault.reset:
        transport.close()
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


async def _processed(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.Response(status=error.status, headers=error.headers, body=error.body)


def _body(real: web.StreamResponse | None) -> bytes:
    body = real.body if isinstance(real, web.Response) else None
    return body if isinstance(body, bytes) else b""
