"""Unload, reload, removal, and credentials that are gone."""

from ..faults import page
from ..home import OVER, Home
from ..observed import remains
from ..outcome import NotReached
from ..verdict import Severity, register, require


@register(
    "unload",
    Severity.MUST,
    "An entry is unloaded, and nothing of it goes on.",
    "Unload the platforms in async_unload_entry, and give each listener and timer to"
    " entry.async_on_unload.",
)
async def unload(home: Home) -> None:
    entry = await home.loaded()
    counts = []
    for _ in range(3):
        require(
            await home.hass.config_entries.async_unload(entry.entry_id),
            "unload says no",
        )
        await home.settle()
        counts.append(remains(home.hass, home.subject.package, home.observed))
        await home.run_again(entry)
    grown = counts[2] - counts[1]
    require(not grown, f"left over after each unload: {', '.join(grown)}")


@register(
    "unload_is_quiet",
    Severity.MUST,
    "An unloaded entry sends no request, whatever time passes.",
    "Stop timers and background tasks when the entry is unloaded.",
)
async def quiet(home: Home) -> None:
    entry = await home.loaded()
    await home.hass.config_entries.async_unload(entry.entry_id)
    await home.settle()
    before = len(home.server.requests)
    for hours in (1, 25):
        await home.pass_time(hours)
    late = [
        f"{request.method} {request.path}" for request in home.server.requests[before:]
    ]
    require(not late, f"it asked for {', '.join(late)}")


@register(
    "unload_keeps_grant",
    Severity.MUST,
    "An unload ends no grant at the provider: each restart would.",
    "Sign out in async_remove_entry, and not in async_unload_entry.",
)
async def keeps_grant(home: Home) -> None:
    entry = await home.loaded()
    before = len(home.server.requests)
    await home.hass.config_entries.async_unload(entry.entry_id)
    await home.settle()
    for request in home.server.requests[before:]:
        ends = request.is_about_a_token or any(
            map(request.mentions, home.server.grants.refresh_tokens)
        )
        require(
            request.is_for_tokens or not ends,
            f"{request.method} {request.path} has the token as its subject",
        )


@register(
    "actions_stay",
    Severity.SHOULD,
    "The integration's actions are there while its entry is unloaded.",
    "Register actions in async_setup, and look for the entry when one is called.",
)
async def actions_stay(home: Home) -> None:
    """Automations are checked against the actions that there are."""
    entry = await home.loaded()
    actions = home.hass.services.async_services_for_domain
    before = set(actions(home.subject.domain))
    if not before:
        raise NotReached("it has no actions")
    await home.hass.config_entries.async_unload(entry.entry_id)
    await home.settle()
    gone = before - set(actions(home.subject.domain))
    require(not gone, f"gone: {', '.join(sorted(gone))}")


@register(
    "failed_set_up_leaves_nothing",
    Severity.SHOULD,
    "Set-ups that fail leave nothing behind.",
    "Ask the API before anything is registered, or give each listener to entry.async_on_unload.",
)
async def failed_set_up(home: Home) -> None:
    entry = await home.loaded()
    home.server.api_fault = page(503)
    counts = []
    for _ in range(3):
        await home.run_again(entry)
        counts.append(remains(home.hass, home.subject.package, home.observed))
    grown = counts[2] - counts[1]
    require(not grown, f"left over after each try: {', '.join(grown)}")


@register(
    "reload",
    Severity.MUST,
    "An entry that is reloaded works as before.",
    "Keep nothing in modules or in hass.data that a second set-up trips over.",
)
async def reload(home: Home) -> None:
    entry = await home.loaded()
    for _ in range(2):
        await home.run_again(entry)
        require(
            entry.state.value == "loaded",
            f"set-up ends as {entry.state.value} ({home.set_up_failure(entry)})",
        )


@register(
    "credential_deleted",
    Severity.MUST,
    "An entry whose credential is gone asks for a new sign-in, or waits, once its token is over;"
    " it does not crash.",
    "Get the implementation with async_get_config_entry_implementation, and let its errors pass.",
)
async def credential_deleted(home: Home) -> None:
    entry = await home.connected(lifetime=OVER)
    await home.hass.config_entries.async_unload(entry.entry_id)
    collection = home.hass.data["application_credentials"]
    collection.data.clear()
    home.lines.exceptions.clear()
    # Until then nothing needs the credential.
    await home.outlive()
    await home.run_again(entry)
    crash = any("Error setting up entry" in text for _, text in home.lines.kept)
    told = home.reauths or home.issues or entry.state.value == "setup_retry"
    require(not crash, f"set-up crashed ({home.lines.last_exception()})")
    require(told, f"set-up ends as {entry.state.value}, and nobody is told")


@register(
    "removal",
    Severity.MUST,
    "A removed entry is gone, and so are its tokens.",
    "Delete in async_remove_entry what the integration keeps in files of its own.",
)
async def removal(home: Home) -> None:
    entry = await home.connected()
    home.lines.exceptions.clear()
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    require(not home.entries, "the entry is still there")
    require(not home.lines.exceptions, f"it crashed ({home.lines.last_exception()})")
    await home.stop()
    stored = home.files()
    require(
        not any(secret in stored for secret in home.server.grants.secrets()),
        "a token is still stored",
    )


@register(
    "removal_offline",
    Severity.MUST,
    "An entry is removed though the provider cannot be reached.",
    "Catch the errors of the sign-out in async_remove_entry.",
)
async def removal_offline(home: Home) -> None:
    entry = await home.connected()
    home.lines.exceptions.clear()
    home.wires.cut = True
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    require(not home.entries, "the entry is still there")
    require(not home.lines.exceptions, f"it crashed ({home.lines.last_exception()})")


@register(
    "removal_signs_out",
    Severity.MAY,
    "A removal ends the grant at the provider.",
    "Send the refresh token to the revocation endpoint in async_remove_entry, where the"
    " provider has one (RFC 7009); if it has none, say so in provider.json.",
)
async def signs_out(home: Home) -> None:
    entry = await home.connected()
    if home.lacks("revocation"):
        raise NotReached("the provider has no way to sign out, says provider.json")
    await home.hass.config_entries.async_unload(entry.entry_id)
    await home.settle()
    before = len(home.server.requests)
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    secrets = home.server.grants.secrets()
    require(
        any(
            request.mentions(secret)
            for request in home.server.requests[before:]
            for secret in secrets
        ),
        "no request with the token was sent at the removal",
    )
