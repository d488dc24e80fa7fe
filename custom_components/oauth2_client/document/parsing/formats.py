"""The formats of answers, why a body is no document, and from its bytes to text."""

import codecs
import json
from typing import Final, Literal

type DocumentFormat = Literal["auto", "json", "ndjson", "xml", "csv", "text"]

type UnreadableReason = Literal[
    "empty",
    "html",
    "not_csv",
    "not_json",
    "not_text",
    "not_xml",
    "too_deep",
    "too_large",
]

# Documents of APIs are some ten levels deep; whoever walks one must not run out of stack.
MAX_DEPTH: Final = 100
# What a few bytes of XML or CSV become is far larger than they are, other than with JSON.
MAX_NODES: Final = 500_000

# Python's codecs that are no charsets, and that take quadratic time or make lone surrogates.
_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"}
)


class UnreadableDocument(ValueError):
    """The bytes are no document. `reason` says why; it is the whole of the text."""

    def __init__(self, reason: UnreadableReason) -> None:
        super().__init__(reason)
        self.reason: Final = reason


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
    """Return a body as text: UTF-8, UTF-16 or UTF-32 by its looks, else as its type claims.

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
    """Return the first characters of a body, whatever it is, to judge it by."""
    first = body[:1024]
    return first.decode(json.detect_encoding(first), "replace").lstrip()


def _decode_as(body: bytes, claimed: str | None) -> str:
    try:
        codec = codecs.lookup(claimed or "utf-8").name
        if codec in _NO_CHARSETS:
            raise UnreadableDocument("not_text")
        return body.decode(codec)
    except LookupError, ValueError:
        raise UnreadableDocument("not_text") from None
