"""What several checks ask of a renewal, and of a second sign-in."""

from typing import Final

from homeassistant.config_entries import ConfigEntry

from ..flows import End
from ..home import Home
from ..outcome import NotReached
from ..server import GRACE
from ..verdict import require

NEEDS_USE: Final = (
    "nothing that was tried made it ask the API while it runs; see use.json"
)


def need_refresh(home: Home) -> None:
    """Go on only where a token was renewed."""
    if not home.server.refreshes:
        raise NotReached("no token is renewed: see the check refresh")


def newest_is_sent(home: Home) -> None:
    """Fail where a refresh was asked for with anything but the newest refresh token."""
    require(
        not home.server.refused,
        "an old refresh token was sent, or none that was issued",
    )
    require(not home.reauths, "the person is asked to sign in again")


def kept(home: Home, entry: ConfigEntry, refresh_token: str) -> None:
    """Fail unless an entry is as it was, with its refresh token, and nobody is asked to sign in."""
    require(not home.reauths, "the person is asked to sign in again")
    require(refresh_token in home.at_rest(), "the refresh token is gone")
    require(entry.state.value != "setup_error", "set-up ended for good")


def replaced(home: Home, seen: str) -> None:
    """Fail unless a second sign-in took the place of the first."""
    require(len(home.entries) == 1, f"{seen}: {len(home.entries)} entries")
    require(len(home.server.code_requests) == 2, f"{seen}: nobody signed in")
    require(
        home.server.grants.refresh_tokens[-1] in home.at_rest(),
        f"{seen}: the new token is not stored",
    )
    require("crash" not in seen, seen)


def refused(home: Home, unique_id: str | None, seen: str) -> None:
    """Fail unless the entry is still that of the first person, whom the id names."""
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


async def second_account(home: Home, entry: ConfigEntry) -> ConfigEntry:
    """Add another person's account and return it; NotReached where accounts cannot be told apart."""
    end = await home.flows.run(person=GRACE)
    await home.settle()
    if end.kind != "entry" or len(home.entries) != 2:
        raise NotReached(
            f"a second account cannot be added ({end}): give answers of another account in the folder other/"
        )
    [other] = [each for each in home.entries if each.entry_id != entry.entry_id]
    return other


async def with_option(home: Home, entry: ConfigEntry) -> dict[str, object]:
    """Give an entry one more option, and return all."""
    options = {**entry.options, "conformance": True}
    home.hass.config_entries.async_update_entry(entry, options=options)
    await home.settle()
    return dict(entry.options)


def kept_options(entry: ConfigEntry, before: dict[str, object], end: End) -> None:
    """Fail unless an entry has its options."""
    if end.crash:
        raise NotReached(f"{end}: no sign-in")
    lost = [name for name, value in before.items() if entry.options.get(name) != value]
    require(not lost, f"{end}: an option is gone")


def kept_data(entry: ConfigEntry, before: set[str], end: End) -> None:
    """Fail unless an entry's data have each of their keys."""
    if end.crash:
        raise NotReached(f"{end}: no sign-in")
    lost = ", ".join(sorted(before - set(entry.data)))
    require(not lost, f"{end}: gone from the entry's data: {lost}")


async def need_two_accounts(home: Home, entry: ConfigEntry) -> None:
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
