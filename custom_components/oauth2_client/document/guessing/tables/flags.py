"""What is on or off by its name, with the class of the binary sensor in Home Assistant's spelling."""

from collections.abc import Mapping
from typing import Final

# Phrases for yes and no. None where Home Assistant has no device class for it.
FLAGS: Final[Mapping[str, str | None]] = {
    phrase: device_class
    for device_class, phrases in {
        "connectivity": "online, connected, reachable, connection, connectivity",
        "motion": "motion, motion detected, movement",
        "door": "door, door open, door opened, open door",
        "garage_door": "garage door, garage, garage door open, garage open",
        "window": "window, window open, window opened, open window",
        "opening": "open, opened, contact, valve",
        "lock": "unlocked",
        "battery": "battery low, low battery, batterylow, batt low, low batt",
        "battery_charging": "charging, battery charging",
        "plug": "plugged, plugged in, charger connected, cable connected, plug connected",
        "running": "running, playing",
        "occupancy": "occupied, occupancy",
        "presence": "presence, present, home, at home",
        "problem": "problem, error, fault, failed, failure",
        "smoke": "smoke, smoke detected",
        "moisture": "leak, leaking, water leak, wet, flood",
        "vibration": "vibration, vibrating",
        "tamper": "tamper, tampered",
        "update": "update available, available firmware update, available update, has update, upgrade available",
        "power": "power, powered",
        "moving": "moving",
        None: "enabled, active, switch, relay, lock, locked, private, "
        "verified, available, paused, muted, shuffle, heating, cooling",
    }.items()
    for phrase in phrases.split(", ")
}
