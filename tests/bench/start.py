"""One start, in a process of its own: `python -m tests.bench.start`, with a `Start` as JSON on stdin.

Imports nothing of what is measured, and nothing of the test plugin.
"""

import asyncio
from dataclasses import asdict, dataclass, replace
import gc
import os
import sys
from time import perf_counter, process_time
from typing import Any, Final

import orjson

from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.setup import async_setup_component

from .home import start_home

_TIMEOUT_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """What is to be set up, in which home, and the state of a sensor that ends the measurement.

    With `form`, the account flow is started afterwards.
    """

    folder: str
    integrations: tuple[str, ...]
    domain: str
    config: dict[str, Any]
    state: str
    form: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """Milliseconds until the state was there; from the start of the flow, until its steps were.

    The CPU time is that of all threads of the process.
    """

    set_up: float
    set_up_cpu: float
    # Of the integration, when the state was there.
    modules: list[str]
    first_form: float | None = None
    provider_list: float | None = None


async def run(start: Start) -> Started:
    """Start Home Assistant, then measure."""
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        hass = await start_home(start.folder, start.integrations)
        started = await _set_up(hass, start)
        if not start.form:
            return started
        await hass.async_block_till_done()
        first_form, provider_list = await _open_flow(hass, start.domain)
    return replace(started, first_form=first_form, provider_list=provider_list)


async def _set_up(hass: HomeAssistant, start: Start) -> Started:
    shown: asyncio.Future[tuple[float, float]] = hass.loop.create_future()

    @callback
    def look(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.domain == "sensor" and new.state == start.state:
            # One state is waited for, but others may follow it.
            if not shown.done():
                shown.set_result((perf_counter(), process_time()))

    hass.bus.async_listen(EVENT_STATE_CHANGED, look)
    # Else it is chance in which start the whole heap of Home Assistant is searched for garbage.
    gc.collect()
    begun, begun_cpu = perf_counter(), process_time()
    # The state may come before the set-up is over (rest), or after it (ours).
    set_up, (ended, ended_cpu) = await asyncio.gather(
        async_setup_component(hass, start.domain, start.config), shown
    )
    assert set_up, start.domain
    package = f"custom_components.{start.domain}."
    return Started(
        set_up=(ended - begun) * 1000,
        set_up_cpu=(ended_cpu - begun_cpu) * 1000,
        modules=sorted(
            name.removeprefix(package) for name in sys.modules if package in name
        ),
    )


async def _open_flow(hass: HomeAssistant, domain: str) -> tuple[float, float]:
    flows = hass.config_entries.flow
    begun = perf_counter()
    menu = await flows.async_init(domain, context={"source": SOURCE_USER})
    first_form = perf_counter() - begun
    step = {"next_step_id": "catalogue"}
    result = await flows.async_configure(menu["flow_id"], step)
    provider_list = perf_counter() - begun
    assert result["step_id"] == "catalogue", result
    return first_form * 1000, provider_list * 1000


def main() -> None:
    """Print what was measured, and end before anything is stored: each finds the same home."""
    start = Start(**orjson.loads(sys.stdin.buffer.read()))
    started = asyncio.run(run(start))
    sys.stdout.buffer.write(orjson.dumps(asdict(started)))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
