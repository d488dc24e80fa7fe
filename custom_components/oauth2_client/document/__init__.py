"""An answer and its values, without Home Assistant. One value is read here, as a number.

`parsing` makes a document of bytes, `paths` find values in it, and `guessing` says what a value is
likely to be. `quantities` reads a value as a number as people write it, `times` as a time or a day,
`flags` as yes or no. APIs write each in many ways: no function raises, and long texts are refused before any work.
"""

from math import isfinite
from typing import Final

# Larger integers measure nothing, and a state could not hold their digits.
_MOST_BITS: Final = 256
# No number of so many bits is written longer, and no time either.
LONGEST_SCALAR: Final = 80
# Python's numbers may also have underscores, digits of other scripts, and be called nan or inf.
_NUMBER_CHARACTERS: Final = frozenset("0123456789+-.eE")


def as_number(value: object) -> int | float | None:
    """Return a finite number, also one that is written as text."""
    if isinstance(value, str):
        value = _read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if value.bit_length() <= _MOST_BITS else None
    return value if isfinite(value) else None


def _read_number(text: str) -> int | float | None:
    text = text.strip()
    if len(text) > LONGEST_SCALAR or not _NUMBER_CHARACTERS.issuperset(text):
        return None
    try:
        return float(text) if set(text) & set(".eE") else int(text)
    except ValueError:
        return None
