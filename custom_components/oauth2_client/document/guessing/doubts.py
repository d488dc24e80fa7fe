"""Whether a value is a setting, a score, a step or a time of day, and not what its words name.

And in which units an answer is, where its values do not say so: a bare `{"temp": 34}` may be in °F.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
import re
from typing import Final

from .. import as_number
from .place import MOST_NEIGHBOURS, Place, System
from .units import read_unit
from .vocabulary import words_in
from .words import words_of

# Last words of keys whose members say what a service can do, or is told to do.
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
# Such verbs that may be a key of their own, above the thing: `exclude.motion`.
_HOLDERS_BY_VERB: Final = words_in(
    "allow decline disable enable exclude hide ignore include mute notify require support"
)
# Words that mark a setting at any place in a key.
_SETTING_WORDS: Final = words_in(
    """
    alert alerts allowed capable eligible enabled installed notification notifications reminder
    reminders required setting settings subscribed subscription supported
    """
)
# Keys above the scores of several things: `{"scores": {"heart_rate": 80}}`.
_HOLDERS_OF_SCORES: Final = words_in(
    "contributors index indexes indices ratings scores subscores weights"
)
# Words of numbers that say something about a quantity, such as its accuracy or its change.
_ABOUT: Final = words_in(
    """
    accuracy anomaly calibration change correction deadband delta departure deviation diff difference
    divergence gradient hysteresis increment increments offset precision resolution slope step
    stepping tendency tolerance trend variance
    """
)
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
# Words that make it a length of time nevertheless: `remaining_time.minutes`, `travel_time_minutes`.
_LENGTHS: Final = words_in(
    """
    charging delay driving duration elapsed flight left moving remaining rest running sleep total
    travel
    """
)
# What is connected by a hose or a wire, and not by a network.
_CONNECTED_BY_HAND: Final = words_in("battery cable charger gun hose load plug wire")
# Words that may stand before any phrase for a flag.
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


# Keys below which a service has the same values, once in each system of units.
_IN_BOTH: Final = frozenset({"metric", "imperial"})
_SYSTEMS: Final[Mapping[str, System]] = {
    **dict.fromkeys(words_in("celsius degc c metric si m international"), "metric"),
    **dict.fromkeys(words_in("ca h s uk uk2 uk212"), "metric"),
    **dict.fromkeys(words_in("e english f fahrenheit degf"), "imperial"),
    **dict.fromkeys(words_in("imperial us us_customary usa uscs"), "imperial"),
    **dict.fromkeys(words_in("base k kelvin scientific standard"), "standard"),
}
# Words of parameters and members that choose a system of units, and of those that choose a unit of
# something else than temperature.
_CHOOSING: Final = words_in("imperial metric scale system unit unitgroup units")
_OTHERS: Final = words_in(
    "id ids altitude distance length precip precipitation pressure rain speed time volume weight wind"
)
_STATED_KEYS: Final = frozenset(
    {"units", "unit_system", "unitsystem", "unitgroup", "unit_group"}
    | {"measurement_system", "measurementsystem", "system_of_units"}
)
# Below these, a person has chosen what an app shows. The values may be in another system.
_CHOSEN: Final = words_in(
    "config configuration display gui preference preferences prefs setting settings user"
)
_IMPERIAL_UNITS: Final = frozenset({"°F", "mph", "inHg", "mi", "ft", "lb", "gal"})
_METRIC_UNITS: Final = frozenset({"°C", "km/h", "hPa", "mbar", "km", "kg", "mm"})
_IMPERIAL_WORDS: Final = words_in(
    "f fahrenheit ft gal imperial inhg lb lbs mi miles mph psi"
)
_METRIC_WORDS: Final = words_in("c celsius cm hpa kg km kmh kph l m mbar metric mm kpa")
_PLAIN_METRIC: Final = words_in("celsius kmh kph metric")
_PRESSURES: Final = words_in("bar barom barometer baro pressure")
_COUNTRIES: Final = frozenset(
    {"us", "usa", "united states", "united states of america"}
)
_ZONES: Final = (
    *("US/", "America/Anchorage", "America/Boise", "America/Chicago", "America/Denver"),
    *("America/Detroit", "America/Indiana", "America/Juneau", "America/Kentucky"),
    *("America/Los_Angeles", "America/New_York", "America/North_Dakota"),
    "America/Phoenix",
)
_LONGEST_NUMBER: Final = 16
_LEADING_ZERO: Final = re.compile(r"-?0[0-9]")
# So many members are looked at, however many an answer has.
_MOST_MEMBERS: Final = 2_000
_LONGEST_TEXT: Final = 40


def is_setting(place: Place) -> bool:
    """Return whether a value says what may or shall be, and not what is."""
    return (
        is_below_settings(place)
        or place.words[:1] != ()
        and place.words[0] in _ASKING_FOR
        or not _SETTING_WORDS.isdisjoint(place.words)
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
    """Return whether a value is a score for the thing that its words name."""
    return any(words[-1] in _HOLDERS_OF_SCORES for words in place.above if words)


def is_about(place: Place) -> bool:
    """Return whether a value is the step, the offset or the change of a quantity.

    So are degree days: for how long it was how much warmer or colder.
    """
    levels = (place.words, *place.above)
    if any(f" {' '.join(words)}".count(" degree day") for words in levels):
        return True
    # AccuWeather has each quantity in two systems of units.
    near = place.near if _IN_BOTH.isdisjoint(place.near) else place.above[1:2]
    words = (
        *place.near,
        *place.words,
        *(near[0] if near and near is not place.near else ()),
    )
    return not _ABOUT.isdisjoint(words)


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


def system_of(
    document: object,
    asked: Iterable[tuple[str, str]] = (),
    *,
    is_imperial_home: bool = False,
) -> System | None:
    """Return in which units an answer is, None where nothing shows it.

    `asked` are the parameters that it was asked for with.
    """
    for name, text in asked:
        if (system := _chosen(name, text)) is not None:
            return system
    stated: set[System] = set()
    marks: set[str] = set()
    for key, value, siblings in _members(document):
        is_stated = key.lower() in _STATED_KEYS
        # A single letter may be any unit.
        if is_stated and isinstance(value, str) and len(value) > 1:
            stated.update(filter(None, [_SYSTEMS.get(value.lower())]))
        marks.update(_marks(key, value, siblings))
    if len(stated) == 1:
        return stated.pop()
    if stated or "imperial" in marks:
        return "unclear"
    if "metric" in marks:
        return "metric"
    return "unclear" if "place" in marks or is_imperial_home else None


def _chosen(name: str, value: str) -> System | None:
    """Return the system that a parameter asks for: `units=imperial`, `temp_unit=f`, `metric=true`."""
    words = {word.lower() for word in words_of(name)}
    if words.isdisjoint(_CHOOSING) or not words.isdisjoint(_OTHERS):
        return None
    text = value.strip().lower()
    if text in {"true", "1", "false", "0"}:
        is_metric = ("metric" in words) == (text in {"true", "1"})
        return "metric" if is_metric else "imperial"
    return _SYSTEMS.get(text)


def _members(document: object) -> Iterator[tuple[str, object, Mapping[str, object]]]:
    """Yield the members of an answer's objects, each with its object, up to a bound."""
    left = _MOST_MEMBERS
    nodes = [document]
    while nodes and left:
        node = nodes.pop()
        left -= 1
        if isinstance(node, list):
            nodes += node[:left]
        elif isinstance(node, dict):
            for key, value in node.items():
                if not (left := max(left - 1, 0)):
                    break
                yield key, value, node
                if isinstance(value, list | dict) and not _is_chosen(key):
                    nodes.append(value)


