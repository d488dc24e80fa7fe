"""JSON with the deviations that APIs have, and several values of JSON in lines."""

import json
import math
import re
from typing import Final

from .formats import MAX_ELEMENTS, UnreadableDocument, check_depth, check_elements
from .repaired_json import repaired_json

# Some servers put this in front, so that a script on another site cannot run the answer.
_GUARD: Final = re.compile(
    r"\s*(?:\)\]\}'?,?|\]\)\}while\(1\);</x>|while\s*\(\s*(?:1|true)\s*\)\s*;|for\s*\(\s*;\s*;\s*\)\s*;"
    r"|&&&START&&&|\{\s*\}\s*&&|throw\s+1\s*;|/\*-secure-)"
)
# Finds an escaped surrogate without its other half, as group 1. Escaped pairs and escaped
# backslashes match as well, so that no half is found inside them.
_SURROGATE: Final = re.compile(
    r"\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    r"|(\\u[Dd][89A-Fa-f][0-9A-Fa-f]{2})|\\.",
    re.DOTALL,
)


# What may stand between several values.
_BETWEEN: Final = re.compile(r"[\s,\x1e\ufeff]*+")


def _none(_: str) -> None:
    return None


def _finite(literal: str) -> float | None:
    number = float(literal)
    return number if math.isfinite(number) else None


_DECODER: Final = json.JSONDecoder(parse_constant=_none, parse_float=_finite)
# Not strict: templates leave line breaks and tabs in texts.
_REPAIRED_DECODER: Final = json.JSONDecoder(
    parse_constant=_none, parse_float=_finite, strict=False
)


def parse_lenient_json(text: str) -> object:
    """Return the document of a text that may deviate from JSON.

    Numbers that JSON does not have (NaN, Infinity, 1e999) become None, surrogates without their
    other half become U+FFFD, and a guard against other sites' scripts, such as `)]}'`, is left
    out. So is what JavaScript and others allow: see `repaired_json`.

    Raises UnreadableDocument.
    """
    if guard := _GUARD.match(text):
        text = text[guard.end() :]
    if len(text) > MAX_ELEMENTS:
        check_elements(text.encode(errors="replace"))
    try:
        document = _decoded(_DECODER, text)
    except UnreadableDocument:
        repaired = repaired_json(text)
        if repaired is None:
            raise
        document = _decoded(_REPAIRED_DECODER, repaired)
    check_depth(document)
    return document


def _decoded(decoder: json.JSONDecoder, text: str) -> object:
    """Return the document of JSON. Raises UnreadableDocument."""
    try:
        return decoder.decode(
            _SURROGATE.sub(_without_half, text) if "\\u" in text else text
        )
    except RecursionError:
        raise UnreadableDocument("too_deep") from None
    except ValueError:
        raise UnreadableDocument("not_json") from None


def parse_lines(text: str) -> list[object]:
    """Return the values of NDJSON: one on each line that is not empty.

    Raises UnreadableDocument.
    """
    if len(text) > MAX_ELEMENTS:
        check_elements(text.encode(errors="replace"))
    values: list[object] = []
    for line in text.replace("\r", "\n").split("\n"):
        # Files that were concatenated each begin with a byte order mark.
        if line := line.strip(" \t\ufeff"):
            values.append(parse_lenient_json(line))
        if len(values) > MAX_ELEMENTS:
            raise UnreadableDocument("too_large")
    return values


def parse_row(text: str) -> list[object] | None:
    """Return the objects and lists of a text that has several of them in a row, None for another text.

    They stand behind each other, with or without a comma, line ends or record separators (RFC 7464)
    between them.

    Raises UnreadableDocument for values that are nested too deeply or have too many elements.
    """
    text = text[_past_signs(text, 0) :]
    if not text.startswith(("{", "[")):
        return None
    if len(text) > MAX_ELEMENTS:
        check_elements(text.encode(errors="replace"))
    text = _SURROGATE.sub(_without_half, text) if "\\u" in text else text
    values: list[object] = []
    position = 0
    while position < len(text):
        if text[position] not in "{[":
            return None
        try:
            value, position = _DECODER.raw_decode(text, position)
        except ValueError, RecursionError:
            return None
        check_depth(value)
        values.append(value)
        position = _past_signs(text, position)
    return values if len(values) > 1 else None


def _past_signs(text: str, position: int) -> int:
    found = _BETWEEN.match(text, position)
    return position if found is None else found.end()


def _without_half(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape.group(1) else escape.group()
