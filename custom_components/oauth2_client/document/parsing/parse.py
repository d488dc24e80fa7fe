"""From the bytes of an answer to a document."""

from .formats import (
    DocumentFormat,
    UnreadableDocument,
    UnreadableReason,
    beginning,
    charset,
    decode,
    media_type,
)
from .json_text import parse_json, parse_json_bytes, parse_lines
from .markup import looks_like_html, parse_xml
from .table import parse_csv


def parse_document(
    body: bytes, content_type: str | None = None, *, format: DocumentFormat = "auto"
) -> object:
    """Return the document of a body.

    `content_type` is a header's value; its charset is used where the bytes are not UTF-8. With
    `auto`, JSON is read whatever the type claims, then what the type names or the body looks
    like. Only JSON has numbers; a text is stripped. The size is bounded by who read the body.
    JSON is read in one go; XML and CSV are slow enough to be read off the event loop.

    Raises UnreadableDocument.
    """
    match format:
        case "auto":
            return _by_looks(body, content_type)
        case "json":
            return _json(body, content_type)
        case "ndjson":
            return parse_lines(decode(body, content_type))
        case "xml":
            return _xml(body, content_type)
        case "csv":
            return parse_csv(decode(body, content_type))
        case "text":
            return _plain(body, content_type)


def _by_looks(body: bytes, content_type: str | None) -> object:
    not_json: UnreadableReason
    try:
        return _json(body, content_type)
    except UnreadableDocument as err:
        not_json = err.reason
    named, looks = media_type(content_type), beginning(body)
    if not_json in ("empty", "html", "too_deep"):
        raise UnreadableDocument(not_json)
    if looks.startswith("<") or named.endswith(("/xml", "+xml")):
        return _markup(body, content_type)
    text = decode(body, content_type)
    if named == "text/csv":
        return parse_csv(text)
    if (lines := _lines(text)) is not None:
        return lines
    if named == "text/html":
        raise UnreadableDocument("html")
    if named.startswith("text/"):
        return _plain(body, content_type)
    raise UnreadableDocument("not_json")


def _json(body: bytes, content_type: str | None) -> object:
    try:
        return parse_json_bytes(body)
    except UnreadableDocument:
        raise
    except ValueError:
        # Not so plain, or not JSON.
        pass
    if looks_like_html(beginning(body)):
        raise UnreadableDocument("html")
    return parse_json(decode(body, content_type))


def _lines(text: str) -> list[object] | None:
    """Return the values of NDJSON, None where a line is none or there is but one."""
    try:
        lines = parse_lines(text)
    except UnreadableDocument:
        return None
    return lines if len(lines) > 1 else None


def _markup(body: bytes, content_type: str | None) -> object:
    try:
        return _xml(body, content_type)
    except UnreadableDocument as err:
        if err.reason == "not_xml" and media_type(content_type) == "text/html":
            raise UnreadableDocument("html") from None
        raise


def _xml(body: bytes, content_type: str | None) -> object:
    """Read XML: its charset is what the type claims, else what it declares (RFC 7303, 3)."""
    if looks_like_html(beginning(body)):
        raise UnreadableDocument("html")
    if charset(content_type) is None:
        return parse_xml(body.lstrip())
    return parse_xml(decode(body, content_type).lstrip())


def _plain(body: bytes, content_type: str | None) -> str:
    text = decode(body, content_type).strip()
    if "\0" in text:
        raise UnreadableDocument("not_text")
    return text
