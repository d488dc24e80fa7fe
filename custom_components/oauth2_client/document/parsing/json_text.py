"""From JSON, as it is in the wild, to a document."""

from collections.abc import Iterable
import json
import math
import re
from typing import Final

import orjson

from .formats import MAX_DEPTH, UnreadableDocument

# What servers put in front, so that a script of another site cannot run the answer.
_GUARD: Final = re.compile(
    r"\s*(?:\)\]\}'?,?|while\s*\(\s*1\s*\)\s*;|for\s*\(\s*;\s*;\s*\)\s*;)"
)
_DIGITS: Final = bytes.maketrans(b"123456789", b"000000000")
# From here on orjson reads an integer as a float, which loses digits: 2**64 has 20 of them,
# 2**63, below which a negative number must not go, has 19.
_LONG: Final = (b"0" * 20, b"-" + b"0" * 19)
# Half of a character, escaped; whole ones and escaped backslashes are found as well, to be kept.
_SURROGATE: Final = re.compile(
    r"\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    r"|(\\u[Dd][89A-Fa-f][0-9A-Fa-f]{2})|\\.",
    re.DOTALL,
)
_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"{}[]"))


def _no_number(_: str) -> None:
    return None


def _finite(literal: str) -> float | None:
    number = float(literal)
    return number if math.isfinite(number) else None


_DECODER: Final = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)


def parse_json_bytes(body: bytes) -> object:
    """Return the document of plain UTF-8: the fast way, which most answers go.

    Raises ValueError for all else: see `parse_json`.
    """
    document: object = orjson.loads(body)
    zeros = body.translate(_DIGITS)
    if any(digits in zeros for digits in _LONG):
        raise ValueError("an integer beyond 64 bits")
    if _may_be_deep(body):
        _check_depth(document)
    return document


def parse_json(text: str) -> object:
    """Return the document of a text, also of one that is not quite JSON.

    Numbers that JSON does not have (NaN, Infinity, 1e999) become None, halves of a character
    U+FFFD, and what keeps other sites' scripts out, such as `)]}'`, is left out.

    Raises UnreadableDocument.
    """
    if guard := _GUARD.match(text):
        text = text[guard.end() :]
    try:
        document: object = _DECODER.decode(
            _SURROGATE.sub(_whole, text) if "\\u" in text else text
        )
    except RecursionError:
        raise UnreadableDocument("too_deep") from None
    except ValueError:
        raise UnreadableDocument("not_json") from None
    _check_depth(document)
    return document


def parse_lines(text: str) -> list[object]:
    """Return the values of NDJSON: one on each line that is not empty.

    Raises UnreadableDocument.
    """
    return [
        parse_json(line)
        for line in text.replace("\r", "\n").split("\n")
        if line.strip()
    ]


def _whole(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape.group(1) else escape.group()


def _may_be_deep(body: bytes) -> bool:
    """Return whether a document may be nested too deeply, at a glance at its brackets alone.

    Each step takes away the innermost pairs. It gives up, and lets the document be looked at,
    where that gets slow, or where brackets in texts are no pairs.
    """
    brackets = body.translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        left = brackets.replace(b"[]", b"")
        if not left:
            return False
        if len(left) > MAX_DEPTH and len(left) > 0.9 * len(brackets):
            return True
        brackets = left
    return True


def _check_depth(document: object) -> None:
    """Raise UnreadableDocument for a document that is nested too deeply."""
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _containers(node)]
        if not level:
            return
    raise UnreadableDocument("too_deep")


def _containers(node: object) -> Iterable[object]:
    if isinstance(node, dict):
        return [child for child in node.values() if isinstance(child, dict | list)]
    if isinstance(node, list):
        return [child for child in node if isinstance(child, dict | list)]
    return ()
