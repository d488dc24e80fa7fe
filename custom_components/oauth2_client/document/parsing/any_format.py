"""Parses a body that is not plain JSON, in the format that the caller names or that it looks like."""

from itertools import islice
import re
from typing import Final
from urllib.parse import parse_qsl

from .decoding import (
    beginning,
    charset,
    declared_charset,
    decode,
    looks_like_html,
    media_type,
)
from .event_stream import EVENT_STREAM, looks_like_events, parse_events
from .formats import (
    MAX_NODES,
    DocumentFormat,
    UnreadableDocument,
    UnreadableReason,
    parse_plain_json,
)
from .lenient_json import parse_lenient_json, parse_lines, parse_sequence

_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
# The same bound as for a response that is not compressed (`MAX_API_BYTES`).
_MAX_UNPACKED_BYTES: Final = 16 * 1024 * 1024
_FORM: Final = "application/x-www-form-urlencoded"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_CSV_TYPES: Final = frozenset(
    {"text/csv", "text/x-csv", "text/comma-separated-values", "application/csv"}
    | {"text/tab-separated-values", "application/vnd.ms-excel"}
)
# Where JSON may begin behind warnings, and how many of these places are tried.
_JSON_BEGINNING: Final = r"(?m)(?:^|>)[ \t]*+(?=[\[{])"
_MAX_BEGINNINGS: Final = 4
# Charsets that servers declare by default, whatever the body is in.
_DEFAULT_CHARSETS: Final = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


def parse_as(format: DocumentFormat, body: bytes, content_type: str | None) -> object:
    """Return the document of a body that `parse_plain_json` does not read.

    Raises UnreadableDocument.
    """
    if body.startswith(_GZIP_MAGIC):
        body = _unpacked(body)
    match format:
        case "auto":
            return _by_appearance(body, content_type)
        case "json":
            return _json(body, content_type)
        case "ndjson":
            return _json_lines(decode(body, charset(content_type)))
        case "xml":
            return _xml(body, content_type)
        case "csv":
            return _csv(decode(body, charset(content_type)))
        case "text":
            return _plain_text(body, content_type)


def _unpacked(body: bytes) -> bytes:
    """Decompress a body that came without a Content-Encoding."""
    from .decompression import TooLarge, Undecodable, decompressed  # noqa: PLC0415 - few servers omit the header

    try:
        return decompressed(body, "gzip", _MAX_UNPACKED_BYTES)
    except Undecodable:
        raise UnreadableDocument("not_text") from None
    except TooLarge:
        raise UnreadableDocument("too_large") from None


def _json_lines(text: str) -> list[object]:
    """Return the values of NDJSON, or of JSON values that take several lines each."""
    try:
        return parse_lines(text)
    except UnreadableDocument as err:
        values = parse_sequence(text) if err.reason == "not_json" else None
        if values is None:
            raise
        return values


def _by_appearance(body: bytes, content_type: str | None) -> object:
    """Return the document of a body in the format that its type and its beginning indicate."""
    not_json: UnreadableReason
    try:
        return _json(body, content_type)
    except UnreadableDocument as err:
        not_json = err.reason
    if not_json in ("empty", "too_deep", "too_large"):
        raise UnreadableDocument(not_json)
    if not_json == "html":
        return _behind_warnings(decode(body, charset(content_type)))
    named, first = media_type(content_type), beginning(body)
    if first.startswith("<") or named.endswith(("/xml", "+xml")):
        return _markup(body, content_type)
    text = decode(body, charset(content_type))
    if named in _CSV_TYPES:
        is_json = text.startswith("{") and (_lines(text) or parse_sequence(text))
        return is_json or _csv(text)
    if named == EVENT_STREAM or looks_like_events(text):
        return parse_events(text)
    if named == _FORM:
        return _form(text)
    if (lines := _lines(text) or parse_sequence(text)) is not None:
        return lines
    if named == "text/html":
        return _behind_warnings(text)
    if named.startswith("text/"):
        return _plain_text(body, content_type)
    raise UnreadableDocument("not_json")


def _json(body: bytes, content_type: str | None) -> object:
    if looks_like_html(beginning(body)):
        raise UnreadableDocument("html")
    return parse_lenient_json(decode(body, charset(content_type)))


def _behind_warnings(text: str) -> object:
    """Return the JSON at the end of a text, behind warnings that PHP has written into the response.

    Raises UnreadableDocument where there is none, as in an HTML page.
    """
    text = text.rstrip()
    if text.endswith(("}", "]")):
        for found in islice(re.finditer(_JSON_BEGINNING, text), _MAX_BEGINNINGS):
            try:
                return parse_plain_json(text[found.end() :].encode())
            except ValueError:
                continue
    raise UnreadableDocument("html")


def _lines(text: str) -> list[object] | None:
    """Return the values of NDJSON, None for a single line, or where any line is not JSON."""
    try:
        lines = parse_lines(text)
    except UnreadableDocument as err:
        if err.reason == "too_large":
            raise
        return None
    return lines if len(lines) > 1 else None


def _form(text: str) -> dict[str, str]:
    try:
        fields = parse_qsl(
            text.strip(), keep_blank_values=True, max_num_fields=MAX_NODES
        )
    except ValueError:
        raise UnreadableDocument("too_large") from None
    return dict(fields)


def _markup(body: bytes, content_type: str | None) -> object:
    """Parse XML. Markup of the type HTML that is not well-formed is taken for a page."""
    try:
        return _xml(body, content_type)
    except UnreadableDocument as err:
        if err.reason != "not_xml" or media_type(content_type) != "text/html":
            raise
    return _behind_warnings(decode(body, charset(content_type)))


def _xml(body: bytes, content_type: str | None) -> object:
    """Parse XML in the charset that the type claims, else the document itself (RFC 7303, 3)."""
    from .markup import parse_xml  # noqa: PLC0415 - xmltodict is needed for XML alone

    first = beginning(body)
    if looks_like_html(first):
        raise UnreadableDocument("html")
    claimed = charset(content_type)
    while body.lstrip().startswith(_UTF8_MARK * 2):
        body = body.lstrip().removeprefix(_UTF8_MARK)
    try:
        return parse_xml(
            body.lstrip() if claimed is None else decode(body, claimed).lstrip()
        )
    except UnreadableDocument as err:
        if err.reason != "not_xml":
            raise
    if claimed is None:
        declared = declared_charset(first) or ""
        # A body that declares UTF-8 but is not may be in any charset.
        claimed = None if declared.lower() in _DEFAULT_CHARSETS else declared
    return _lenient_xml(decode(body, claimed).lstrip())


def _lenient_xml(text: str) -> object:
    """Parse XML that is decoded already, whatever charset it declares; repair it if necessary."""
    from .markup import parse_xml  # noqa: PLC0415 - imported by the caller
    from .repaired_xml import repaired_xml  # noqa: PLC0415 - most XML is well-formed

    try:
        return parse_xml(text)
    except UnreadableDocument as err:
        if err.reason != "not_xml":
            raise
    # A document type is not repaired but escaped, so that it is refused again: a text outside of all
    # elements is not well-formed.
    return parse_xml(repaired_xml(text))


def _csv(text: str) -> list[object]:
    from .table import parse_csv  # noqa: PLC0415 - the module `csv` is needed for CSV alone

    return parse_csv(text)


def _plain_text(body: bytes, content_type: str | None) -> str:
    text = decode(body, charset(content_type)).strip()
    if "\0" in text:
        raise UnreadableDocument("not_text")
    return text
