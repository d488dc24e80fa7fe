"""The values that a document offers, and what each is likely to be.

Used by forms alone: an account that runs has its values picked and does not import this. The
values here are named tuples: a form waits for the import, and dataclasses would take most of it.
"""

from .guess import Guess, Judged, guess_all, judge, named
from .leaves import Leaf, first_of_each, leaves
from .place import System
from .scales.systems import system_of

__all__ = [
    "Guess",
    "Judged",
    "Leaf",
    "System",
    "first_of_each",
    "guess_all",
    "judge",
    "leaves",
    "named",
    "system_of",
]
