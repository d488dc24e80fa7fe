"""Where no secret is to be found: logs, diagnostics, states, registries, reprs."""

from base64 import b64encode
import json
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)

from ..faults import CLOSED, Fault, page, refusal
from ..home import OVER, Home
from ..outcome import NotReached
from ..server import CLIENT_ID, CLIENT_SECRET
from ..verdict import Severity, register, require

# The client secret is looked for by itself: the client's id is a part of none.
_DEPTH: Final = 4
# Characters of a token that are too many to be told.
_PIECE: Final = 12
# Fields of token answers: OpenID Connect Core, 3.1.3.3, and Native SSO.
_MORE_SECRETS: Final = ("id_token", "device_secret")


@register(
    "secrets_not_logged",
    Severity.MUST,
    "No secret is logged at any level by the integration or its libraries.",
    "Log that something happened, and not the token, the header or the answer.",
)
async def logged(home: Home) -> None:
    entry = await home.connected(lifetime=OVER)
    await home.run_again(entry)
    home.server.refresh_fault = page(503)
    await home.run_again(entry)
    home.server.refresh_fault = None
    await home.flows.run("reauth", entry=entry)
    await home.settle()
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    for line in home.lines.of(home.subject.package):
        require(not _found(home, line), f"in: {_masked(home, line)[:160]}")


@register(
    "secrets_not_in_errors",
    Severity.MUST,
    "No secret is in what a set-up or a sign-in that fails says.",
    "Raise errors with words of your own, from None: the text of an error may quote a request.",
)
async def errors(home: Home) -> None:
    entry = await home.connected(lifetime=OVER)
    shown: list[str] = []
    for fault in (page(503), Fault(401, b"{}"), CLOSED):
        home.server.api_fault = fault
        await home.run_again(entry)
        shown.append(_reason(entry))
    home.server.api_fault = None
    for fault in (page(503), CLOSED, refusal(400, "invalid_grant")):
        home.server.refresh_fault = home.server.code_fault = fault
        await home.outlive()
        await home.run_again(entry)
        shown += [_reason(entry), str(await home.flows.run())]
    for text in (*shown, *home.lines.told_by(home.subject.package)):
        require(not _found(home, text), f"in: {_around(home, text)}")


def _reason(entry: ConfigEntry) -> str:
    return f"{entry.reason} {entry.error_reason_translation_placeholders}"


@register(
    "diagnostics",
    Severity.MAY,
    "There are diagnostics of an entry.",
    "Add diagnostics.py that returns what helps, from an allow-list.",
)
async def has_diagnostics(home: Home) -> None:
    require(home.subject.module("diagnostics"), "there is no diagnostics.py")


@register(
    "secrets_not_in_diagnostics",
    Severity.MUST,
    "No secret is in the diagnostics.",
    "Return what is needed from an allow-list; a list of what to redact misses what is added later.",
)
async def diagnostics(home: Home) -> None:
    await _require_clean_diagnostics(home)


@register(
    "diagnostics_allow_list",
    Severity.SHOULD,
    "A secret that a provider adds to its token answers is not in the diagnostics.",
    "Return what is needed from an allow-list, and no token with some fields redacted.",
)
async def allow_list(home: Home) -> None:
    home.server.more = {name: f"{name}-of-conformance" for name in _MORE_SECRETS}
    home.server.grants.others += home.server.more.values()
    await _require_clean_diagnostics(home)


async def _require_clean_diagnostics(home: Home) -> None:
    platform = home.subject.module("diagnostics")
    ask = getattr(platform, "async_get_config_entry_diagnostics", None)
    if ask is None:
        raise NotReached("there are no diagnostics of an entry")
    entry = await home.loaded()
    shown = json.dumps(await ask(home.hass, entry), default=repr)
    require(not _found(home, shown), f"in: {_around(home, shown)}")


@register(
    "secrets_not_in_states",
    Severity.MUST,
    "No secret is in a state, an attribute or a registry.",
    "Keep tokens out of names, unique ids, attributes and addresses of pictures.",
)
async def states(home: Home) -> None:
    entry = await home.loaded()
    devices = dr.async_entries_for_config_entry(dr.async_get(home.hass), entry.entry_id)
    entities = er.async_entries_for_config_entry(
        er.async_get(home.hass), entry.entry_id
    )
    shown = [
        *(state.as_dict() for state in home.hass.states.async_all()),
        *(repr(device) for device in devices),
        *(repr(entity) for entity in entities),
        entry.title,
        entry.unique_id,
    ]
    for text in map(repr, shown):
        require(not _found(home, text), f"in: {_around(home, text)}")


@register(
    "secrets_not_shown",
    Severity.MUST,
    "No secret is in an event, a notification, a repair or a form.",
    "Tell a person what happened, and no token: all of these are kept, or sent to browsers.",
)
async def shown(home: Home) -> None:
    events: list[str] = []
    stop = home.hass.bus.async_listen(
        MATCH_ALL, lambda event: events.append(f"{event.event_type} {event.data}")
    )
    entry = await home.connected(lifetime=OVER)
    await home.run_again(entry)
    home.server.api_fault = Fault(401, b"{}")
    await home.run_again(entry)
    home.server.api_fault = None
    await home.flows.run("reauth", entry=entry)
    home.server.refresh_fault = refusal(400, "invalid_grant")
    await home.outlive()
    await home.run_again(entry)
    stop()
    notes = home.hass.data.get("persistent_notification") or {}
    issues = ir.async_get(home.hass).issues.values()
    texts = [*events, *home.flows.filled_in, *map(repr, [*notes.values(), *issues])]
    for text in texts:
        require(not _found(home, text), f"in: {_around(home, text)}")


@register(
    "secrets_not_in_reprs",
    Severity.SHOULD,
    "No secret is in the repr of what the integration keeps for an entry.",
    "Give fields with secrets repr=False: reprs end up in logs and in tracebacks.",
)
async def reprs(home: Home) -> None:
    entry = await home.loaded()
    for thing in _within(home, getattr(entry, "runtime_data", None), _DEPTH):
        text = repr(thing)
        require(
            not _found(home, text),
            f"in the repr of {type(thing).__name__}: {_around(home, text)}",
        )


def _within(home: Home, thing: Any, depth: int) -> list[Any]:
    """Return an object and the objects of the integration that it holds."""
    if depth == 0 or thing is None:
        return []
    if not type(thing).__module__.startswith(home.subject.package) and depth < _DEPTH:
        return []
    found = [thing]
    for value in getattr(thing, "__dict__", {}).values():
        found += _within(home, value, depth - 1)
    return found


def _secrets(home: Home) -> list[str]:
    """Return what nobody may be shown: a piece of a token says as much, a client in Base64 no less."""
    grants = home.server.grants
    tokens = [*grants.access_tokens, *grants.refresh_tokens]
    client = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    return [
        *(CLIENT_SECRET, client),
        *grants.secrets(),
        *(token[-_PIECE:] for token in tokens),
        # The beginning of a JWT is the same for all.
        *(token[:_PIECE] for token in grants.refresh_tokens),
    ]


def _found(home: Home, text: str) -> bool:
    return any(secret in text for secret in _secrets(home))


def _masked(home: Home, text: str) -> str:
    for secret in _secrets(home):
        text = text.replace(secret, "…")
    return text


def _around(home: Home, text: str) -> str:
    """Return what is before the first secret, which tells where it is."""
    return f"…{_masked(home, text).partition('…')[0][-80:]}"
