"""Reads a value of an answer as on or off."""

from typing import Final

from . import LONGEST_SCALAR

# Words for on, and their opposites.
_OPPOSITES: Final = {
    "true": "false",
    "1": "0",
    "on": "off",
    "yes": "no",
    "y": "n",
    "open": "closed",
    "online": "offline",
    "connected": "disconnected",
    "reachable": "unreachable",
    "available": "unavailable",
    "up": "down",
    "enabled": "disabled",
    "active": "inactive",
    "unlocked": "locked",
    "detected": "not detected",
    "wet": "dry",
    "occupied": "unoccupied",
    "present": "absent",
    "home": "away",
    "running": "stopped",
    "playing": "paused",
    "charging": "not charging",
    "plugged": "unplugged",
}
_TRUE: Final = frozenset(_OPPOSITES) | {"opened", "ajar", "plugged in"}
_FALSE: Final = frozenset(_OPPOSITES.values()) | {
    "clear",
    "discharging",
    "not home",
    "not present",
    "not running",
    "vacant",
}


def as_flag(value: object) -> bool | None:
    """Return a boolean for a boolean, 0 or 1, or a word such as `open`; None for anything else.

    Open is on and locked is off, as in Home Assistant's binary sensors.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if not isinstance(value, str) or len(value) > LONGEST_SCALAR:
        return None
    word = " ".join(value.lower().replace("_", " ").replace("-", " ").split())
    if word in _TRUE:
        return True
    return False if word in _FALSE else None
