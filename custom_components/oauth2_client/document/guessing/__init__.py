"""Lists the values of a document, and guesses what each of them is.

Only forms import this package; a running account does not need it. Its values are named tuples, since a
form waits for the import, and the definition of dataclasses would take most of the time.
"""

from .guess import Guess, Judged, guess_all, judge, named
from .leaves import Leaf, count_values, first_of_each, leaves
from .place import System
from .scales.systems import system_of

__all__ = [
    "Guess",
    "Judged",
    "Leaf",
    "System",
    "count_values",
    "first_of_each",
    "guess_all",
    "judge",
    "leaves",
    "named",
    "system_of",
]
