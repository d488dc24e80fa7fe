"""Finds the key that identifies the elements of a list, and whether their order has a meaning."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
import re
from typing import Final

from ..paths import MAX_INDEX
from ..times import as_moment
from .words import words_of

# Keys that usually identify an element, the best first; others that end in `id` come after them.
_USUAL_KEYS: Final = (
    "id",
    "_id",
    "@id",
    "uuid",
    "guid",
    "uid",
    "vin",
    "key",
    "slug",
    "serial",
    "serialNumber",
    "serial_number",
    "serialNo",
    "serial_no",
    "sn",
    "mac",
    "macAddress",
    "mac_address",
    "identifier",
    "imei",
    "iban",
    "name",
    "code",
    "symbol",
    "feature",
    "title",
)
# At most so many further keys are looked at.
_MAX_OTHER_KEYS: Final = 20
_ENDS_IN_ID: Final = re.compile(r".*(?:[_-]id|[a-z]I[dD])")
_MAX_VALUE_CHARACTERS: Final = 64
_NAMES: Final = frozenset({"name", "title", "label", "displayName", "display_name"})
# Words of the keys of changes, and of time zones.
_CHANGED: Final = frozenset({"changed", "modified", "update", "updated"})
_ZONE_WORDS: Final = frozenset({"local", "utc"})
# The keys of the names of things. An event has a title instead.
_NAMES_OF_THINGS: Final = frozenset({"name", "displayName", "display_name"})
# Words in the keys of times that only events have, and of times that things have too.
_EVENT_WORDS: Final = frozenset(
    {"begin", "booked", "booking", "date", "day", "effective", "posted"}
    | {"published", "start", "started", "startdate"}
)
_THING_WORDS: Final = frozenset(
    {"at", "created", "datetime", "measured", "recorded", "time", "timestamp", "ts"}
)
_NOT_OF_AN_EVENT: Final = frozenset(
    {"birth", "change", "changed", "due", "end", "expiration", "expires", "expiry"}
    | {"install", "installation", "installed", "last", "modified", "next"}
    | {"registration", "seen", "sync", "update", "updated", "valid", "warranty"}
)
# A number that would be a time before this year is not a time.
_FIRST_YEAR: Final = 1980
# Keys of the kind of an element, in lists with one element of each kind, such as readings of a device.
_KINDS: Final = (
    *("type", "kind", "metric", "parameter", "quantity", "sensorType", "sensor_type"),
    *("data_type", "dataType", "component", "comp", "property", "label", "displayName"),
)
# Further keys of a kind end in one of these words, and begin with one for a measurement:
# `measurementType`. In a reading, they may begin with any word: `value_type`.
_KIND_ENDINGS: Final = frozenset({"kind", "metric", "parameter", "quantity", "type"})
_MEASUREMENT_WORDS: Final = frozenset(
    {"data", "measure", "measurement", "metric", "parameter", "sensor", "value"}
)
# Keys of a reading, whose id may be a new one each time.
_READINGS: Final = frozenset({"measurement", "reading", "val", "value"})
_PLACE_WORDS: Final = frozenset(
    {"activity", "area", "channel", "circuit", "door", "leg", "phase", "port", "room"}
    | {"side", "slot", "wheel", "zone"}
)
# A date or a time changes, so that it does not identify an element. A longer number that begins like a
# date is an id, and a MAC address may begin like a time.
_DATE_OR_TIME: Final = re.compile(
    r"\s*(?:(?:19|20)\d\d-[01]\d-[0-3]\d"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T ]\d|(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?Z?\Z|Z?\Z)"
    r"|\d{1,2}:\d\d(?::\d\d)?(?![:\dA-Fa-f])"
    r"|\d{1,2}[./]\d{1,2}[./]\d)"
)


def element_key(elements: Sequence[object]) -> str | None:
    """Return the key whose value is different in each element, None where there is none.

    All elements must be objects, and the values short texts or integers, not dates or times.
    """
    objects = [element for element in elements if isinstance(element, dict)]
    if not objects or len(objects) < len(elements):
        return None
    candidates = _candidates(objects[0], several=len(objects) > 1)
    return next((key for key in candidates if _identifies(objects, key)), None)


def is_found_by_position(elements: Sequence[object], key: str) -> bool:
    """Return whether the first element is found by its position, although a key identifies each.

    That is so in a list of events with the newest one first. Times that things have too, such as that of
    their creation, count only in three or more elements without names. The only element of a list with
    the time of an event is the latest event. If the only element has one number, and texts otherwise,
    the number is a code, such as that of the weather.
    """
    first = elements[0]
    if not isinstance(first, dict):
        return False
    if len(elements) == 1 and _is_a_code(first, key):
        return True
    is_thing = not _NAMES_OF_THINGS.isdisjoint(first)
    for candidate in islice(first, _MAX_OTHER_KEYS):
        words = [word.lower() for word in words_of(candidate)]
        if not words or not _NOT_OF_AN_EVENT.isdisjoint(words):
            continue
        is_event = not _EVENT_WORDS.isdisjoint(words)
        if is_event and len(elements) == 1:
            # `date_setup` belongs to a thing.
            is_only_time = {*words} <= _EVENT_WORDS | _THING_WORDS | _ZONE_WORDS
            return is_only_time and _moment_of(first[candidate]) is not None
        is_time = not is_thing and not _THING_WORDS.isdisjoint(words)
        counts = is_event or (is_time and len(elements) > 2)
        if counts and _goes_back(elements, candidate):
            return True
    return False


def is_in_order(elements: Sequence[object]) -> bool:
    """Return whether elements are sorted: events by their times, others by their latest changes.

    A person who wants the next event or task wants the first element, whichever that is. Each element
    is also found by its key.
    """
    first = elements[0]
    if len(elements) < 2 or not isinstance(first, dict):
        return False
    for candidate in islice(first, _MAX_OTHER_KEYS):
        words = {word.lower() for word in words_of(candidate)}
        if "due" in words:
            return True
        if words & _CHANGED and _NAMES_OF_THINGS.isdisjoint(first):
            is_in_order = _goes_back(elements, candidate)
        else:
            is_in_order = bool(words & _EVENT_WORDS) and words.isdisjoint(
                _NOT_OF_AN_EVENT
            )
            is_in_order = is_in_order and _goes_back(elements[::-1], candidate)
        if is_in_order:
            return True
    return False


def _is_a_code(element: dict[str, object], key: str) -> bool:
    """Return whether the integer at the key of the only element is a code, and not an id."""
    others = [value for other, value in element.items() if other != key]
    is_code = isinstance(element[key], int) and _NAMES.isdisjoint(element)
    return is_code and bool(others) and all(isinstance(each, str) for each in others)


def _candidates(element: dict[str, object], *, several: bool) -> Iterator[str]:
    is_reading = not _READINGS.isdisjoint(element)
    kinds = [
        key
        for key in _kinds(element, is_reading=is_reading)
        if isinstance(element[key], str)
    ]
    if is_reading:
        yield from kinds
    yield from (key for key in _USUAL_KEYS if key in element)
    ids = [
        key for key in element if key not in _USUAL_KEYS and _ENDS_IN_ID.fullmatch(key)
    ]
    yield from ids[:_MAX_OTHER_KEYS]
    if several:
        # A single element does not show whether each kind occurs only once.
        yield from kinds
        near = islice(element, _MAX_OTHER_KEYS)
        yield from (key for key in near if _says_where(key, element[key]))


def _kinds(element: dict[str, object], *, is_reading: bool) -> Iterator[str]:
    yield from (key for key in _KINDS if key in element)
    for key in islice(element, _MAX_OTHER_KEYS):
        words = [word.lower() for word in words_of(key)]
        if len(words) < 2 or words[-1] not in _KIND_ENDINGS:
            continue
        if is_reading or words[0] in _MEASUREMENT_WORDS:
            yield key


def _says_where(key: str, value: object) -> bool:
    """Return whether a member names the place of an element: `vehicleWheel`, `room`."""
    words = words_of(key)[-1:]
    is_place = isinstance(value, str | int) and not isinstance(value, bool)
    return bool(words) and words[0].lower() in _PLACE_WORDS and is_place


def _identifies(objects: list[dict[str, object]], key: str) -> bool:
    """Return whether the values of a key are different in all elements, and do not change."""
    seen: set[object] = set()
    for element in objects:
        value = element.get(key)
        if not _is_stable(value) or value in seen:
            return False
        seen.add(value)
    return True


def _is_stable(value: object) -> bool:
    if isinstance(value, str):
        return (
            0 < len(value) <= _MAX_VALUE_CHARACTERS
            and _DATE_OR_TIME.match(value) is None
        )
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and abs(value) <= MAX_INDEX
    )


def _goes_back(elements: Sequence[object], key: str) -> bool:
    """Return whether the times of elements never increase, and are not all equal."""
    before: datetime | None = None
    is_equal = True
    for element in elements:
        found = _moment_of(element.get(key)) if isinstance(element, dict) else None
        if found is None or (before is not None and found > before):
            return False
        is_equal = is_equal and before in (None, found)
        before = found
    return not is_equal


def _moment_of(value: object) -> datetime | None:
    """Return the time in a text or a number, None for a small number."""
    if isinstance(value, dict):
        # Google Calendar has `{"dateTime": …}`.
        value = value.get("dateTime", value.get("date"))
    if isinstance(value, str) and _DATE_OR_TIME.match(value) is None:
        return None
    moment = as_moment(value, zone=UTC)
    return None if moment is None or moment.year < _FIRST_YEAR else moment
