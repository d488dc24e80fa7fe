"""JSON with the deviations that APIs have, and several values of JSON in lines."""

import json
import math
import re
from typing import Final

from .formats import MAX_ELEMENTS, UnreadableDocument
from .plain_json import check_depth, check_elements

# Some servers put this in front, so that a script on another site cannot run the answer.
_GUARD: Final = re.compile(
    r"\s*(?:\)\]\}'?,?|while\s*\(\s*1\s*\)\s*;|for\s*\(\s*;\s*;\s*\)\s*;)"
)
# Finds an escaped surrogate without its other half, as group 1. Escaped pairs and escaped
# backslashes match as well, so that no half is found inside them.
_SURROGATE: Final = re.compile(
    r"\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    r"|(\\u[Dd][89A-Fa-f][0-9A-Fa-f]{2})|\\.",
    re.DOTALL,
)


def _none(_: str) -> None:
    return None


def _finite(literal: str) -> float | None:
    number = float(literal)
    return number if math.isfinite(number) else None


_DECODER: Final = json.JSONDecoder(parse_constant=_none, parse_float=_finite)


def parse_lenient_json(text: str) -> object:
    """Return the document of a text that may deviate from JSON.

    Numbers that JSON does not have (NaN, Infinity, 1e999) become None, surrogates without their
    other half become U+FFFD, and a guard against other sites' scripts, such as `)]}'`, is left
    out.

    Raises UnreadableDocument.
    """
    if guard := _GUARD.match(text):
        text = text[guard.end() :]
    if len(text) > MAX_ELEMENTS:
        check_elements(text.encode(errors="replace"))
    try:
        document: object = _DECODER.decode(
            _SURROGATE.sub(_without_half, text) if "\\u" in text else text
        )
    except RecursionError:
        raise UnreadableDocument("too_deep") from None
    except ValueError:
        raise UnreadableDocument("not_json") from None
    check_depth(document)
    return document


def parse_lines(text: str) -> list[object]:
    """Return the values of NDJSON: one on each line that is not empty.

    Raises UnreadableDocument.
    """
    if len(text) > MAX_ELEMENTS:
        check_elements(text.encode(errors="replace"))
    values: list[object] = []
    for line in text.replace("\r", "\n").split("\n"):
        if line.strip():
            values.append(parse_lenient_json(line))
        if len(values) > MAX_ELEMENTS:
            raise UnreadableDocument("too_large")
    return values


def _without_half(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape.group(1) else escape.group()
