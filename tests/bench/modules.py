"""Prints the modules that setting up one account with one sensor imports: `python -m tests.bench.modules`."""

import asyncio
import sys
import tempfile

from .site import running_site
from .starts import Starts


async def _modules() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        async with running_site() as site:
            starts = Starts(folder, site)
            await starts.prepare()
            return await starts.modules()


if __name__ == "__main__":
    sys.stdout.write("\n".join([*asyncio.run(_modules()), ""]))
