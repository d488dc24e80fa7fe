"""What a value is not, although words name it: a setting, a score, a step, a time of day."""

from itertools import islice
from typing import Final

from ..scalars import as_number
from .place import MOST_NEIGHBOURS, Place
from .vocabulary import words_in
from .words import words_of

# Last words of the keys above what a service can do, or is told to do.
_HOLDERS_OF_SETTINGS: Final = words_in(
    """
    capabilities capability config configuration consents disallows exclusions feature features
    limits notifications options permissions preferences prefs rules setting settings supported
    supports thresholds triggers
    """
)
# First words of keys that say what may, can or shall be.
_ASKING_FOR: Final = words_in(
    """
    allow allows auto automatic can decline disable enable enables exclude excludes hide hides
    ignore ignores include includes may must need needs notifies notify prefer require requires
    send sends should show shows smart support supports use uses want wants will
    """
)
# Those that are a key of their own above what they are about: `exclude.motion`.
_HOLDERS_BY_VERB: Final = words_in(
    "allow decline disable enable exclude hide ignore include mute notify require support"
)
# Words of such keys at any place.
_TOLD: Final = words_in(
    """
    alert alerts allowed capable eligible enabled installed notification notifications reminder
    reminders required setting settings subscribed subscription supported
    """
)
# Keys above marks that are given to several things: `{"scores": {"heart_rate": 80}}`.
_HOLDERS_OF_SCORES: Final = words_in(
    "contributors index indexes indices ratings scores subscores weights"
)
# Words of a number that says something about a quantity, and is none of it.
_ABOUT: Final = words_in(
    """
    accuracy anomaly calibration change correction deadband delta departure deviation diff difference
    divergence gradient hysteresis increment increments offset precision resolution slope step
    stepping tendency tolerance trend variance
    """
)
_SYSTEMS: Final = frozenset({"metric", "imperial"})
_IMPERIAL: Final = words_in("f fahrenheit ft gal imperial inhg lb lbs mi miles mph psi")
_PRESSURES: Final = words_in("bar barom barometer baro pressure")
_LIMITS: Final = words_in(
    "alarm limit limitation limits max maximum min minimum reserve setting target threshold"
)
# Keys of the parts of a time of day, or of a length of time: `{"hour": 7, "minute": 30}`.
_PARTS: Final = words_in("hour hours hr min mins minute minutes sec second seconds")
_ON_THE_CLOCK: Final = words_in(
    """
    alarm arrival bedtime begin clock date departure end from off on schedule stamp start stop
    sunrise sunset time timestamp to until
    """
)
# Words that make it a length of time again: `remaining_time.minutes`, `travel_time_minutes`.
_LENGTHS: Final = words_in(
    """
    charging delay driving duration elapsed flight left moving remaining rest running sleep total
    travel
    """
)
# What is connected by a hose or a wire, and not by a network.
_CONNECTED_BY_HAND: Final = words_in("battery cable charger gun hose load plug wire")
# Words that may stand before any.
_ANYTHING: Final = words_in("data device info metadata now state states status")
# The words that may stand before some phrases for flags: behind others they mean something else.
_THINGS_WITH_FLAGS: Final = {
    phrase: frozenset(things.split())
    for phrases, things in {
        "present, home": "anybody anyone at guest nobody occupant owner passenger people person "
        "persons phone resident somebody someone tracker user users",
        "charging": "actively battery car currently ev mower phone robot vehicle",
        "power, powered": "ac grid main mains wall",
        "unlocked": "bike car door doors garage gate lock scooter tailgate trunk vehicle",
        "open, opened": "bonnet boot cap cover damper door doors drawer driver flap freezer fridge "
        "front garage gate glass hatch hood left lid passenger port rear right roof shutter "
        "sunroof tailgate trunk valve vent window windows",
    }.items()
    for phrase in phrases.split(", ")
}


def is_setting(place: Place) -> bool:
    """Return whether a value says what may or shall be, and not what is."""
    return (
        is_below_settings(place)
        or place.words[:1] != ()
        and place.words[0] in _ASKING_FOR
        or not _TOLD.isdisjoint(place.words)
    )


def is_below_settings(place: Place) -> bool:
    """Return whether a key above a value holds settings, limits or capabilities."""
    return any(
        words[-1] in _HOLDERS_OF_SETTINGS
        or (len(words) <= 2 and words[0] in _HOLDERS_BY_VERB)
        for words in place.above
        if words
    )


def is_score(place: Place) -> bool:
    """Return whether a value is a mark for the thing that its words name."""
    return any(words[-1] in _HOLDERS_OF_SCORES for words in place.above if words)


def is_about(place: Place) -> bool:
    """Return whether a value is the step, the offset or the change of a quantity.

    So are degree days: for how long it was how much warmer or colder.
    """
    levels = (place.words, *place.above)
    if any(f" {' '.join(words)}".count(" degree day") for words in levels):
        return True
    # AccuWeather has each quantity in two systems of units.
    near = place.near if _SYSTEMS.isdisjoint(place.near) else place.above[1:2]
    words = (
        *place.near,
        *place.words,
        *(near[0] if near and near is not place.near else ()),
    )
    return not _ABOUT.isdisjoint(words)


def is_imperial_beside(place: Place) -> bool:
    """Return whether values beside one are in units of the United States, whatever its own is.

    A pressure of thirty is one of inches of mercury.
    """
    for holder in (place.siblings, place.parent):
        for key, value in islice(holder.items(), MOST_NEIGHBOURS):
            words = [word.lower() for word in words_of(key)]
            if words[:-1] == [*place.words]:
                # That in another unit: `temp_f` beside `temp`.
                continue
            if not _IMPERIAL.isdisjoint(words):
                return True
            number = None if isinstance(value, dict | list) else as_number(value)
            is_pressure = not _PRESSURES.isdisjoint(words)
            if is_pressure and number is not None and 25 < number < 33:
                return True
    return False


def is_limit(place: Place) -> bool:
    """Return whether a value is what a quantity shall be, or what it may be at most."""
    return not _LIMITS.isdisjoint((*place.near, *place.words))


def is_on_the_clock(place: Place) -> bool:
    """Return whether a value is a part of a time of day, or all of it in minutes.

    `{"start": {"hour": 7}}` and `start_time_minutes` are, `{"remaining": {"hours": 1}}` is not.
    """
    if "epoch" in place.words:
        return True
    if not place.words or place.words[-1] not in _PARTS:
        return False
    if len(place.words) == 1:
        before = place.near
        if _is_a_date(place):
            return True
    else:
        before = place.words[:-1]
        if before[-1] == "time":
            before = before[:-1]
    return (
        bool(before)
        and before[-1] in _ON_THE_CLOCK
        and _LENGTHS.isdisjoint((*before, *place.near))
    )


def _is_a_date(place: Place) -> bool:
    """Return whether a year stands beside a value."""
    keys = islice(place.siblings, MOST_NEIGHBOURS)
    return any(word.lower() == "year" for key in keys for word in words_of(key)[:1])


def is_of_another(phrase: str, before: str) -> bool:
    """Return whether the word before a phrase for a flag gives it another meaning.

    A charger that is present is nobody at home.
    """
    if phrase == "connected":
        return before in _CONNECTED_BY_HAND
    things = _THINGS_WITH_FLAGS.get(phrase, frozenset())
    return bool(things) and before not in things | _ANYTHING
