"""An answer and its values: bytes become a document, a path leads to a value in it.

Nothing here knows Home Assistant. Standard library only.
"""

from .leaves import Leaf, leaves
from .parse import UnreadableDocument, parse_document
from .path import MISSING, InvalidPath, Path, compile_path, normalized_path, path_text

__all__ = [
    "MISSING",
    "InvalidPath",
    "Leaf",
    "Path",
    "UnreadableDocument",
    "compile_path",
    "leaves",
    "normalized_path",
    "parse_document",
    "path_text",
]
