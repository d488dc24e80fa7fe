"""An answer and its values: bytes become a document, a path leads to a value in it.

Nothing here knows Home Assistant. Standard library only.
"""

from .parse import UnreadableDocument, parse_document
from .path import MISSING, InvalidPath, Path, compile_path, normalized_path

__all__ = [
    "MISSING",
    "InvalidPath",
    "Path",
    "UnreadableDocument",
    "compile_path",
    "normalized_path",
    "parse_document",
]
