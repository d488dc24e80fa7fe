"""Paths lead to the values of a document: as a person types them, and many read at once.

`syntax` is imported where a path is more than names, or is written.
"""

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
from .reader import AnyPath, Reader, compile_path, compile_paths

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
]
