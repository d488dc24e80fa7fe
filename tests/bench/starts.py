"""Has starts measured, each in a process of its own, all of the same home."""

import asyncio
from dataclasses import asdict
import os
import sys
from typing import Any, Final

import orjson

from custom_components.oauth2_client.const import DOMAIN

from .answers import answer, numbers
from .figures import OURS, FirstForm, StartUp
from .home import CORE, EVERY_HOME, running_home
from .readers import check_alike, rest_config, set_up_ours, set_up_rest
from .site import Site
from .start import Start, Started

# One resource of one value.
_VALUES: Final = 1


class Starts:
    """Takes samples of starts. What one process measures is taken only once a round."""

    def __init__(self, folder: str, site: Site) -> None:
        self._folder = folder
        self._site = site
        self._taken: dict[tuple[str, bool], Started] = {}

    async def prepare(self) -> None:
        """Put into the folder what an earlier start has left there: account, token, entities."""
        await self._site.put(str(_VALUES), answer(_VALUES, 1))
        async with running_home(self._folder) as hass:
            ours = await set_up_ours(hass, self._site, [_VALUES], large=False)
            rest = await set_up_rest(hass, self._site, [_VALUES])
            check_alike(hass, ours[str(_VALUES)], rest[str(_VALUES)])

    async def modules(self) -> list[str]:
        """Return the modules of ours that a start imports."""
        return (await self._started(OURS, bare=False)).modules

    def begin_round(self) -> None:
        """Forget what the last round measured."""
        self._taken.clear()

    async def take(self, sample: StartUp | FirstForm) -> float:
        """Return one sample, in milliseconds."""
        if isinstance(sample, StartUp):
            started = await self._started(sample.by, bare=sample.bare)
            return started.set_up_cpu if sample.cpu else started.set_up
        started = await self._started(OURS, bare=False)
        taken = started.provider_list if sample.to_list else started.first_form
        assert taken is not None
        return taken

    async def _started(self, by: str, *, bare: bool) -> Started:
        if (started := self._taken.get((by, bare))) is None:
            started = await self._start(by, bare=bare)
            self._taken[by, bare] = started
        return started

    async def _start(self, by: str, *, bare: bool) -> Started:
        config: dict[str, Any] = {}
        if by != OURS:
            config = {"rest": rest_config(self._site, [_VALUES])}
        start = Start(
            folder=self._folder,
            integrations=CORE if bare else EVERY_HOME,
            domain=DOMAIN if by == OURS else "rest",
            config=config,
            state=str(numbers(_VALUES, 1)[0]),
            form=by == OURS and not bare,
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.start"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Bytecode is kept, so that only the warm-up has to compile.
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        )
        printed, log = await process.communicate(orjson.dumps(asdict(start)))
        if process.returncode:
            raise RuntimeError(f"A start failed: {log.decode()}")
        return Started(**orjson.loads(printed))
