"""Guesses what a value is: its name, platform, device class, unit and state class.

A person believes a guess, so a wrong one is worse than none. Only what is clear from the
words of keys, the units beside the value and the value itself is guessed.
"""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from .. import as_number
from ..flags import as_flag
from .doubts import is_called, is_of_another, is_setting
from .leaves import Leaf
from .measures import measure
from .moments import is_day, is_moment
from .money import Measure, money, price
from .naming import Name, distinct, name_of
from .place import Place, System
from .scales.systems import system_of
from .tables.flags import FLAGS
from .tables.vocabulary import MEASUREMENT, words_in

_DIAGNOSTIC: Final = frozenset(
    {"firmware", "rssi", "wifi", "ssid", "bssid", "version", "ip", "mac", "serial"}
    | {"hostname", "snr", "lqi", "build", "uptime"}
)
_DIAGNOSTIC_PHRASES: Final = frozenset({"last seen", "signal strength", "lastseen"})

# Attributes with which Home Assistant describes a state.
_DESCRIBING_ATTRIBUTES: Final = frozenset(
    {"device_class", "friendly_name", "state_class", "unit_of_measurement"}
)
# Device classes of points in time and days.
_MOMENTS: Final = frozenset({"timestamp", "date"})
# A key that begins with one of these asks a question: its value is yes or no.
_ASKING: Final = frozenset({"is", "has", "can", "was"})
_TRUTH: Final = frozenset({"true", "false"})
# Words that leave only yes and no for 0 and 1: by themselves, behind others, before others. Those left
# out may count (`deleted`), or be of a quantity or a number: `power_active`, `profile_active`.
_TOLD: Final = words_in("enabled favorite favourite muted private subscribed updating")
_TOLD_BEHIND: Final = words_in(
    "connected detected locked online off on required running"
)
_TOLD_BEFORE: Final = words_in("enable needs requires supports")
# Words before them that make it a count or a time, and things whose state is on or off.
_COUNTED: Final = words_in("count counter delay last num number time timer total")
# Words before `on` for a day, or a number of days: `start_on`.
_DAYS: Final = words_in("begin created due end ended ends start started starts updated")
_SWITCHED: Final = words_in("light plug relay switch")
_YES_OR_NO: Final = frozenset({"true", "false", "yes", "no"})
_OPENINGS: Final = frozenset({"door", "garage_door", "window", "opening"})
_OPENING_WORDS: Final = frozenset({"open", "opened", "closed"})
_LOCK_WORDS: Final = frozenset({"locked", "unlocked"})
# Phrases whose true may be off in the device class: a closed contact, or a car that has a window.
_MAY_BE_INVERTED: Final = frozenset({"contact", "valve"}) | {"door", "garage", "window"}
_MAX_FLAG_PHRASE_WORDS: Final = 3
# Flags that count nothing, also where they are 0 or 1.
_NEVER_COUNTED: Final = frozenset({"enabled", "muted", "paused", "shuffle"})
# Words for the lights on a device: whether they are on does not say that the device is.
_INDICATORS: Final = frozenset({"indicator", "indicators", "led", "leds"})
# Words that negate or change the phrase behind them: not_charging, low_power.
_NEGATING: Final = frozenset(
    {"external", "last", "low", "no", "non", "not", "on", "previous", "to"}
    | {"without"}
)
# Phrases whose meaning also depends on the keys above: `charger.present`.
_SAID_OF_THINGS_ABOVE: Final = frozenset(
    {"connected", "home", "open", "opened", "present"}
)
# Words for one of several doors and windows.
_SIDES: Final = words_in("back driver fl fr front left passenger rear right rl rr")
# Last words that name no flag, but the words before them do: `door.state`, `lock.value`.
_STATE_WORDS: Final = frozenset({"detected", "state", "status", "value"})


class Guess(NamedTuple):
    """What a value is likely to be, in Home Assistant's terms; None for whatever is not clear."""

    name: str
    platform: Literal["sensor", "binary_sensor"] = "sensor"
    device_class: str | None = None
    unit: str | None = None
    state_class: str | None = None
    precision: int | None = None
    category: Literal["diagnostic"] | None = None


class Judged(NamedTuple):
    """The guess for one value without its name, and the name, which other values may still change."""

    guess: Guess
    name: Name


