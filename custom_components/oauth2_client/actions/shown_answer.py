"""Turns the body of an answer into the data that an action returns."""

from email.message import Message
from typing import Any

from ..document.parsing import UnreadableDocument, parse_document
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
    """Return the body as text, in its own charset where Python knows it, else UTF-8."""
    header = Message()
    header["Content-Type"] = response.header("Content-Type") or "text/plain"
    charset = header.get_content_charset("utf-8")
    try:
        return response.body.decode(charset, errors="replace")
    except LookupError, ValueError:
        # ValueError: Python has the codec, but it refuses the body in spite of `errors`.
        return response.body.decode(errors="replace")
