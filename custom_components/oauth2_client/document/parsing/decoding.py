"""From the bytes of a body to text, and what its type and its first bytes say about it."""

import codecs
import json
import re
from typing import Final

from .formats import UnreadableDocument

_BEGINNING_BYTES: Final = 1024
# Codecs of Python that are no charsets; some take quadratic time or make lone surrogates.
_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"}
)
# Possessive and atomic: a comment ends at its first `-->`, and nothing is matched a second time.
# Otherwise each comment would double the ways to read those before it.
_HTML: Final = re.compile(
    r"(?:<\?xml[^>]*+>|(?><!--.*?-->)|\s)*+<(?:!doctype\s+html|html|head|body)\b",
    re.DOTALL | re.IGNORECASE,
)


def media_type(content_type: str | None) -> str:
    """Return what a Content-Type names, without its parameters (RFC 9110, 8.3.1)."""
    return (content_type or "").partition(";")[0].strip().lower()


def charset(content_type: str | None) -> str | None:
    """Return the charset that a Content-Type claims."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return None


def decode(body: bytes, content_type: str | None) -> str:
    """Return a body as text.

    UTF-8, UTF-16 and UTF-32 are recognized by the bytes; any other charset is the one that the
    type claims.

    Raises UnreadableDocument.
    """
    try:
        text = body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        text = _decode_as(body, charset(content_type))
    if not text.strip():
        raise UnreadableDocument("empty")
    return text


def beginning(body: bytes) -> str:
    """Return the first characters of a body of any kind, to judge its format by."""
    first = body[:_BEGINNING_BYTES]
    return first.decode(json.detect_encoding(first), "replace").lstrip()


def looks_like_html(beginning: str) -> bool:
    """Return whether a text with this beginning is a page: an error, a sign-in, a portal."""
    return _HTML.match(beginning) is not None


def _decode_as(body: bytes, claimed: str | None) -> str:
    try:
        codec = codecs.lookup(claimed or "utf-8").name
        if codec in _NO_CHARSETS:
            raise UnreadableDocument("not_text")
        return body.decode(codec)
    except LookupError, ValueError:
        raise UnreadableDocument("not_text") from None
