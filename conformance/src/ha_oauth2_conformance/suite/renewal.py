"""A token that is over: it is renewed once, what is new is kept, and nobody's hurry loses it."""

import asyncio
from contextlib import suppress

from homeassistant.config_entries import ConfigEntry

from ..home import OVER, Home
from ..outcome import NotReached
from ..verdict import Severity, register, require
from .expecting import need_refresh, newest_is_sent

_PATIENCE_SECONDS = 5.0


@register(
    "refresh",
    Severity.MUST,
    "A token that is over is renewed before it is used.",
    "Use OAuth2Session and call async_ensure_token_valid in async_setup_entry.",
)
async def refresh(home: Home) -> None:
    await home.connected(lifetime=OVER)
    require(home.server.refreshes, "the token was over, and nobody renewed it")


@register(
    "refresh_rotation",
    Severity.MUST,
    "A refresh token that replaces another is stored, and the next refresh sends it.",
    "Store the whole new token with async_update_entry, as OAuth2Session does.",
)
async def rotation(home: Home) -> None:
    """RFC 6749, 6: the old one is worthless."""
    entry = await home.connected(lifetime=OVER)
    need_refresh(home)
    require(await home.stores_newest(), "it is not stored")
    await home.outlive()
    await home.run_again(entry)
    newest_is_sent(home)


@register(
    "refresh_rotation_restart",
    Severity.MUST,
    "A refresh token that replaces another is still there after a restart.",
    "Store it in the entry or in a Store, and not in memory alone.",
)
async def rotation_restart(home: Home) -> None:
    await home.connected(lifetime=OVER)
    need_refresh(home)
    require(await home.stores_newest(), "it is not stored before the restart")
    count = len(home.server.refreshes)
    await home.outlive()
    await home.restart()
    require(len(home.server.refreshes) > count, "nothing is renewed after the restart")
    newest_is_sent(home)


@register(
    "refresh_keeps_refresh_token",
    Severity.MUST,
    "An answer without a refresh token leaves the stored one as it is.",
    "Merge the answer over the stored token, and do not replace it.",
)
async def keeps(home: Home) -> None:
    """RFC 6749, 6: a new one may be issued."""
    home.server.rotate = False
    entry = await home.connected(lifetime=OVER)
    need_refresh(home)
    require(await home.stores_newest(), "it is gone")
    await home.outlive()
    await home.run_again(entry)
    newest_is_sent(home)


@register(
    "refresh_once",
    Severity.MUST,
    "Callers that need a new token at the same time make one token request.",
    "Share one OAuth2Session for each entry: its lock is its own.",
)
async def once(home: Home) -> None:
    """A second request with one refresh token reads as theft (RFC 9700, 4.14.2)."""
    entry = await _lasting(home)
    before = len(home.server.refreshes)
    # The first answer is good for an hour: whoever waited has a token.
    home.server.lifetime = 3600
    await asyncio.gather(*(use() for use in home.uses(entry)), return_exceptions=True)
    made = len(home.server.refreshes) - before
    if not made:
        raise NotReached("nothing that was tried made it renew its token; see use.json")
    require(made == 1, f"{made} token requests at once")


@register(
    "refresh_cancelled",
    Severity.SHOULD,
    "A caller that is cancelled while the token is renewed loses no token.",
    "Shield the refresh: run it in a task of its own and await asyncio.shield(task).",
)
async def cancelled(home: Home) -> None:
    entry = await _lasting(home)
    home.server.held = asyncio.Event()
    home.server.asked.clear()
    caller = asyncio.ensure_future(home.uses(entry)[0]())
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await home.server.asked.wait()
    except TimeoutError:
        caller.cancel()
        raise NotReached(
            "nothing that was tried made it renew its token; see use.json"
        ) from None
    caller.cancel()
    await asyncio.sleep(0)
    home.server.held.set()
    with suppress(asyncio.CancelledError, Exception):
        await caller
    await home.settle()
    require(await home.stores_newest(), "the new refresh token is lost")


async def _lasting(home: Home) -> ConfigEntry:
    """Return a loaded entry whose token is over again."""
    entry = await home.loaded(lifetime=OVER)
    if not home.uses(entry):
        raise NotReached(
            "there is neither an OAuth2Session nor a coordinator: say in use.json what uses the token"
        )
    await home.outlive()
    return entry
