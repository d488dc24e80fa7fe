"""An API in a process of its own, so that what it does is not measured: what was put is answered."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import sys
from typing import Final

import aiohttp
from aiohttp import web

TOKEN: Final = "bench-access"
_ASKED: Final = "asked/"
HEADERS: Final = {"Authorization": f"Bearer {TOKEN}"}


class Site:
    """The API, as a client that decides what it answers with."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession) -> None:
        self.base_url: Final = base_url
        self._session = session

    def url(self, path: str) -> str:
        return f"{self.base_url}/{path}"

    async def put(self, path: str, body: bytes) -> None:
        """Answer with these bytes from now on."""
        async with self._session.put(self.url(path), data=body) as response:
            response.raise_for_status()

    async def asked(self, path: str) -> int:
        """Return how many requests came for a path."""
        async with self._session.get(self.url(f"{_ASKED}{path}")) as response:
            return int(await response.text())


@asynccontextmanager
async def running_site() -> AsyncGenerator[Site]:
    """Run the API."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        base_url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as session:
            yield Site(base_url, session)
    finally:
        process.terminate()
        await process.wait()


async def _serve() -> None:
    bodies: dict[str, bytes] = {}
    asked: Counter[str] = Counter()

    async def handle(request: web.BaseRequest) -> web.Response:
        if request.method == "PUT":
            bodies[request.path] = await request.content.read()
            return web.Response(status=204)
        if request.path.startswith(f"/{_ASKED}"):
            path = request.path.removeprefix(f"/{_ASKED}")
            return web.Response(text=str(asked[f"/{path}"]))
        asked[request.path] += 1
        return web.Response(body=bodies[request.path], content_type="application/json")

    # Without an application, whose routes and middlewares would be felt at ten values.
    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    sys.stdout.write(f"http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    # Until the process is ended by who started it.
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
