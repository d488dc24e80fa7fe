"""From the bytes of an answer to a document: JSON, NDJSON, XML, CSV or text."""

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
    `auto` tries JSON first, whatever the type claims, and then the format that the type names or
    that the body looks like. Only JSON has numbers; all other formats make texts, stripped.

    The caller bounds the size of the body, and keeps XML and CSV off the event loop, since they
    take long; JSON does not.

    Raises UnreadableDocument.
    """
    if format in ("auto", "json"):
        try:
            document = parse_plain_json(body)
            return _as_meant(document) if isinstance(document, str) else document
        except UnreadableDocument:
            raise
        except ValueError:
            # JSON with deviations, or no JSON.
            pass
    from .any_format import parse_as  # noqa: PLC0415 - most accounts get plain JSON only

    return parse_as(format, body, content_type)


def _as_meant(text: str) -> object:
    """Return the document of JSON whose one text is JSON again, as some servers write it."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return parse_plain_json(text.encode())
    except ValueError:
        return text