def _is_chosen(key: str) -> bool:
    return not _CHOSEN.isdisjoint(word.lower() for word in words_of(key))


def _marks(key: str, value: object, siblings: Mapping[str, object]) -> Iterator[str]:
    """Yield what a member shows of the system: `imperial`, `metric`, or a `place` that uses one."""
    words = [word.lower() for word in words_of(key)]
    if not words:
        return
    if words[-1] in _PLAIN_METRIC:
        yield "metric"
    if words[-1] in _IMPERIAL_WORDS and not _is_twice(words, siblings):
        yield "imperial"
    if isinstance(value, str) and len(value) <= _LONGEST_TEXT:
        yield from _marks_of_text(words, value)
    if not _PRESSURES.isdisjoint(words) and not isinstance(value, dict | list):
        number = as_number(value)
        if number is not None and 25 < number < 33:
            # Inches of mercury.
            yield "imperial"


def _marks_of_text(words: list[str], text: str) -> Iterator[str]:
    if words[-1] in {"unit", "units", "uom"} and not _is_chosen(" ".join(words)):
        units = {*read_unit(text)}
        if units & _IMPERIAL_UNITS:
            yield "imperial"
        elif units & _METRIC_UNITS:
            yield "metric"
    elif "country" in words or words[-1] in {"locale", "timezone", "tz", "zone"}:
        is_zone = text.startswith(_ZONES)
        is_country = text.lower() in _COUNTRIES and "country" in words
        if is_zone or is_country or text[-3:] in {"_US", "-US"}:
            yield "place"


def _is_twice(words: list[str], siblings: Mapping[str, object]) -> bool:
    """Return whether a value is there in both systems: `temp_f` beside `temp_c` or `temp`."""
    for other in siblings:
        beside = [word.lower() for word in words_of(other)]
        if beside and beside[:-1] == words[:-1] and beside[-1] in _METRIC_WORDS:
            return True
        if beside and beside == words[:-1]:
            return True
    return False


def is_a_code(text: str) -> bool:
    """Return whether digits are a code, not a number: 007, +49…, or more than a number has."""
    text = text.strip()
    return (
        text.startswith("+")
        or len(text) > _LONGEST_NUMBER
        or _LEADING_ZERO.match(text) is not None
    )
