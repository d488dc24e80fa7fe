"""How many elements JSON has, counted in its bytes before it is parsed."""

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
    # A quick count first: the exact one has to leave out what stands inside texts.
    return _separators(body) >= most and _are_outside_texts(body, most)


def _are_outside_texts(body: bytes, most: int) -> bool:
    """Return whether so many separators stand outside texts."""
    found = begin = 0
    inside = False
    while begin < len(body) and found < most:
        end = begin + _CHUNK_BYTES
        while body[end - 1 : end] == b"\\":
            # An escape is not cut in two.
            end += 1
        chunk = body[begin:end].replace(rb"\\", b"").replace(rb"\"", b"")
        parts = chunk.split(b'"')
        found += _separators(b" ".join(parts[inside::2]))
        inside ^= len(parts) % 2 == 0
        begin = end
    return found >= most


def _separators(body: bytes) -> int:
    """Return the number of separators: one comes before each value but the outermost."""
    return sum(map(body.count, _SEPARATORS))
