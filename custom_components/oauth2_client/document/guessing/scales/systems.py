"""Finds the system of units of an answer, whose values may not show it: `{"temp": 34}` may be in °F."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ... import as_number
from ...units import read_unit
from ..place import System
from ..tables.vocabulary import words_in
from ..words import words_of

_SYSTEMS: Final[Mapping[str, System]] = {
    **dict.fromkeys(words_in("celsius degc c metric si m international"), "metric"),
    **dict.fromkeys(words_in("ca h s uk uk2 uk212"), "metric"),
    **dict.fromkeys(words_in("e english f fahrenheit degf"), "imperial"),
    **dict.fromkeys(words_in("imperial us us_customary usa uscs"), "imperial"),
    **dict.fromkeys(words_in("base k kelvin scientific standard"), "standard"),
}
# Words of parameters that choose a system of units, and of those that choose the unit of a quantity other
# than temperature.
_CHOOSING: Final = words_in("imperial metric scale system unit unitgroup units")
_OTHERS: Final = words_in(
    "id ids altitude distance length precip precipitation pressure rain speed time volume weight wind"
)
_STATED_KEYS: Final = frozenset(
    {"units", "unit_system", "unitsystem", "unitgroup", "unit_group"}
    | {"measurement_system", "measurementsystem", "system_of_units"}
)
# Below these keys is what a person has chosen for an app. The values may be in another system.
_CHOSEN: Final = words_in(
    "config configuration display gui preference preferences prefs setting settings user"
)
_IMPERIAL_UNITS: Final = frozenset({"°F", "mph", "inHg", "mi", "ft", "lb", "gal"})
_METRIC_UNITS: Final = frozenset({"°C", "km/h", "hPa", "mbar", "km", "kg", "mm"})
_IMPERIAL_WORDS: Final = words_in(
    "f fahrenheit ft gal imperial inhg lb lbs mi miles mph psi"
)
_METRIC_WORDS: Final = words_in("c celsius cm hpa kg km kmh kph l m mbar metric mm kpa")
_FAHRENHEIT: Final = frozenset({"f", "fahrenheit"})
_TEMPERATURES: Final = words_in("dewpoint feelslike point temp temperature windchill")
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
# At most so many members of an answer are looked at.
_MAX_MEMBERS: Final = 2_000
_LONGEST_TEXT: Final = 40


def system_of(
    document: object,
    asked: Iterable[tuple[str, str]] = (),
    *,
    is_imperial_home: bool = False,
) -> System | None:
    """Return the system of units of an answer, None where nothing shows it.

    `asked` are the parameters of the request.
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
    if "fahrenheit" in marks and "metric" not in marks and not stated:
        return "imperial"
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
    members_left = _MAX_MEMBERS
    nodes = [document]
    while nodes and members_left:
        node = nodes.pop()
        members_left -= 1
        if isinstance(node, list):
            nodes += node[:members_left]
        elif isinstance(node, dict):
            for key, value in node.items():
                if not (members_left := max(members_left - 1, 0)):
                    break
                yield key, value, node
                if isinstance(value, list | dict) and not _is_chosen(key):
                    nodes.append(value)


def _is_chosen(key: str) -> bool:
    return not _CHOSEN.isdisjoint(word.lower() for word in words_of(key))


def _marks(key: str, value: object, siblings: Mapping[str, object]) -> Iterator[str]:
    """Yield what a member shows of the system: `imperial`, `fahrenheit`, `metric`, or a `place` that uses one."""
    words = [word.lower() for word in words_of(key)]
    if not words:
        return
    is_no = value is False or value in ("false", "no")
    if words[-1] in _PLAIN_METRIC:
        yield "imperial" if is_no else "metric"
    if words[-1] in _IMPERIAL_WORDS and not is_no and not _is_twice(words, siblings):
        yield "imperial"
        if words[-1] in _FAHRENHEIT and not _TEMPERATURES.isdisjoint(words[:-1]):
            # Also the others: who has miles an hour may have °C.
            yield "fahrenheit"
    if isinstance(value, str) and len(value) <= _LONGEST_TEXT:
        yield from _marks_of_text(words, value)
    if not _PRESSURES.isdisjoint(words) and not isinstance(value, dict | list):
        number = as_number(value)
        if number is not None and 25 < number < 33:
            # Inches of mercury.
            yield "imperial"


def _marks_of_text(words: list[str], text: str) -> Iterator[str]:
    if words[-1] in {"scale", "unit", "units", "uom"} and not _is_chosen(
        " ".join(words)
    ):
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
        if beside and _plain(beside) == _plain(words[:-1]):
            return True
    return False


def _plain(words: list[str]) -> list[str]:
    return ["temp" if word == "temperature" else word for word in words]
