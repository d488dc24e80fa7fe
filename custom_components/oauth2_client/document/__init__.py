"""An answer and its values: bytes become a document, paths lead to values, which are guessed at.

Nothing here knows Home Assistant. The standard library, orjson, and, loaded when an answer or a path
needs them, xmltodict and jsonpath_rfc9535.
"""

from .formats import DocumentFormat, UnreadableDocument, UnreadableReason
from .guess import Guess, guess_all
from .leaves import Leaf, leaves
from .parse import parse_document
from .path import MISSING, InvalidPath, Match, Path, Segment, find, path_text
from .query import AnyPath, Query, compile_path
from .reader import Reader, compile_paths
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
    "Query",
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
