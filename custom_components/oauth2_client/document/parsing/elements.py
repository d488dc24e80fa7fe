"""How many elements JSON has, told from its bytes before it is parsed."""

import re
from typing import Final

_CONTAINER: Final = re.compile(rb"\s*+[\[{]")
_SEPARATORS: Final = (b",", b"[", b"{")
# Possessive: no character of a text is looked at twice.
_TEXT: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def has_more_elements(body: bytes, most: int) -> bool:
    """Return whether a body is JSON with more objects, lists and other values than `most`.

    Empty objects and lists count twice.
    """
    if not _CONTAINER.match(body):
        return False
    # A quick count first, since what stands inside texts has to be taken out for the exact one.
    return _separators(body) >= most and _separators(_TEXT.sub(b"", body)) >= most


def _separators(body: bytes) -> int:
    """Return how many characters there are of which one comes before each value but the outermost."""
    return sum(map(body.count, _SEPARATORS))
