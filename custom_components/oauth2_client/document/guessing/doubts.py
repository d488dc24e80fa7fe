"""Recognizes values that are not what their words name: settings, scores, steps, times of day."""

from itertools import islice
import re
from typing import Final

from .place import MOST_NEIGHBOURS, Place
from .tables.vocabulary import words_in
from .words import words_of

# Last words of keys whose members are capabilities or settings.
_HOLDERS_OF_SETTINGS: Final = words_in(
    """
    capabilities capability config configuration consents disallows exclusions feature features
    limits notifications options permissions preferences prefs rules setting settings supported
    supports thresholds triggers
    """
)
# First words of keys for what may, can or shall be.
_ASKING_FOR: Final = words_in(
    """
    alert alerts allow allows auto automatic can decline detects disable email enable enables
    exclude excludes hide hides ignore ignores include includes may must need needs notifies notify
    permits prefer push require requires send sends should show shows smart sms support supports
    use uses want wants warn will
    """
)
# Those of them that may be a key by themselves, above the thing: `exclude.motion`.
_HOLDERS_BY_VERB: Final = words_in(
    "allow decline disable enable exclude hide ignore include mute notify require support"
)
# Words that mean a setting anywhere in a key.
_SETTING_WORDS: Final = words_in(
    """
    alert alerts allowed capable eligible enabled installed notification notifications reminder
    reminders required setting settings subscribed subscription supported
    """
)
# Keys above the scores of several things: `{"scores": {"heart_rate": 80}}`.
_HOLDERS_OF_SCORES: Final = words_in(
    """
    caqi comfort contributors grade grades index indexes indices percentile percentiles ranking rankings
    ranks rating ratings risk risks scores stars subindex subindexes subscores weights
    """
)
# Keys above numbers that are not what the keys below name: `{"sensor_ids": {"temperature": 12}}`.
_HOLDERS_OF_NAMES: Final = words_in(
    "codes count counts errors flags ids names timestamps types valid versions"
)
# Words for properties of a quantity, such as its accuracy or its change.
_ABOUT: Final = words_in(
    """
    accuracies accuracy anomaly calibration calibrations change changes correction corrections deadband
    delta deltas departure deviation deviations diff difference differences divergence gradient
    hysteresis increment increments offset offsets precision resolution slope step stepping tendency
    tolerance tolerances trend variance
    """
)
# Keys of parameters with which a language model chooses words.
_OF_SAMPLING: Final = words_in("top_p topp top_k topk logprobs logit_bias")
_LIMITS: Final = words_in(
    "alarm limit limitation limits max maximum min minimum reserve setting target threshold"
)
# Keys for parts of a time of day, or of a duration: `{"hour": 7, "minute": 30}`.
_PARTS: Final = words_in("hour hours hr min mins minute minutes sec second seconds")
_ON_THE_CLOCK: Final = words_in(
    """
    alarm arrival bedtime begin clock date dawn departure dusk end from off on schedule stamp start stop
    sunrise sunset time timestamp to until
    """
)
_ENDS: Final = words_in("begin end endtime from start starttime to until")
# Keys of a time of day. A length of time has plurals: hours, minutes.
_HOURS: Final = words_in("hour hr h hora ora heure stunde std")
_MINUTES: Final = words_in("minute min minuto minuut")
# Words that make it a length of time nevertheless: `remaining_time.minutes`, `travel_time_minutes`.
_LENGTHS: Final = words_in(
    """
    charging delay driving duration elapsed flight left moving remaining rest running sleep total
    travel
    """
)
# Things that are connected by a plug, a hose or a wire, not by a network.
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
# Last words of keys whose texts are names, also such as "500 g" and "2.4 GHz".
_CALLED: Final = words_in(
    """
    alias brand caption comment description header headline label message model name note notes product
    subtitle summary title variant
    """
)
# Keys below which a service has the same values, once in each system of units.
_IN_BOTH: Final = frozenset({"metric", "imperial"})
_LONGEST_NUMBER: Final = 16
_LEADING_ZERO: Final = re.compile(r"-?0[0-9]")
# Hours, minutes and seconds without signs between them, as HAFAS writes them.
_TIME_OF_DAY: Final = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")


def is_setting(place: Place) -> bool:
    """Return whether a value is a setting: what may or shall be, not what is."""
    return (
        is_below_settings(place)
        or place.words[:1] != ()
        and place.words[0] in _ASKING_FOR
        or not _SETTING_WORDS.isdisjoint(place.words)
    )


