"""How it behaves towards servers: how often it asks, over what, and where secrets go."""

from ..faults import Fault, page, refusal, without
from ..home import OVER, Home
from ..outcome import NotReached
from ..server import CLIENT_SECRET
from ..verdict import Severity, register, require
from .expecting import need_refresh

# Requests of one try; libraries try two or three times.
_MOST_TRIES = 3
_ELSEWHERE = "elsewhere.conformance.example"


@register(
    "refresh_only_when_over",
    Severity.SHOULD,
    "A token that is good for an hour is not renewed.",
    "Renew where OAuth2Session's valid_token says no, and not at each set-up or update.",
)
async def only_when_over(home: Home) -> None:
    entry = await home.connected()
    await home.run_again(entry)
    await home.poll(entry)
    require(not home.server.refreshes, f"{len(home.server.refreshes)} token requests")


@register(
    "token_lasts_without_expires_in",
    Severity.SHOULD,
    "A token without expires_in is used for a while.",
    "Take a lifetime of your own where the answer has none; 0 renews it at each request.",
)
async def lasts(home: Home) -> None:
    home.server.code_fault = without("expires_in")
    end = await home.flows.run()
    await home.settle()
    if end.kind != "entry":
        raise NotReached(f"{end}: see sign_in_accepts_no_expires_in")
    for _ in range(2):
        await home.run_again(home.entries[0])
    made = len(home.server.refreshes)
    require(not made, f"{made} token requests at the first three set-ups")


@register(
    "refresh_not_pressed",
    Severity.SHOULD,
    "A token request that fails is not sent again at once, again and again.",
    "Leave the next try to Home Assistant, which waits longer each time.",
)
async def refresh_not_pressed(home: Home) -> None:
    for fault in (refusal(400, "invalid_grant"), page(503)):
        home.server.refresh_fault = fault
        if not home.entries:
            await home.connected(lifetime=OVER)
            need_refresh(home)
        before = len(home.server.refreshes)
        await home.run_again(home.entries[0])
        made = len(home.server.refreshes) - before
        require(made <= _MOST_TRIES, f"{made} token requests, all with {fault.status}")


@register(
    "api_not_pressed",
    Severity.SHOULD,
    "A request to the API that fails is not sent again at once, again and again.",
    "Raise ConfigEntryNotReady or UpdateFailed: Home Assistant tries again later.",
)
async def api_not_pressed(home: Home) -> None:
    entry = await home.connected()
    usual = await _asked_at_set_up(home)
    home.server.api_fault = page(503)
    made = await _asked_at_set_up(home)
    require(
        made <= _MOST_TRIES * max(usual, 1),
        f"{made} requests at a set-up of {entry.domain} that makes {usual} else",
    )


@register(
    "tls_verified",
    Severity.MUST,
    "The certificates of servers are checked.",
    "Use async_get_clientsession(hass), without verify_ssl=False and ssl=False.",
)
async def tls_verified(home: Home) -> None:
    await _use(home)
    hosts = home.wires.unverified
    require(not hosts, f"not those of {', '.join(sorted(hosts))}")


@register(
    "never_blocks",
    Severity.MUST,
    "No request is waited for in the event loop.",
    "Ask with aiohttp or httpx, or with requests in hass.async_add_executor_job.",
)
async def never_blocks(home: Home) -> None:
    await _use(home)
    hosts = home.wires.blocking
    require(not hosts, f"all wait for {', '.join(sorted(hosts))}")


@register(
    "secrets_not_in_addresses",
    Severity.SHOULD,
    "No secret is in the address of a request, which is logged on the way.",
    "Send tokens in the header Authorization, and the client's secret in the body; if the"
    " provider takes neither, say so in provider.json.",
)
async def addresses(home: Home) -> None:
    """RFC 9700, 4.3.2; RFC 6750, 5.3; RFC 6749, 2.3.1."""
    await _use(home)
    secrets = [CLIENT_SECRET, *home.server.grants.secrets()]
    for request in home.server.requests:
        is_api = not (request.is_for_tokens or request.is_about_a_token)
        if home.lacks("api_header" if is_api else "token_body"):
            continue
        require(
            not any(map(request.names_in_address, secrets)),
            f"{request.method} {request.host}: {', '.join(request.query) or 'its path'}",
        )


@register(
    "secrets_not_redirected",
    Severity.SHOULD,
    "A redirect leads no secret to another host.",
    "Send requests that have secrets with allow_redirects=False.",
)
async def not_redirected(home: Home) -> None:
    """RFC 9700, 4.12: a redirect with 307 repeats the body."""
    away = Fault(307, location=f"https://{_ELSEWHERE}/taken")
    entry = await home.connected(lifetime=OVER)
    home.server.refresh_fault = home.server.code_fault = away
    await home.outlive()
    await home.run_again(entry)
    await home.flows.run("reauth", entry=entry)
    await home.settle()
    home.server.refresh_fault = home.server.code_fault = None
    home.server.api_fault = away
    await home.run_again(entry)
    secrets = [CLIENT_SECRET, *home.server.grants.secrets()]
    for request in home.server.requests:
        if request.host == _ELSEWHERE:
            taken = any(map(request.mentions, secrets))
            require(not taken, f"{request.method} with a secret was led on")


async def _use(home: Home) -> None:
    """Do all that makes an integration ask: sign in, renew, poll, remove. What fails of it is nothing here."""
    home.server.lifetime = OVER
    await home.flows.run()
    await home.settle()
    await home.outlive()
    for entry in home.entries:
        await home.run_again(entry)
        await home.poll(entry)
        await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    if not home.server.requests and not home.wires.blocking:
        raise NotReached("it asked for nothing")


async def _asked_at_set_up(home: Home) -> int:
    before = len(home.server.api_requests)
    await home.run_again(home.entries[0])
    return len(home.server.api_requests) - before
