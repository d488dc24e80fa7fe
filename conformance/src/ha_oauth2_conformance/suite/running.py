"""An entry that runs: its token ends, it is refused, another account is there."""

from homeassistant.config_entries import ConfigEntry

from ..faults import CLOSED, Fault, page, refusal, saying
from ..home import OVER, Home
from ..outcome import NotReached
from ..server import ADA, GRACE, Request
from ..verdict import Severity, register, require
from .expecting import NEEDS_USE, second_account


@register(
    "running_renews",
    Severity.MUST,
    "A token that ends while the entry runs is renewed before the API is asked.",
    "Call async_ensure_token_valid before each request, and not at the set-up alone.",
)
async def renews(home: Home) -> None:
    entry = await _ended(home)
    before = len(home.server.refreshes)
    asked = await _asked_by(home, entry)
    if not asked and len(home.server.refreshes) == before:
        raise NotReached(NEEDS_USE)
    require(
        len(home.server.refreshes) > before,
        "the API was asked with a token that is over",
    )


@register(
    "running_uses_new_token",
    Severity.MUST,
    "After a renewal the API gets the new token.",
    "Read the token from the session for each request, and keep no copy of it.",
)
async def uses_new(home: Home) -> None:
    entry = await _ended(home)
    await _renewed_by(home, entry)
    if not (asked := await _asked_by(home, entry)):
        raise NotReached(NEEDS_USE)
    old = home.server.grants.access_tokens[:-1]
    for request in asked:
        require(
            not any(map(request.mentions, old)),
            f"{request.method} {request.path} has the token that is over",
        )


@register(
    "running_asks_after_refusal",
    Severity.MUST,
    "A grant that ends while the entry runs asks the person to sign in again.",
    "Let OAuth2TokenRequestReauthError pass from the coordinator, or raise ConfigEntryAuthFailed.",
)
async def asks_after_refusal(home: Home) -> None:
    entry = await _ended(home)
    home.server.refresh_fault = refusal(400, "invalid_grant")
    await _renewed_by(home, entry)
    require(home.reauths, "nobody is asked to sign in again")
    await home.poll(entry)
    require(len(home.reauths) == 1, f"asked {len(home.reauths)} times at once")


@register(
    "running_goes_on",
    Severity.SHOULD,
    "A renewal does not set the entry up anew.",
    "Reload in the listener of the entry's updates only where its options have changed: a new"
    " token is an update, too.",
)
async def goes_on(home: Home) -> None:
    entry = await _ended(home)
    unloads: list[None] = []
    entry.async_on_unload(lambda: unloads.append(None))
    await _renewed_by(home, entry)
    require(not unloads, "it was unloaded")


@register(
    "running_retries_503",
    Severity.MUST,
    "A renewal that gets 503 while the entry runs asks nobody, and the next one succeeds.",
    "Raise UpdateFailed for what may pass, and keep the token as it was.",
)
async def retries(home: Home) -> None:
    entry = await _ended(home)
    home.server.refresh_fault = page(503)
    await _renewed_by(home, entry)
    require(not home.reauths, "the person is asked to sign in again")
    home.server.refresh_fault = None
    await home.poll(entry)
    require(await home.stores_newest(), "the new token is not stored")
    require(not home.reauths, "the person is asked to sign in again")


@register(
    "api_asks_after_401",
    Severity.SHOULD,
    "An API that refuses the token before its time renews it, or asks for a new sign-in.",
    "Raise ConfigEntryAuthFailed where the API answers 401.",
)
async def asks_after_401(home: Home) -> None:
    await _refused_by_api(home, Fault(401, b"{}"))
    require(
        home.reauths or home.server.refreshes,
        "the token is not renewed, and nobody is asked to sign in again",
    )


@register(
    "reauth_asked_once",
    Severity.MUST,
    "A person is asked once for a new sign-in, however often a token is refused.",
    "Raise ConfigEntryAuthFailed, or call entry.async_start_reauth: they begin no second flow.",
)
async def asked_once(home: Home) -> None:
    entry = await home.loaded()
    home.server.api_fault = Fault(401, b"{}")
    home.server.refresh_fault = refusal(400, "invalid_grant")
    for _ in range(3):
        await home.poll(entry)
    if not home.reauths:
        raise NotReached("nobody is asked: see api_asks_after_401")
    require(len(home.reauths) == 1, f"asked {len(home.reauths)} times")


def _api_retried(name: str, words: str, severity: Severity, fault: Fault) -> None:
    @register(
        f"api_retries_{name}",
        severity,
        f"An API that {words} is asked again later; nobody has to sign in.",
        "Raise ConfigEntryNotReady or UpdateFailed for it, and ConfigEntryAuthFailed after 401 alone.",
    )
    async def run(home: Home) -> None:
        entry = await _refused_by_api(home, fault)
        require(not home.reauths, "the person is asked to sign in again")
        require(entry.state.value != "setup_error", "set-up ended for good")


_api_retried("503", "has an outage", Severity.MUST, page(503))
_api_retried("429", "says 429", Severity.MUST, saying({"error": "too many"}, 429))
_api_retried("closed", "closes the connection", Severity.MUST, CLOSED)
_api_retried("portal", "is behind a captive portal", Severity.SHOULD, page(200))


@register(
    "accounts_apart",
    Severity.MUST,
    "Two accounts send their own tokens, whichever was set up last.",
    "Keep the session in entry.runtime_data, and nothing of an account under the domain alone.",
)
async def apart(home: Home) -> None:
    first = await home.loaded()
    second = await second_account(home, first)
    seen = False
    for entry, other, person in ((first, second, ADA), (second, first, GRACE)):
        home.server.person = person
        await home.run_again(entry)
        await home.run_again(other, forget=False)
        # What the other one asks in the background is not this one's.
        await home.hass.config_entries.async_unload(other.entry_id)
        foreign = [
            token
            for grant in home.server.grants.all
            if grant.person != person
            for token in grant.access_tokens
        ]
        asked = await _asked_by(home, entry)
        seen = seen or bool(asked)
        require(
            not any(request.mentions(token) for request in asked for token in foreign),
            "an account asked with the token of the other",
        )
    if not seen:
        raise NotReached(NEEDS_USE)


async def _ended(home: Home) -> ConfigEntry:
    """Return a loaded entry whose token is over; the next one lasts."""
    entry = await home.loaded(lifetime=OVER)
    if not home.server.refreshes:
        raise NotReached("no token is renewed: see the check refresh")
    await home.outlive()
    home.server.lifetime = 3600
    return entry


async def _asked_by(home: Home, entry: ConfigEntry) -> list[Request]:
    """Let an entry ask its API, and return what it asked for."""
    before = len(home.server.api_requests)
    await home.poll(entry)
    return home.server.api_requests[before:]


async def _renewed_by(home: Home, entry: ConfigEntry) -> None:
    """Let an entry ask its API; NotReached where it renews no token before that."""
    before = len(home.server.refreshes)
    await home.poll(entry)
    if len(home.server.refreshes) == before:
        raise NotReached("nothing was renewed: see the check running_renews")


async def _refused_by_api(home: Home, fault: Fault) -> ConfigEntry:
    """Set an entry up and let it ask its API, which answers with a fault."""
    entry = await home.loaded()
    before = len(home.server.api_requests)
    home.server.api_fault = fault
    await home.run_again(entry)
    await home.poll(entry)
    if len(home.server.api_requests) == before:
        raise NotReached(NEEDS_USE)
    return entry