def guess_all(leaves: Iterable[Leaf], document: object) -> list[Guess]:
    """Return guesses for values of a document, no two with the same name."""
    system = system_of(document)
    return named(judge(leaf, document, system) for leaf in leaves)


def named(values: Iterable[Judged]) -> list[Guess]:
    """Return the guesses of judged values with their names, no two of which are the same."""
    values = list(values)
    names = distinct(value.name for value in values)
    return [
        value.guess._replace(name=name)
        for value, name in zip(values, names, strict=True)
    ]


def judge(leaf: Leaf, document: object, system: System | None = None) -> Judged:
    """Return the guess for a value of a document, without references to the document.

    `system` is the system of units of the document.
    """
    place = Place.of(leaf, document, system)
    if (stated := _entity_state(place, leaf.value)) is not None:
        return stated
    guess = _judge(place, leaf.value)
    if _is_diagnostic(place.words):
        guess = guess._replace(category="diagnostic")
    name = name_of(
        place,
        unit=guess.unit,
        asking=_asking(guess),
        is_list=isinstance(leaf.value, list),
    )
    return Judged(guess, name)


def _asking(guess: Guess) -> str:
    """Return the words at the beginning of a flag's key that are left out of its name.

    `has_battery` without a device class says whether there is one, and keeps its word: Has battery.
    """
    if guess.platform != "binary_sensor":
        return ""
    return "is has" if guess.device_class else "is"


def _entity_state(place: Place, value: object) -> Judged | None:
    """Return the guess for the state of an entity of another Home Assistant, None for other values.

    It has the shape of `/api/states`: `entity_id`, `state` and `attributes`.
    """
    attributes = place.siblings.get("attributes")
    entity_id = place.siblings.get("entity_id")
    if place.key != "state" or not isinstance(attributes, dict):
        return None
    if not isinstance(entity_id, str) or "." not in entity_id:
        return None
    stated = {
        name: text.strip() or None
        for name, text in attributes.items()
        if name in _DESCRIBING_ATTRIBUTES and isinstance(text, str)
    }
    domain, device_class = entity_id.partition(".")[0], stated.get("device_class")
    unit = stated.get("unit_of_measurement")
    guess = Guess(name="")
    if value in ("on", "off"):
        # Switches and covers have other device classes.
        device_class = device_class if domain == "binary_sensor" else None
        guess = Guess(name="", platform="binary_sensor", device_class=device_class)
    elif domain == "sensor" and (unit or as_number(value) is not None):
        # An unavailable sensor, too, has its unit in the attributes.
        guess = Guess("", "sensor", device_class, unit, stated.get("state_class"))
    elif device_class in _MOMENTS:
        guess = Guess(name="", device_class=device_class)
    name = name_of(place, unit=None, asking="", is_list=False)
    if (friendly := stated.get("friendly_name")) is not None:
        name = Name(words=(friendly,), more=((entity_id,),))
    return Judged(guess, name)


def _judge(place: Place, value: object) -> Guess:
    """Return the guess for a value, without its name."""
    if isinstance(value, list):
        # The state is the number of its elements.
        return Guess(name="", state_class=MEASUREMENT)
    if isinstance(value, bool) or _is_worded_flag(place, value):
        return Guess(
            name="", platform="binary_sensor", device_class=_flag_class(place, value)
        )
    if is_moment(place, value):
        return Guess(name="", device_class="timestamp")
    if is_day(place, value):
        return Guess(name="", device_class="date")
    if (number := as_number(value)) is None:
        return _of_measure(_of_text(place))
    text = value if isinstance(value, str) else None
    return _of_measure(
        price(place, number)
        or money(place, number, text)
        or measure(place, number, text)
    )


def _of_text(place: Place) -> Measure:
    """Return what a text measures: "116,33" and "21.5 °C". Nothing where it has a unit that is unknown."""
    if place.written is None or is_called(place):
        return Measure()
    number, unit, _ = place.written
    text = str(number)
    if not unit:
        return (
            price(place, number)
            or money(place, number, text)
            or measure(place, number, text)
        )
    measured = measure(place, number, text)
    return measured if measured.unit is not None else Measure()


def _of_measure(measured: Measure) -> Guess:
    return Guess(
        name="",
        device_class=measured.device_class,
        unit=measured.unit,
        state_class=measured.state_class,
        precision=measured.precision,
    )


