"""How many token requests many callers make whose token has expired."""

import asyncio
import time
from typing import Final

import orjson

from custom_components.oauth2_client.runtime import async_get_account
from homeassistant.core import HomeAssistant

from .readers import set_up_account
from .site import Site

_CALLERS: Final = 100
_TOKEN: Final = "token"
_PATH: Final = "stampede"
# The first refresh is that of the set-up; what it brings has expired soon.
_SHORT_LIFE_SECONDS: Final = 1


async def take_stampede(hass: HomeAssistant, site: Site) -> float:
    """Return the token requests of a hundred callers."""
    await site.put(_PATH, b"{}")
    await site.put(_TOKEN, _answer(_SHORT_LIFE_SECONDS))
    old = {"refresh_token": "bench", "expires_at": time.time() - 1}
    entry = await set_up_account(hass, site, {}, name="Stampede", token=old)
    account = async_get_account(hass, entry.entry_id)
    await account.ensure_token_valid()
    await site.put(_TOKEN, _answer(3600))
    await asyncio.sleep(_SHORT_LIFE_SECONDS + 0.1)
    before = await site.asked(_TOKEN)
    responses = await asyncio.gather(
        *(account.request("GET", _PATH) for _ in range(_CALLERS))
    )
    if {response.status for response in responses} != {200}:
        raise RuntimeError("A caller was not answered")
    requests = await site.asked(_TOKEN) - before
    await hass.config_entries.async_remove(entry.entry_id)
    return float(requests)


def _answer(seconds: int) -> bytes:
    return orjson.dumps(
        {"access_token": "new", "token_type": "Bearer", "expires_in": seconds}
    )
