"""Parses the bytes of an answer into a document: JSON, NDJSON, XML, CSV or text."""

from .formats import (
    DocumentFormat,
    UnreadableDocument,
    UnreadableReason,
    parse_plain_json,
)

__all__ = [
    "DocumentFormat",
    "UnreadableDocument",
    "UnreadableReason",
    "parse_document",
]


def parse_document(
    body: bytes, content_type: str | None = None, *, format: DocumentFormat = "auto"
) -> object:
    """Return the document of a body.

    `content_type` is the value of the header; its charset is used where the bytes are not UTF-8.
    `auto` tries JSON first, whatever the type claims, then the format that the type names or that the
    body looks like. Only JSON has numbers; the values of all other formats are stripped texts.

    The caller bounds the size of the body, and parses XML and CSV off the event loop, as they are slow.

    Raises UnreadableDocument.
    """
    if format in ("auto", "json"):
        try:
            document = parse_plain_json(body)
            return _unquoted(document) if isinstance(document, str) else document
        except UnreadableDocument:
            raise
        except ValueError:
            # It is JSON with deviations, or another format.
            pass
    from .any_format import parse_as  # noqa: PLC0415 - most accounts get plain JSON only

    return parse_as(format, body, content_type)


def _unquoted(text: str) -> object:
    """Return the document in a JSON text, which some servers encode twice; else the text itself."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return parse_plain_json(text.encode())
    except ValueError:
        return text
