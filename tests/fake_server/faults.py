"""Scripted answers: what a provider does on a bad day."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request in place of its real answer.

    `process` lets the server act on the request first (a token really rotates) and then keeps the
    real answer back. A status of None sends the real answer, after `delay` seconds.
    """

    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    disconnect: bool = False
    process: bool = False

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
        return self.process or (self.status is None and not self.disconnect)


async def answer(
    faults: deque[Fault], request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Answer as the next fault says, or really when none is left."""
    if not faults:
        return await handler(request)
    fault = faults.popleft()
    real = await _processed(request, handler) if fault.wants_processing else None
    await asyncio.sleep(fault.delay)
    if fault.disconnect:
        if request.transport is not None:
            request.transport.close()
        return web.Response()  # aiohttp wants one; the closed transport drops it.
    if real is not None and fault.status is None:
        return real
    return web.Response(
        status=fault.status or 200, headers=fault.headers, body=fault.body
    )


async def _processed(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.Response(status=error.status, headers=error.headers, body=error.body)
