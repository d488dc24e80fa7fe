"""Reads the message of a refusal that is XML, a web page or plain text."""

from collections.abc import Iterator
from html import escape, unescape
import re
from typing import Final

from .error_codes import REFUSING_STATUSES
from .message import Response

# Text after this many bytes is not read.
_LONGEST_READ: Final = 16 * 1024
_MOST_PIECES: Final = 64
# Longer plain text is not taken for a message.
_LONGEST_MESSAGE: Final = 1000
_PAGE: Final = re.compile(r"<!doctype html|<html|<head|<body", re.IGNORECASE)
# Each repetition is possessive: what follows it cannot be in it, and no text is tried twice.
_CDATA: Final = re.compile(r"<!\[CDATA\[([^\]]{0,2000}+)\]\]>")
# An element that holds text alone, and an attribute.
_ELEMENT: Final = re.compile(
    r"<([\w.:-]{1,64}+)(?:\s[^<>]{0,500}+)?>([^<>]{1,2000}+)</"
)
_ATTRIBUTE: Final = re.compile(r"""\s([\w.:-]{1,64}+)=(["'])([^"'<>]{1,300}+)\2""")
# The elements of a web page that most likely hold its message.
_TELLING: Final = ("title", "h1", "h2", "p", "pre")


def read_page(response: Response) -> tuple[dict[str, str] | None, bool]:
    """Return the fields of a body that is markup or text, and whether it may be a proxy's page."""
    text = response.body[:_LONGEST_READ].decode("utf-8-sig", errors="replace").strip()
    if not text:
        return None, False
    # A proxy sends other statuses than the token endpoint, in any format.
    is_foreign = response.status not in REFUSING_STATUSES
    if not text.startswith("<"):
        fits = len(text) <= _LONGEST_MESSAGE and not text.startswith(("{", "["))
        return ({"message": text.strip('"')} if fits else None), is_foreign
    if _PAGE.search(text[:1000]):
        return _page_fields(text), True
    return _markup_fields(text), is_foreign


def _page_fields(text: str) -> dict[str, str]:
    """Return the title of a web page and the first of its headings and paragraphs."""
    fields = {}
    for name in _TELLING:
        found = re.search(rf"<{name}(?:\s[^<>]{{0,500}})?>", text, re.IGNORECASE)
        if found is None:
            continue
        inner = text[found.end() : found.end() + _LONGEST_MESSAGE]
        end = re.search(
            rf"</(?:{name}|body|html)\b|<(?:div|table|form)\b", inner, re.IGNORECASE
        )
        if end is None:
            # The text was cut: redaction would not find a secret that was cut with it.
            continue
        inner = inner[: end.start()]
        fields[name] = unescape(re.sub(r"<[^<>]{0,500}>", " ", inner))
    message = " – ".join(
        dict.fromkeys(
            " ".join(part.split()) for part in fields.values() if part.strip()
        )
    )
    return {"errordescription": message} if message else {}


def _markup_fields(text: str) -> dict[str, str]:
    """Return the elements and attributes that hold text, the first of each name."""
    plain = _CDATA.sub(lambda found: escape(found[1], quote=False), text)
    fields: dict[str, str] = {}
    for name, value in _pieces(plain):
        # Without an XML namespace prefix.
        fields.setdefault(name.rpartition(":")[2], unescape(value).strip())
    return fields


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_ELEMENT, _ATTRIBUTE):
        for _, found in zip(range(_MOST_PIECES), pattern.finditer(text), strict=False):
            # The last group is the text.
            yield found[1], found[found.re.groups]
