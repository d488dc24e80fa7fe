"""Which quantity and which unit the words of a key name."""

from typing import NamedTuple

from .place import VALUE_WORDS, Place
from .units import UNIT_WORDS, WEAK_UNIT_WORDS
from .vocabulary import LONGEST_PHRASE, NAMES, QUALIFIERS, QUANTITIES, Quantity


class Phrase(NamedTuple):
    """The quantities that a key may name, and the units that it may name.

    `is_unit_plain` says that its words mean a unit also in a key that names no quantity.
    """

    quantities: tuple[Quantity, ...]
    units: tuple[str, ...]
    is_unit_plain: bool


def phrase_of(place: Place) -> Phrase:
    """Return what the last words mean: `wind_speed_max_kmh` is wind speed, in km/h."""
    if place.words == ("long",) and "lat" in place.siblings:
        return Phrase(quantities=QUANTITIES["lon"], units=(), is_unit_plain=False)
    if "per" in place.words:
        # `price_per_kwh` is not an energy.
        return Phrase(quantities=(), units=(), is_unit_plain=False)
    words = list(place.meaning)
    units: tuple[str, ...] = ()
    is_plain = False
    while words:
        if found := _known(words, has_unit=bool(units)):
            return Phrase(quantities=found, units=units, is_unit_plain=is_plain)
        last = words.pop()
        pair = UNIT_WORDS.get(words[-1] + last) if words and not units else None
        if pair is not None:
            # A unit in two words: km_h, ug_m3.
            units, is_plain = pair, True
            words.pop()
        elif not units and last in UNIT_WORDS:
            units, is_plain = UNIT_WORDS[last], last not in WEAK_UNIT_WORDS
            if words[-1:] == ["in"]:
                words.pop()
                is_plain = True
        elif not (last in QUALIFIERS or last in VALUE_WORDS or last.isdecimal()):
            break
    return Phrase(quantities=(), units=units, is_unit_plain=is_plain)


def is_a_name(words: tuple[str, ...]) -> bool:
    """Return whether the last word is one such as id or version, whose numbers measure nothing."""
    naming = [word for word in words if word not in VALUE_WORDS]
    return bool(naming) and naming[-1].rstrip("0123456789") in NAMES


def _known(words: list[str], *, has_unit: bool) -> tuple[Quantity, ...]:
    """Return the quantities of the longest phrase that words end in."""
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(words[-length:])
        # `current` is a quantity with a unit only: elsewhere it means now.
        if phrase in QUANTITIES and (has_unit or phrase not in QUALIFIERS):
            return QUANTITIES[phrase]
    return ()
