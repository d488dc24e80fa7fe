"""Whose account it is: what the entry is known by, and a provider that does not say."""

from ..faults import CLOSED, Fault, page, saying
from ..home import Home
from ..outcome import NotReached
from ..server import GRACE
from ..verdict import Severity, register, require

# What is left of an id that is not there.
_NOBODY = ("", "none", "null", "undefined")


@register(
    "unique_id",
    Severity.SHOULD,
    "The entry has the account's id as its unique id.",
    "Ask who signed in (a claim of the token, a user endpoint) and call async_set_unique_id.",
)
async def unique_id(home: Home) -> None:
    entry = await home.connected()
    if entry.unique_id is None and home.subject.manifest.get("single_config_entry"):
        raise NotReached("manifest.json says single_config_entry")
    require(entry.unique_id, "the entry has no unique id")
    kind = type(entry.unique_id).__name__
    require(isinstance(entry.unique_id, str), f"it is no text, but of type {kind}")


@register(
    "same_account_once",
    Severity.MUST,
    "The same account is not added twice.",
    "Call _abort_if_unique_id_configured() after async_set_unique_id.",
)
async def once(home: Home) -> None:
    entry = await home.connected()
    end = await home.flows.run()
    await home.settle()
    require(not end.crash, str(end))
    require(len(home.entries) == 1, f"{len(home.entries)} entries for one account")
    # Home Assistant puts an entry with the same unique id in the place of the first one.
    same = home.entries[0].entry_id == entry.entry_id
    require(same, "the entry was replaced, and with it its options")


@register(
    "unique_id_lasts",
    Severity.SHOULD,
    "A person whose e-mail address and name have changed is the same account.",
    "Take an id that never changes, such as the claim sub, and no address as the unique id.",
)
async def lasts(home: Home) -> None:
    """OpenID Connect Core, 5.7: of the claims, only `sub` and `iss` are an identity."""
    entry = await home.connected()
    if entry.unique_id is None:
        raise NotReached("the entry has no unique id: see the check unique_id")
    home.server.grants.renamed = True
    end = await home.flows.run()
    await home.settle()
    require(not end.crash, str(end))
    require(len(home.entries) == 1, "it was added as another account")


@register(
    "other_account_added",
    Severity.MUST,
    "Another person's account is an entry of its own.",
    "Take the account's own id as the unique id, and nothing that is the same for all; an"
    " integration with one entry alone says single_config_entry in manifest.json.",
)
async def other_added(home: Home) -> None:
    await home.connected()
    if home.subject.manifest.get("single_config_entry"):
        raise NotReached("manifest.json says single_config_entry")
    signed_in = len(home.server.code_requests)
    asked = len(home.server.api_requests)
    home.server.canned.of_other.clear()
    end = await home.flows.run(person=GRACE)
    await home.settle()
    if len(home.server.code_requests) == signed_in:
        raise NotReached(f"no second sign-in: {end}")
    # Where the API is not asked, the claims of the token tell the persons apart.
    told = home.server.canned.of_other or len(home.server.api_requests) == asked
    if not told and len(home.entries) != 2:
        raise NotReached(f"{end}: give answers of another account in the folder other/")
    require(len(home.entries) == 2, str(end))


@register(
    "sign_in_tells_api_outage",
    Severity.MUST,
    "A sign-in whose API does not answer ends with a message, or with an entry that has a unique id.",
    "Catch the errors of the request that asks who signed in, and abort with a reason.",
)
async def api_outage(home: Home) -> None:
    await _identified(home)
    for fault in (page(503), Fault(401, b"{}"), CLOSED):
        await _without_api(home, fault)


@register(
    "sign_in_tells_no_identity",
    Severity.SHOULD,
    "A sign-in whose API does not say who it was ends with a message, or with an entry that has a"
    " unique id.",
    "Abort with a reason where the answer has no id: it may be a page, a list, or empty.",
)
async def no_identity(home: Home) -> None:
    await _identified(home)
    for fault in (page(200), saying([]), saying({})):
        await _without_api(home, fault)


async def _identified(home: Home) -> None:
    """Go on only where an entry has a unique id; the entry is removed."""
    entry = await home.connected()
    if entry.unique_id is None:
        raise NotReached("the entry has no unique id: see the check unique_id")
    await _remove_all(home)


async def _without_api(home: Home, fault: Fault) -> None:
    """Sign in while the API has a fault; what comes of it is nothing, or known by something."""
    home.server.api_fault = fault
    end = await home.flows.run()
    await home.settle()
    home.server.api_fault = None
    if end.kind == "slow":
        raise NotReached(f"the API answers {fault.words}: {end}")
    require(not end.crash, f"the API answers {fault.words}: {end}")
    for made in home.entries:
        named = str(made.unique_id or "").lower() not in _NOBODY
        require(named, f"the API answers {fault.words}: an entry without a unique id")
    await _remove_all(home)


async def _remove_all(home: Home) -> None:
    for entry in home.entries:
        await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
