"""An answer and its values, without Home Assistant.

`parsing` makes a document of bytes, `paths` find values in it, `scalars` reads one value as a
number, a time, a day or a flag, and `guessing` says what a value is likely to be.
"""

from .guessing import Guess, Leaf, guess_all, leaves
from .parsing import (
    DocumentFormat,
    UnreadableDocument,
    UnreadableReason,
    parse_document,
)
from .paths import (
    MISSING,
    AnyPath,
    InvalidPath,
    Match,
    Path,
    Reader,
    Segment,
    compile_path,
    compile_paths,
    find,
    path_text,
)
from .scalars import as_day, as_flag, as_moment, as_number

__all__ = [
    "MISSING",
    "AnyPath",
    "DocumentFormat",
    "Guess",
    "InvalidPath",
    "Leaf",
    "Match",
    "Path",
    "Reader",
    "Segment",
    "UnreadableDocument",
    "UnreadableReason",
    "as_day",
    "as_flag",
    "as_moment",
    "as_number",
    "compile_path",
    "compile_paths",
    "find",
    "guess_all",
    "leaves",
    "parse_document",
    "path_text",
]
