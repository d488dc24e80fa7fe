"""Counts the elements of JSON in its bytes, before it is parsed."""

import re
from typing import Final

_CONTAINER: Final = re.compile(rb"\s*+[\[{]")
_SEPARATORS: Final = (b",", b"[", b"{")
# The body is searched in chunks, since no other thread runs during a search.
_CHUNK_BYTES: Final = 256 * 1024


def has_more_elements(body: bytes, most: int) -> bool:
    """Return whether a body is JSON with more objects, lists and other values than `most`.

    Empty objects and lists count twice.
    """
    if not _CONTAINER.match(body):
        return False
    # The quick count includes the separators inside texts, the exact one does not.
    return _separators(body) >= most and _has_separators_outside_texts(body, most)


def _has_separators_outside_texts(body: bytes, number: int) -> bool:
    """Return whether a body has at least this number of separators outside texts."""
    found = begin = 0
    is_inside = False
    while begin < len(body) and found < number:
        end = begin + _CHUNK_BYTES
        while body[end - 1 : end] == b"\\":
            # Do not split an escape.
            end += 1
        chunk = body[begin:end].replace(rb"\\", b"").replace(rb"\"", b"")
        parts = chunk.split(b'"')
        found += _separators(b" ".join(parts[is_inside::2]))
        is_inside ^= len(parts) % 2 == 0
        begin = end
    return found >= number


def _separators(body: bytes) -> int:
    """Return the number of separators: one stands before each value except the outermost."""
    return sum(map(body.count, _SEPARATORS))
