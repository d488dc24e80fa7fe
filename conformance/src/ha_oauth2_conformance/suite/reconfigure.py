"""Reconfigure: a new sign-in that the person asks for."""

from homeassistant.config_entries import HANDLERS, ConfigEntry

from ..flows import End
from ..home import Home
from ..outcome import NotReached
from ..server import GRACE
from ..verdict import Severity, register, require
from .expecting import (
    kept_data,
    kept_options,
    need_two_accounts,
    refused,
    replaced,
    with_option,
)


@register(
    "reconfigure",
    Severity.MAY,
    "An entry can be reconfigured.",
    "Add async_step_reconfigure that starts a sign-in, and update the entry at its end.",
)
async def offered(home: Home) -> None:
    require(_has(home), "there is no async_step_reconfigure")


@register(
    "reconfigure_same_account",
    Severity.MUST,
    "Reconfigure with the same account replaces the entry's tokens, and adds no entry.",
    "Where the source is reconfigure, return async_update_reload_and_abort with"
    " self._get_reconfigure_entry().",
)
async def same_account(home: Home) -> None:
    entry = await home.connected()
    end = await _signed_in_again(home, entry)
    replaced(home, str(end))


@register(
    "reconfigure_wrong_account",
    Severity.MUST,
    "Reconfigure with another account is refused, and the entry stays as it was.",
    "Call _abort_if_unique_id_mismatch() where the source is reconfigure, too.",
)
async def wrong_account(home: Home) -> None:
    entry = await home.connected()
    if not _has(home):
        raise NotReached("there is no reconfigure")
    await need_two_accounts(home, entry)
    signed_in = len(home.server.code_requests)
    before = entry.unique_id
    end = await home.flows.run("reconfigure", entry=entry, person=GRACE)
    await home.settle()
    if len(home.server.code_requests) == signed_in and not end.crash:
        raise NotReached(f"reconfigure has no sign-in: {end}")
    refused(home, before, str(end))


@register(
    "reconfigure_keeps_options",
    Severity.MUST,
    "Reconfigure leaves the entry's options.",
    "Give async_update_reload_and_abort the new data alone, without options.",
)
async def keeps_options(home: Home) -> None:
    entry = await home.connected()
    if not _has(home):
        raise NotReached("there is no reconfigure")
    before = await with_option(home, entry)
    kept_options(entry, before, await _signed_in_again(home, entry))


@register(
    "reconfigure_keeps_data",
    Severity.SHOULD,
    "Reconfigure leaves what the first sign-in stored beside the tokens.",
    "Give async_update_reload_and_abort data_updates=data, and not data=data.",
)
async def keeps_data(home: Home) -> None:
    entry = await home.connected()
    before = set(entry.data)
    kept_data(entry, before, await _signed_in_again(home, entry))


@register(
    "reconfigure_keeps_title",
    Severity.SHOULD,
    "Reconfigure leaves the title that a person gave the entry.",
    "Give async_update_reload_and_abort the new data alone, without title.",
)
async def keeps_title(home: Home) -> None:
    entry = await home.connected()
    title = "The person's own"
    home.hass.config_entries.async_update_entry(entry, title=title)
    await home.settle()
    end = await _signed_in_again(home, entry)
    if end.crash:
        raise NotReached(f"{end}: see the check reconfigure_same_account")
    replaced(home, f"a renamed entry: {end}")
    require(entry.title == title, f"{end}: it is {entry.title!r}")


async def _signed_in_again(home: Home, entry: ConfigEntry) -> End:
    """Reconfigure an entry; NotReached where that has no sign-in."""
    if not _has(home):
        raise NotReached("there is no reconfigure")
    end = await home.flows.run("reconfigure", entry=entry)
    await home.settle()
    if len(home.server.code_requests) < 2 and not end.crash:
        raise NotReached(f"reconfigure has no sign-in: {end}")
    return end


def _has(home: Home) -> bool:
    return hasattr(HANDLERS.get(home.subject.domain), "async_step_reconfigure")
