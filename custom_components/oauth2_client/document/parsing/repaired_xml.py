"""Repairs XML with common deviations: a bare `&` or `<`, entities of HTML, control characters.

It takes one pass. No entity is declared: a reference to one of HTML becomes the character it names.
"""

from html import unescape
import re
from typing import Final

# The beginning of markup or of a reference, or a character that XML does not allow.
_SPECIAL: Final = re.compile(
    r"<!--|<!\[CDATA\[|<\?|<|&|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"
)
# The ends of comments, CDATA and processing instructions, in which only control characters are removed.
_ENDS: Final = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_NAME: Final = r"[A-Za-z_:\x80-\uffff][\w:.\-]{0,199}+"
# Possessive, so that a text that is not a tag is scanned once.
_TAG: Final = re.compile(
    rf"</?{_NAME}(?:\s++{_NAME}\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'))*+\s*+/?>"
)
_REFERENCE: Final = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});|&"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PREDEFINED: Final = frozenset({"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})
_ESCAPED: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
)


def repaired_xml(text: str) -> str:
    """Return XML with its deviations repaired."""
    parts: list[str] = []
    # The ends that the rest of the text does not contain, so that they are not searched for again.
    missing: set[str] = set()
    position = 0
    while (found := _SPECIAL.search(text, position)) is not None:
        start = found.start()
        parts.append(text[position:start])
        part, position = _part(text, start, found.group(), missing)
        parts.append(part)
    parts.append(text[position:])
    return "".join(parts)


def _part(text: str, start: int, special: str, missing: set[str]) -> tuple[str, int]:
    """Return the repaired part that begins at `start`, and the position after it."""
    end_mark = _ENDS.get(special)
    if end_mark is not None and end_mark not in missing:
        end = text.find(end_mark, start + len(special))
        if end >= 0:
            end += len(end_mark)
            return _CONTROL.sub("", text[start:end]), end
        missing.add(end_mark)
    if special.startswith("<"):
        tag = _TAG.match(text, start)
        return ("&lt;", start + 1) if tag is None else (_tag(tag.group()), tag.end())
    if (reference := _REFERENCE.match(text, start)) is not None:
        return _character(reference), reference.end()
    return "", start + 1


def _tag(tag: str) -> str:
    """Return a tag with its attributes repaired."""
    inside = _CONTROL.sub("", tag[1:-1])
    inside = _REFERENCE.sub(_character, inside)
    return f"<{inside.replace('<', '&lt;')}>"


def _character(found: re.Match[str]) -> str:
    """Return the character for a reference; an unknown reference becomes a text."""
    reference = found.group()
    if reference in _PREDEFINED:
        return reference
    character = unescape(reference)
    if character == reference:
        return reference.replace("&", "&amp;")
    return _CONTROL.sub("", character).translate(_ESCAPED)
