"""Has crowds of accounts measured, each in a process of its own."""

import asyncio
from dataclasses import asdict
import sys
from typing import Final

import orjson

from . import crowd
from .figures import FLOOR, Crowd
from .site import Site

_LEVEL: Final = b'{"level": 1}'


class Crowds:
    """Takes samples of crowds. What one process measures is taken once."""

    def __init__(self, site: Site, accounts: int) -> None:
        self._site = site
        self._accounts = accounts
        self._taken: dict[bool, crowd.Crowded] = {}

    async def take(self, sample: Crowd) -> float:
        """Return one sample."""
        bare = sample.by == FLOOR
        if (taken := self._taken.get(bare)) is None:
            for place in range(crowd.RESOURCES):
                await self._site.put(f"crowd/{place}", _LEVEL)
            taken = self._taken[bare] = await self._run(bare=bare)
        value: float = getattr(taken, sample.what)
        return value

    async def _run(self, *, bare: bool) -> crowd.Crowded:
        asked = crowd.Crowd(
            base_url=self._site.base_url, accounts=self._accounts, bare=bare
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", crowd.__name__),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, log = await process.communicate(orjson.dumps(asdict(asked)))
        if process.returncode:
            raise RuntimeError(f"A crowd failed: {log.decode()}")
        return crowd.Crowded(**orjson.loads(printed))
