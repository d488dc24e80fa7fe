"""An answer of 16 MB of the action `request`: how long it stalls the loop, and how much it takes."""

from collections.abc import Awaitable, Callable
import ctypes
import gc
from pathlib import Path
import re
from typing import Any, Final

import orjson

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.core import HomeAssistant

from .figures import HugeAnswer
from .measure import longest_stall
from .site import TOKEN, Site

HUGE: Final = "huge"
# Some below the bound of an answer, 16 MiB.
_RECORDS: Final = 106_000
# Some below the bound of what the action returns, 4 MiB.
_RETURNED: Final = 24_000
# One record in so many repeats the token.
_REPEATS: Final = 1_000


def huge_answer() -> bytes:
    """Return a body of 16 MB: records, some of which repeat the token."""
    records = [
        {
            "id": index,
            "name": f"Meter {index} in the building {index % 7}",
            "power": round(index * 7.31, 2),
            "note": TOKEN if index % _REPEATS == 0 else "measured by the minute",
            "seen": "2026-11-24T10:00:00+00:00",
            "online": index % 11 != 0,
        }
        for index in range(_RECORDS)
    ]
    return orjson.dumps(records)


class LargeAnswer:
    """Asks for the large answer as an automation does, and measures that."""

    def __init__(self, hass: HomeAssistant, size: int, entry_id: str) -> None:
        self._hass = hass
        self._size = size
        self._entry_id = entry_id

    async def take(self, sample: HugeAnswer) -> float:
        """Return the longest stall in milliseconds, or the peak as a multiple of the answer."""
        if sample.peak:
            return await peak_memory(self._ask) / self._size
        return await longest_stall(self._ask)

    async def _ask(self) -> None:
        answer: Any = await self._hass.services.async_call(
            DOMAIN,
            "request",
            {
                "account": self._entry_id,
                "url": f"/{HUGE}",
                "response_path": f"$[:{_RETURNED}]",
            },
            blocking=True,
            return_response=True,
        )
        if len(answer["data"]) != _RETURNED or TOKEN in answer["data"][0]["note"]:
            raise RuntimeError("The answer is not the one that was put, less the token")


async def set_up_large_answer(
    hass: HomeAssistant, site: Site, entry_id: str
) -> LargeAnswer:
    """Return what measures, once the site has the answer."""
    body = huge_answer()
    await site.put(HUGE, body)
    return LargeAnswer(hass, len(body), entry_id)


async def peak_memory(work: Callable[[], Awaitable[object]]) -> int:
    """Return how many bytes of memory more than before the process has at most while it works.

    What it had freed before, and what its allocator had kept of that, is given back first.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = _resident("VmRSS")
    # Resets the peak: proc_pid_clear_refs(5).
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    await work()
    return _resident("VmHWM") - before


def _resident(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kilobytes] = re.findall(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kilobytes) * 1024
