"""One value of an answer, read as a number as people write it: "21.5 °C", "116,33", "1.234,5 kWh"."""

import re
from typing import Final, NamedTuple

from . import LONGEST_SCALAR, as_number
from .units import read_unit

# The last three are spaces that are not broken, narrow and thin.
_NUMBER_AND_UNIT: Final = re.compile(
    r"(?P<sign>[-+\u2212]?)(?P<digits>[0-9.,'\u2019 \u00a0\u202f\u2009]*[0-9])\s*(?P<unit>.*)",
    re.DOTALL,
)
_IN_GROUPS: Final = re.compile(
    r"[1-9][0-9]{0,2}(?P<mark>[.,'\u2019 \u00a0\u202f\u2009])[0-9]{3}(?:(?P=mark)[0-9]{3})*"
    r"(?P<fraction>(?!(?P=mark))[.,][0-9]+)?"
)
# A length of time in parts: 1 h 5 min, 2d 3h.
_IN_PARTS: Final = re.compile(
    r"(?:(?P<d>[0-9]+) ?d(?:ays?)?,? ?)?"
    r"(?:(?P<h>[0-9]+) ?h(?:(?:ou)?rs?)?,? ?)?"
    r"(?:(?P<min>[0-9]+) ?m(?:in(?:ute)?s?)?,? ?)?"
    r"(?:(?P<s>[0-9]+) ?s(?:ec(?:ond)?s?)?)?",
    re.IGNORECASE,
)
_SECONDS: Final = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}


class Written(NamedTuple):
    """A number as it is written, with its unit: empty where there is none.

    `units` are those that the unit may mean, in Home Assistant's spelling.
    """

    number: int | float
    unit: str = ""
    units: tuple[str, ...] = ()


def as_written(text: str) -> Written | None:
    """Return the number that a text is, and its unit. None for any other text.

    A text that may mean two numbers is none: 1,234 is a thousand, or a little more than one.
    """
    text = text.strip()
    if len(text) > LONGEST_SCALAR:
        return None
    if (found := _NUMBER_AND_UNIT.fullmatch(text)) is None:
        return None
    unit = found["unit"]
    units = read_unit(unit) if unit else ()
    if not units and any(map(str.isdigit, unit)):
        return _in_parts(text)
    if (number := _number(found["digits"])) is None:
        return None
    is_negative = found["sign"] in {"-", "\u2212"}
    return Written(-number if is_negative else number, unit, units)


def _number(digits: str) -> int | float | None:
    """Return the number that digits mean, with a point or a comma and marks between thousands."""
    if (number := as_number(digits)) is not None:
        return number
    if (groups := _IN_GROUPS.fullmatch(digits)) is None:
        return as_number(digits.replace(",", "."))
    mark, fraction = groups["mark"], groups["fraction"] or ""
    # One comma may be that of a fraction, and a point is that of JSON's numbers.
    if not fraction and (mark == "." or (mark == "," and digits.count(mark) == 1)):
        return None
    whole = digits.removesuffix(fraction).replace(mark, "")
    return as_number(whole + fraction.replace(",", "."))


def _in_parts(text: str) -> Written | None:
    """Return a length of time, in the smallest of the units that it is written in."""
    if (found := _IN_PARTS.fullmatch(text)) is None:
        return None
    parts = {unit: int(part) for unit, part in found.groupdict().items() if part}
    seconds = sum(_SECONDS[unit] * part for unit, part in parts.items())
    unit = [*parts][-1]
    return Written(seconds // _SECONDS[unit], unit, (unit,))
