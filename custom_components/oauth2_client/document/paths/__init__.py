"""Paths lead to the values of a document: as a person types them, and many read at once."""

from .path import (
    LONGEST_PATH,
    MAX_INDEX,
    MISSING,
    InvalidPath,
    Match,
    Path,
    Segment,
    find,
    find_loosely,
)
from .reader import Reader, compile_paths
from .syntax import AnyPath, compile_path, path_text

__all__ = [
    "LONGEST_PATH",
    "MAX_INDEX",
    "MISSING",
    "AnyPath",
    "InvalidPath",
    "Match",
    "Path",
    "Reader",
    "Segment",
    "compile_path",
    "compile_paths",
    "find",
    "find_loosely",
    "path_text",
]
