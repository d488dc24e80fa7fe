"""Turns the body of an answer into the data that an action returns."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from ..document.parsing import UnreadableDocument, parse_document
from ..document.parsing.decoding import charset, decode_as
from ..oauth2 import Response

# An automation holds the data in a variable, and its last traces keep it. In memory, a document takes
# several times as much.
MAX_RETURNED_BYTES: Final = 4 * 1024 * 1024
# As JSON has it: a number with its separator, the quotes and the separator of a text.
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

    Reads no more of it than these.
    """
    left = MAX_RETURNED_BYTES
    waiting: list[Iterator[object]] = [iter((data,))]
    while waiting and left >= 0:
        for item in waiting[-1]:
            left -= (
                len(item) + _AROUND_TEXT_BYTES
                if isinstance(item, str)
                else _NUMBER_BYTES
            )
            if isinstance(item, dict):
                waiting.append(chain(item, item.values()))
                break
            if isinstance(item, list):
                waiting.append(iter(item))
                break
            if left < 0:
                break
        else:
            waiting.pop()
    return left < 0


def _text(response: Response) -> str:
    """Return the body as text, in its own charset where we know it, else UTF-8."""
    return decode_as(response.body, charset(response.header("Content-Type")))