def is_below_settings(place: Place) -> bool:
    """Return whether a key above a value holds settings, limits or capabilities."""
    return any(
        (words[-1] in _HOLDERS_OF_SETTINGS and not _is_of_geojson(words, place))
        or (len(words) <= 2 and words[0] in _HOLDERS_BY_VERB)
        for words in place.above
        if words
    )


def _is_of_geojson(words: tuple[str, ...], place: Place) -> bool:
    """Return whether a key is the `features` of GeoJSON (RFC 7946, 3.3)."""
    return words == ("features",) and not {"geometry", "properties"}.isdisjoint(
        segment for segment in place.segments if isinstance(segment, str)
    )


def is_called(place: Place) -> bool:
    """Return whether a text is a name, whatever is in it."""
    return place.words[-1:] != () and place.words[-1] in _CALLED


def is_below_names(place: Place) -> bool:
    """Return whether the key above a value holds ids, codes or counts of things."""
    return place.near[-1:] != () and place.near[-1] in _HOLDERS_OF_NAMES


def is_score(place: Place) -> bool:
    """Return whether a value is a score of the thing that its words name."""
    return any(words[-1] in _HOLDERS_OF_SCORES for words in place.above if words)


def is_about(place: Place) -> bool:
    """Return whether a value is the step, the offset or the change of a quantity.

    Degree days count too: they sum up how much warmer or colder each day was.
    """
    levels = (place.words, *place.above)
    if any(f" {' '.join(words)}".count(" degree day") for words in levels):
        return True
    # AccuWeather has `Metric` and `Imperial` below each quantity.
    near = place.near if _IN_BOTH.isdisjoint(place.near) else place.above[1:2]
    words = (
        *place.near,
        *place.words,
        *(near[0] if near and near is not place.near else ()),
    )
    return not _ABOUT.isdisjoint(words)


def is_of_a_model(place: Place) -> bool:
    """Return whether a value is a parameter of a language model: its temperature stands beside `top_p`."""
    near = [key.lower() for key in islice(place.siblings, MOST_NEIGHBOURS)]
    return any(
        key.endswith(("tokens", "penalty")) or key in _OF_SAMPLING for key in near
    )


def is_limit(place: Place) -> bool:
    """Return whether a value is a target or a limit of a quantity."""
    return not _LIMITS.isdisjoint((*place.near, *place.words))


def is_on_the_clock(place: Place) -> bool:
    """Return whether a value is a part of a time of day, or all of it in minutes.

    `{"start": {"hour": 7}}` and `start_time_minutes` are, `{"remaining": {"hours": 1}}` is not.
    """
    if "epoch" in place.words or _is_of_a_span(place):
        return True
    if not place.words or place.words[-1] not in _PARTS:
        return False
    if len(place.words) == 1:
        before = place.near
        if _is_a_date(place) or _is_a_clock(place):
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


def _is_of_a_span(place: Place) -> bool:
    """Return whether a value is the time at which something starts or ends: `{"start": {"time": 2200}}`."""
    return (
        place.words == ("time",) and place.near[-1:] != () and place.near[-1] in _ENDS
    )


def _is_a_clock(place: Place) -> bool:
    """Return whether a value is a part of a time of day: `{"hour": 7, "min": 30, "sec": 0}`."""
    near = {key.lower() for key in islice(place.siblings, MOST_NEIGHBOURS)}
    is_time = not near.isdisjoint(_HOURS) and not near.isdisjoint(_MINUTES)
    return is_time and _LENGTHS.isdisjoint(place.near)


def _is_a_date(place: Place) -> bool:
    """Return whether a year stands beside a value."""
    keys = islice(place.siblings, MOST_NEIGHBOURS)
    return any(word.lower() == "year" for key in keys for word in words_of(key)[:1])


def is_of_another(phrase: str, before: str) -> bool:
    """Return whether the word before a phrase for a flag gives it another meaning.

    A charger that is present does not mean that somebody is at home.
    """
    if phrase == "connected":
        return before in _CONNECTED_BY_HAND
    things = _THINGS_WITH_FLAGS.get(phrase, frozenset())
    return bool(things) and before not in things | _ANYTHING


def is_a_time_of_day(place: Place, text: str) -> bool:
    """Return whether a text of six digits is a time of day: `{"time_s": "142900"}`."""
    is_time = "time" in place.words or "time" in place.near
    return is_time and _TIME_OF_DAY.fullmatch(text.strip()) is not None


def is_a_code(text: str) -> bool:
    """Return whether digits are a code, not a number: 007, +49…, or more than a number has."""
    text = text.strip()
    return (
        text.startswith("+")
        or len(text) > _LONGEST_NUMBER
        or _LEADING_ZERO.match(text) is not None
    )