def _is_diagnostic(words: tuple[str, ...]) -> bool:
    return not _DIAGNOSTIC.isdisjoint(words) or " ".join(words) in _DIAGNOSTIC_PHRASES


def _is_worded_flag(place: Place, value: object) -> bool:
    """Return whether a number or a word is a flag, which only its key can show."""
    if as_flag(value) is None or not place.words:
        return False
    if isinstance(value, str) and value.strip().lower() in _TRUTH:
        # As XML and forms write what is a word of its own in JSON.
        return True
    if type(value) is int and _is_told(place):
        return True
    if place.words[0] in _ASKING and len(place.words) > 1:
        return True
    phrase = _flag_phrase(place)
    if phrase is None:
        return False
    if not isinstance(value, str):
        # `low_battery: 0` and `door_open: 1`; a single word may count something.
        is_surely = " " in phrase and not is_setting(place)
        return is_surely or phrase in _NEVER_COUNTED
    word = value.strip().lower()
    if word.isdigit():
        return False
    if word in _LOCK_WORDS:
        return "lock" in phrase
    if "lock" in phrase and word in _OPENING_WORDS:
        # A door that is open is not locked.
        return False
    is_opening = FLAGS[phrase] in _OPENINGS
    if place.words[-1] in {"state", "status"}:
        # Usually one of several words: a car may be charging, stopped or complete.
        return is_opening and word in _OPENING_WORDS
    return not is_opening or word in _OPENING_WORDS | _YES_OR_NO


def _is_told(place: Place) -> bool:
    """Return whether the words of a key leave no more than yes and no for 0 and 1.

    `led_off`, `relay_state` and `needs_update` do. `users_active` counts, and so may `active`.
    Shelly's `auto_off` is in seconds.
    """
    *others, last = place.words
    if last in _TOLD or not others:
        return last in _TOLD
    if last == "state":
        return others[-1] in _SWITCHED
    is_counted = others[-1].endswith("s") or others[-1] in _COUNTED
    is_counted = is_counted or others[0] == "auto"
    is_counted = is_counted or (last == "on" and others[-1] in _DAYS)
    return others[0] in _TOLD_BEFORE or (last in _TOLD_BEHIND and not is_counted)


def _flag_class(place: Place, value: object) -> str | None:
    """Return the device class of a flag, None where true may be off in that class."""
    phrase = _flag_phrase(place)
    if phrase is None or is_setting(place) or not _INDICATORS.isdisjoint(place.near):
        return None
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _LOCK_WORDS:
        return "lock"
    if phrase in _MAY_BE_INVERTED and word not in _OPENING_WORDS:
        return None
    first = place.words[0] if place.words else ""
    if first == "was" or (first == "has" and " " not in phrase):
        # A past event is not a state, and `has_motion` may mean that a device can detect motion.
        return FLAGS[phrase] if FLAGS[phrase] in {"problem", "update"} else None
    return FLAGS[phrase]


def _flag_phrase(place: Place) -> str | None:
    """Return the longest phrase for a flag at the end of the words."""
    words, own = place.meaning, place.words
    if words[-1:] == ("low",):
        # `{"batteryStatus": {"isLow": true}}`
        words, own = (
            tuple(word for word in each if word not in _ASKING) for each in (words, own)
        )
    while words[-1:] and words[-1] in _SIDES:
        # `{"doorOpen": {"frontLeft": 0}}`
        words, own = words[:-1], own[:-1]
    if words[-1:] and words[-1] in _STATE_WORDS and len(words) > 1:
        words, own = words[:-1], own[:-1]
    # The key of a list names what all elements are, and says nothing of a single one.
    is_below = bool(place.segments) and not isinstance(place.segments[-1], str)
    for length in range(min(_MAX_FLAG_PHRASE_WORDS, len(words)), 0, -1):
        if (phrase := " ".join(words[-length:])) in FLAGS:
            is_own = is_below or phrase not in _SAID_OF_THINGS_ABOVE
            first = len(words) - len(own) if is_own else 0
            others = words[first : len(words) - length]
            before = [word for word in others if word not in _ASKING][-1:]
            if before and (before[0] in _NEGATING or is_of_another(phrase, *before)):
                return None
            return phrase
    return None
