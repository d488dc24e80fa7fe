"""Parses JSON with common deviations, and texts of several JSON values."""

import json
import math
import re
from typing import Final

from .formats import MAX_ELEMENTS, UnreadableDocument, check_depth, check_elements
from .repaired_json import repaired_json

# Prefixes that keep scripts of other sites from running an answer.
_GUARD: Final = re.compile(
    r"\s*(?:\)\]\}'?,?|\]\)\}while\(1\);</x>|while\s*\(\s*(?:1|true)\s*\)\s*;|for\s*\(\s*;\s*;\s*\)\s*;"
    r"|&&&START&&&|\{\s*\}\s*&&|throw\s+1\s*;|/\*-secure-)"
)
# Matches an escaped surrogate without its other half as group 1. Escaped pairs and other escapes match
# without a group, so that no half is found inside them.
_SURROGATE: Final = re.compile(
    r"\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    r"|(\\u[Dd][89A-Fa-f][0-9A-Fa-f]{2})|\\.",
    re.DOTALL,
)

# What may separate several values.
_SEPARATORS: Final = re.compile(r"[\s,\x1e\ufeff]*+")


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

    Numbers that JSON does not have (NaN, Infinity, 1e999) become None, and surrogates without their
    other half U+FFFD. A prefix against scripts of other sites, such as `)]}'`, is removed. Syntax of
    JavaScript, Python and others is repaired: see `repaired_json`.

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
        # Concatenated files may each begin with a byte order mark.
        if line := line.strip(" \t\ufeff"):
            values.append(parse_lenient_json(line))
        if len(values) > MAX_ELEMENTS:
            raise UnreadableDocument("too_large")
    return values


def parse_sequence(text: str) -> list[object] | None:
    """Return the objects and lists of a text that consists of several, None for any other text.

    Commas, line ends or record separators (RFC 7464) may stand between them.

    Raises UnreadableDocument for values that are nested too deeply or have too many elements.
    """
    text = text[_past_separators(text, 0) :]
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
        position = _past_separators(text, position)
    return values if len(values) > 1 else None


def _past_separators(text: str, position: int) -> int:
    found = _SEPARATORS.match(text, position)
    return position if found is None else found.end()


def _without_half(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape.group(1) else escape.group()
