"""A new sign-in for an entry that there is."""

from ..home import Home
from ..server import GRACE
from ..verdict import Severity, register, require
from .expecting import need_two_accounts, refused, replaced


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
    replaced(home, str(end))


@register(
    "reauth_wrong_account",
    Severity.MUST,
    "A new sign-in with another account is refused, and the entry stays as it was.",
    "Call async_set_unique_id and _abort_if_unique_id_mismatch() before the entry is updated.",
)
async def wrong_account(home: Home) -> None:
    entry = await home.connected()
    await need_two_accounts(home, entry)
    before = entry.unique_id
    end = await home.flows.run("reauth", entry=entry, person=GRACE)
    await home.settle()
    refused(home, before, str(end))
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
