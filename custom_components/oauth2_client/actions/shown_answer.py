"""Turns the body of an answer into the data that an action returns."""

from typing import Any

from ..document.parsing import UnreadableDocument, parse_document
from ..document.parsing.decoding import charset, decode_as
from ..oauth2 import Response


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


def _text(response: Response) -> str:
    """Return the body as text, in its own charset where we know it, else UTF-8."""
    return decode_as(response.body, charset(response.header("Content-Type")))
