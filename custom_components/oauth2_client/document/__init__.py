"""An answer and its values: bytes become a document, a path leads to a value in it.

Nothing here knows Home Assistant. Standard library only.
"""

from .leaves import Leaf, leaves
from .parse import UnreadableDocument, parse_document
from .path import (
    MISSING,
    InvalidPath,
    Match,
    Path,
    Segment,
    compile_path,
    find,
    normalized_path,
    path_text,
)

__all__ = [
    "MISSING",
    "InvalidPath",
    "Leaf",
    "Match",
    "Path",
    "Segment",
    "UnreadableDocument",
    "compile_path",
    "find",
    "leaves",
    "normalized_path",
    "parse_document",
    "path_text",
]
