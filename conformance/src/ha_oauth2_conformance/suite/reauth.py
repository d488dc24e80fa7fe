"""A new sign-in for an entry that there is."""

from homeassistant.config_entries import ConfigEntry

from ..home import Home
from ..server import GRACE
from ..verdict import NotReached, Severity, register, require


@register(
    "reauth",
    Severity.MUST,
    "A new sign-in with the same account replaces the entry's tokens, and adds no entry.",
    "In async_oauth_create_entry: where the source is reauth, return"
    " async_update_reload_and_abort(self._get_reauth_entry(), data=data).",
)
async def reauth(home: Home) -> None:
    entry = await home.connected()
    end = await home.flows.run("reauth", entry=entry)
    await home.settle()
    _replaced(home, entry, str(end))


@register(
    "reauth_wrong_account",
    Severity.MUST,
    "A new sign-in with another account is refused, and the entry stays as it was.",
    "Call async_set_unique_id and _abort_if_unique_id_mismatch() before the entry is updated.",
)
async def wrong_account(home: Home) -> None:
    entry = await home.connected()
    await _need_two_accounts(home, entry)
    before = entry.unique_id
    end = await home.flows.run("reauth", entry=entry, person=GRACE)
    await home.settle()
    _refused(home, before, str(end))
    require(end.is_told, str(end))


@register(
    "reauth_denied",
    Severity.MUST,
    "Who refuses at a new sign-in keeps the entry as it was.",
    "Change the entry only where the sign-in has succeeded.",
)
async def denied(home: Home) -> None:
    entry = await home.connected()
    end = await home.flows.run("reauth", entry=entry, deny=True)
    await home.settle()
    require(end.is_told, str(end))
    require(home.server.grants.refresh_tokens[0] in home.at_rest(), "the token is gone")
    require(len(home.entries) == 1, f"{len(home.entries)} entries")


def _replaced(home: Home, entry: ConfigEntry, seen: str) -> None:
    require(len(home.entries) == 1, f"{seen}: {len(home.entries)} entries")
    require(len(home.server.code_requests) == 2, f"{seen}: nobody signed in")
    require(
        home.server.grants.refresh_tokens[-1] in home.at_rest(),
        f"{seen}: the new token is not stored",
    )
    require("crash" not in seen, seen)


def _refused(home: Home, unique_id: str | None, seen: str) -> None:
    require(len(home.entries) == 1, f"{seen}: {len(home.entries)} entries")
    taken = [
        grant.refresh_token
        for grant in home.server.grants.all
        if grant.person == GRACE and grant.refresh_token
    ]
    stored = home.at_rest()
    require(
        not any(token in stored for token in taken),
        f"{seen}: the other account's token is stored",
    )
    require(
        home.entries[0].unique_id == unique_id, f"{seen}: the unique id has changed"
    )


async def _need_two_accounts(home: Home, entry: ConfigEntry) -> None:
    """Go on only where the answers tell two accounts apart."""
    if entry.unique_id is None:
        raise NotReached("the entry has no unique id: see the check unique_id")
    end = await home.flows.run(person=GRACE)
    await home.settle()
    if end.kind != "entry":
        raise NotReached(
            f"a second account cannot be added ({end}): give answers of another account in the folder other/"
        )
    await home.hass.config_entries.async_remove(end.entry.entry_id)
    await home.settle()
