"""The fake server as a process of its own: `python -m tests.fake_server`."""

import argparse
import asyncio
from collections.abc import Sequence
import signal
import sys

from .server import FakeServer
from .settings import Settings


def _settings(arguments: Sequence[str] | None = None) -> Settings:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fake_server", description=__doc__
    )
    parser.add_argument("--port", type=int, default=8125)
    parser.add_argument(
        "--access-token-lifetime",
        type=int,
        default=3600,
        metavar="SECONDS",
        dest="lifetime",
    )
    options = parser.parse_args(arguments)
    return Settings(port=options.port, access_token_lifetime=options.lifetime)


async def _serve(settings: Settings) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with FakeServer(settings) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_settings()))
