"""What several checks ask of a renewal."""

from homeassistant.config_entries import ConfigEntry

from ..home import Home
from ..verdict import NotReached, require


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
