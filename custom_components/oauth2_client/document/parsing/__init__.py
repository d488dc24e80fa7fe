"""From the bytes of an answer to a document: JSON, NDJSON, XML, CSV or text."""

from .formats import DocumentFormat, UnreadableDocument, UnreadableReason
from .parse import parse_document

__all__ = [
    "DocumentFormat",
    "UnreadableDocument",
    "UnreadableReason",
    "parse_document",
]
