"""Turns the body of an answer into the data that an action returns."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from ..document.parsing import UnreadableDocument, parse_document
from ..document.parsing.decoding import charset, decode_as
from ..oauth2 import Response

# The size of the data as JSON. An automation has it in a variable, and its last traces keep it; in memory
# it takes several times as much.
MAX_RETURNED_BYTES: Final = 4 * 1024 * 1024
# Sizes in JSON: of a number with its separator, and of what surrounds a text.
_NUMBER_BYTES: Final = 8
_AROUND_TEXT_BYTES: Final = 3


def shown_data(response: Response, expected: str) -> Any:
    """Return the body as a document, or as text.

    It is text where `expected` is `text`, or where it is `auto` and the body is no document.

    Raises UnreadableDocument where a document is expected and there is none.
    """
    if expected == "text":
        return _text(response)
    try:
        return parse_document(response.body, response.header("Content-Type"))
    except UnreadableDocument:
        if expected != "auto":
            raise
        return _text(response)


def is_too_large(data: object) -> bool:
    """Tell whether data takes more than about `MAX_RETURNED_BYTES` as JSON.

    It is read only until that is known.
    """
    remaining = MAX_RETURNED_BYTES
    # The iterators of an object or list, and of those around it.
    stack: list[Iterator[object]] = [iter((data,))]
    while stack and remaining >= 0:
        for item in stack[-1]:
            remaining -= (
                len(item) + _AROUND_TEXT_BYTES
                if isinstance(item, str)
                else _NUMBER_BYTES
            )
            if isinstance(item, dict):
                stack.append(chain(item, item.values()))
                break
            if isinstance(item, list):
                stack.append(iter(item))
                break
            if remaining < 0:
                break
        else:
            stack.pop()
    return remaining < 0


def _text(response: Response) -> str:
    """Return the body as text, decoded by its charset where that is known, else as UTF-8."""
    return decode_as(response.body, charset(response.header("Content-Type")))
