"""A renewal that is answered oddly, refused, or not at all."""

from ..home import OVER, Home
from ..verdict import Severity, register, require
from .expecting import kept, need_refresh
from .rows import CLIENT_REFUSED, ODD, REFUSED, TEMPORARY, Row, need_possible


def _accepted(row: Row) -> None:
    @register(
        f"refresh_accepts_{row.name}",
        row.severity,
        f"A renewal takes {row.words}.",
        "Read the answer in _async_refresh_token of an implementation of your own, and give"
        " core what it needs: access_token and a whole number in expires_in.",
    )
    async def run(home: Home) -> None:
        need_possible(home, row)
        home.server.refresh_fault = row.fault
        await home.connected(lifetime=OVER)
        need_refresh(home)
        require(await home.stores_newest(), "the new token is not stored")
        require(not home.reauths, "the person is asked to sign in again")


def _reauth(row: Row) -> None:
    @register(
        f"refresh_asks_after_{row.name}",
        row.severity,
        f"A renewal that gets {row.words} asks the person to sign in again.",
        "Let OAuth2TokenRequestReauthError pass (or raise ConfigEntryAuthFailed), and have"
        " async_step_reauth.",
    )
    async def run(home: Home) -> None:
        home.server.refresh_fault = row.fault
        await home.connected(lifetime=OVER)
        need_refresh(home)
        require(home.reauths, "nobody is asked to sign in again")


def _repair(row: Row) -> None:
    @register(
        f"refresh_tells_{row.name}",
        row.severity,
        f"A renewal that gets {row.words} is told: a new sign-in or a repair.",
        "Let OAuth2TokenRequestReauthError pass, or raise a repair issue for the credential.",
    )
    async def run(home: Home) -> None:
        home.server.refresh_fault = row.fault
        await home.connected(lifetime=OVER)
        need_refresh(home)
        require(home.reauths or home.issues, "nobody is told")


def _retried(row: Row) -> None:
    @register(
        f"refresh_retries_{row.name}",
        row.severity,
        f"A renewal that gets {row.words} is tried again later, with the tokens as they are.",
        "Treat as ConfigEntryNotReady what may pass; only a refused grant asks for a new sign-in.",
    )
    async def run(home: Home) -> None:
        home.server.refresh_fault = row.fault
        entry = await home.connected(lifetime=OVER)
        need_refresh(home)
        kept(home, entry, home.server.grants.refresh_tokens[0])


for _row in ODD:
    _accepted(_row)
for _row in REFUSED:
    _reauth(_row)
for _row in CLIENT_REFUSED:
    _repair(_row)
for _row in TEMPORARY:
    _retried(_row)


@register(
    "network_gone",
    Severity.MUST,
    "Without a network a set-up is tried again later, with the tokens as they are.",
    "Let the errors of the token request pass: they are ConfigEntryNotReady.",
)
async def network_gone(home: Home) -> None:
    entry = await home.connected(lifetime=OVER)
    need_refresh(home)
    await home.outlive()
    home.wires.cut = True
    await home.run_again(entry)
    kept(home, entry, home.server.grants.refresh_tokens[-1])
    require(entry.state.value == "setup_retry", f"set-up ends as {entry.state.value}")


@register(
    "recovers",
    Severity.MUST,
    "After a failure that passes, the next try succeeds.",
    "Keep the token as it was when a request fails.",
)
async def recovers(home: Home) -> None:
    entry = await home.connected(lifetime=OVER)
    need_refresh(home)
    state = entry.state
    home.server.refresh_fault = next(
        row.fault for row in TEMPORARY if row.name == "503"
    )
    await home.run_again(entry)
    home.server.refresh_fault = None
    await home.run_again(entry)
    require(not home.reauths, "the person is asked to sign in again")
    require(await home.stores_newest(), "the token is gone")
    require(
        entry.state is state, f"set-up ends as {entry.state.value}, not {state.value}"
    )
