"""A new sign-in for an entry that there is."""

from homeassistant.config_entries import ConfigFlowContext
from homeassistant.data_entry_flow import FlowResultType

from ..faults import refusal
from ..home import OVER, Home
from ..outcome import Failure, NotReached
from ..server import GRACE
from ..verdict import Severity, register, require
from .expecting import (
    NEEDS_USE,
    kept_data,
    kept_options,
    need_two_accounts,
    refused,
    replaced,
    second_account,
    with_option,
)


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
    "reauth_waits",
    Severity.MUST,
    "A new sign-in waits for the person before the provider's page is asked for.",
    "Show a form in async_step_reauth_confirm first: Home Assistant begins the flow, and no"
    " browser is there that could tell the redirect URI.",
)
async def waits(home: Home) -> None:
    entry = await home.connected()
    context = ConfigFlowContext(
        source="reauth",
        entry_id=entry.entry_id,
        unique_id=entry.unique_id,
        title_placeholders={"name": entry.title},
    )
    try:
        result = await home.hass.config_entries.flow.async_init(
            home.subject.domain, context=context, data=dict(entry.data)
        )
    except Exception as err:
        raise Failure(f"the flow crashed ({type(err).__name__})") from err
    kind = FlowResultType(result["type"])
    require(
        kind in (FlowResultType.FORM, FlowResultType.MENU),
        f"it begins with {kind.value} {result.get('reason', '')}".rstrip(),
    )


@register(
    "reauth_takes_effect",
    Severity.MUST,
    "After a new sign-in the API gets the new token.",
    "End with async_update_reload_and_abort, so that nothing keeps the old token.",
)
async def takes_effect(home: Home) -> None:
    entry = await home.loaded()
    # What an unloaded entry made asks nothing any more.
    home.observed.clear()
    end = await home.flows.run("reauth", entry=entry)
    await home.settle()
    tokens = home.server.grants.access_tokens
    if len(home.server.grants.all) < 2 or len(tokens) < 2:
        raise NotReached(f"{end}: see the check reauth")
    before = len(home.server.api_requests)
    await home.poll(entry)
    asked = home.server.api_requests[before:]
    if not asked:
        raise NotReached(NEEDS_USE)
    for request in asked:
        require(
            not request.mentions(tokens[0]),
            f"{request.method} {request.path} has the token of the first sign-in",
        )


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
    require(end.is_reported, str(end))


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
    require(end.is_reported, str(end))
    require(home.server.grants.refresh_tokens[0] in home.at_rest(), "the token is gone")
    require(len(home.entries) == 1, f"{len(home.entries)} entries")


@register(
    "reauth_recovers",
    Severity.MUST,
    "After a new sign-in, an entry whose grant had ended is set up again.",
    "End with async_update_reload_and_abort: an entry that failed is loaded by a reload alone.",
)
async def recovers(home: Home) -> None:
    home.server.refresh_fault = refusal(400, "invalid_grant")
    entry = await home.connected(lifetime=OVER)
    if not home.reauths:
        raise NotReached("nobody is asked: see refresh_asks_after_400_invalid_grant")
    home.server.refresh_fault = None
    home.server.lifetime = 3600
    for flow in home.reauths:
        home.flows.abort(flow["flow_id"])
    end = await home.flows.run("reauth", entry=entry)
    await home.settle()
    replaced(home, str(end))
    require(entry.state.value != "setup_error", "nobody sets it up again")
    home.need_loaded(entry)


@register(
    "reauth_right_entry",
    Severity.MUST,
    "Of two accounts, a new sign-in changes the one that it is for.",
    "Update self._get_reauth_entry(), and no entry that is found another way.",
)
async def right_entry(home: Home) -> None:
    first = await home.connected()
    second = await second_account(home, first)
    before = home.server.grants.refresh_tokens[0]
    end = await home.flows.run("reauth", entry=second, person=GRACE)
    await home.settle()
    stored = home.at_rest()
    require(len(home.entries) == 2, f"{end}: {len(home.entries)} entries")
    require(before in stored, f"{end}: the other account's token is gone")
    require(
        home.server.grants.refresh_tokens[-1] in stored,
        f"{end}: the new token is not stored",
    )


@register(
    "reauth_same_scopes",
    Severity.MUST,
    "A new sign-in asks for the scopes of the first one.",
    "Return the scopes from extra_authorize_data whatever the flow's source is.",
)
async def same_scopes(home: Home) -> None:
    entry = await home.connected()
    await home.flows.run("reauth", entry=entry)
    await home.settle()
    if len(home.flows.asked) < 2:
        raise NotReached("there was no second authorization request: see reauth")
    first, again = (
        {name: text for name, text in asked.items() if "scope" in name.lower()}
        for asked in (home.flows.asked[0], home.flows.asked[-1])
    )
    require(first == again, f"{first} became {again}")


@register(
    "reauth_keeps_options",
    Severity.MUST,
    "A new sign-in leaves the entry's options.",
    "Give async_update_reload_and_abort the new data alone, without options.",
)
async def keeps_options(home: Home) -> None:
    entry = await home.connected()
    before = await with_option(home, entry)
    end = await home.flows.run("reauth", entry=entry)
    await home.settle()
    kept_options(entry, before, end)


@register(
    "reauth_keeps_data",
    Severity.SHOULD,
    "A new sign-in leaves what the first one stored beside the tokens.",
    "Give async_update_reload_and_abort data_updates=data, and not data=data.",
)
async def keeps_data(home: Home) -> None:
    entry = await home.connected()
    before = set(entry.data)
    end = await home.flows.run("reauth", entry=entry)
    await home.settle()
    kept_data(entry, before, end)


@register(
    "reauth_keeps_title",
    Severity.SHOULD,
    "A new sign-in leaves the title that a person gave the entry.",
    "Give async_update_reload_and_abort the new data alone, without title.",
)
async def keeps_title(home: Home) -> None:
    entry = await home.connected()
    title = "The person's own"
    home.hass.config_entries.async_update_entry(entry, title=title)
    await home.settle()
    end = await home.flows.run("reauth", entry=entry)
    await home.settle()
    if end.crash:
        raise NotReached(f"{end}: see the check reauth")
    replaced(home, f"a renamed entry: {end}")
    require(entry.title == title, f"{end}: it is {entry.title!r}")
