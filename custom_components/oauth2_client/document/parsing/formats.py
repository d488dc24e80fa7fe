"""The formats of answers, the bounds of documents, the reasons for errors, and plain JSON.

Plain JSON is what most APIs send; orjson parses it.
"""

from collections.abc import Iterable
from typing import Final, Literal

import orjson

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

# Documents of APIs have some ten levels. With this bound, recursive functions may walk a document.
MAX_DEPTH: Final = 100
# Two bytes of JSON may become an object of 64 bytes. With this bound, a document takes at most some
# hundred megabytes (docs/benchmarks.md).
MAX_ELEMENTS: Final = 1_000_000
# The same for XML and CSV, whose elements become larger objects.
MAX_NODES: Final = 500_000

_DIGITS: Final = bytes.maketrans(b"123456789", b"000000000")
# orjson reads an integer beyond 64 bits as a float, which loses digits. The shortest of them are 2**64,
# with 20 digits, and -2**63 - 1, with 19. They are searched for with every digit replaced by 0.
_LONG: Final = b"0" * 20
_LONG_NEGATIVE: Final = b"-" + b"0" * 19
_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"{}[]"))


class UnreadableDocument(ValueError):
    """The bytes are not a document. The error's text is the reason alone, never a part of the bytes."""

    def __init__(self, reason: UnreadableReason) -> None:
        super().__init__(reason)
        self.reason: Final = reason


def parse_plain_json(body: bytes) -> object:
    """Return the document of a body in UTF-8 that is JSON without any deviation.

    Raises UnreadableDocument for a document that is nested too deeply or has too many elements, and
    another ValueError for any body that a more lenient parser may still read.
    """
    check_elements(body)
    document: object = orjson.loads(body)
    zeros = body.translate(_DIGITS)
    if _LONG in zeros or _LONG_NEGATIVE in zeros:
        raise ValueError("may have an integer beyond 64 bits")
    if _may_be_deep(body):
        check_depth(document)
    return document


def check_elements(body: bytes) -> None:
    """Raise UnreadableDocument for JSON with too many elements, before it is parsed."""
    if len(body) <= MAX_ELEMENTS:
        return
    from .elements import has_more_elements  # noqa: PLC0415 - only large answers are counted

    if has_more_elements(body, MAX_ELEMENTS):
        raise UnreadableDocument("too_large")


def check_depth(document: object) -> None:
    """Raise UnreadableDocument for a document that is nested too deeply."""
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _containers(node)]
        if not level:
            return
    raise UnreadableDocument("too_deep")


def _may_be_deep(body: bytes) -> bool:
    """Return whether a document may be nested too deeply, judged by the brackets of its body.

    Most bodies have too few brackets for that. Otherwise each step removes the innermost pairs, until
    none is left if the document is not deep. The answer may be a false yes, where a step removes too
    few to go on, or where a text has an unpaired bracket: the caller then checks the document itself.
    """
    if body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
        return False
    brackets = body.translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        remaining = brackets.replace(b"[]", b"")
        if not remaining:
            return False
        if len(remaining) > MAX_DEPTH and len(remaining) > 0.9 * len(brackets):
            return True
        brackets = remaining
    return True


def _containers(node: object) -> Iterable[object]:
    if isinstance(node, dict):
        return [child for child in node.values() if isinstance(child, dict | list)]
    if isinstance(node, list):
        return [child for child in node if isinstance(child, dict | list)]
    return ()
