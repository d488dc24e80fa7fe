"""Parses server-sent events (WHATWG HTML, 9.2) of a stream that the server has ended."""

import re
from typing import Final

from .formats import UnreadableDocument
from .lenient_json import parse_lenient_json

EVENT_STREAM: Final = "text/event-stream"
_BEGINNING_CHARACTERS: Final = 4000
# Any fields before the first data, which begins with an object or a list.
_EVENT: Final = re.compile(
    r"(?:(?:event|id|retry)?+:[^\n]{0,1000}+\n|\n)*+data: ?+[\[{]"
)
# Some services send this as the last event.
_END_MARK: Final = "[DONE]"


def looks_like_events(text: str) -> bool:
    """Return whether a text begins with an event whose data is an object or a list."""
    return _EVENT.match(_with_line_feeds(text[:_BEGINNING_CHARACTERS])) is not None


def parse_events(text: str) -> object:
    """Return the data of the only event, or a list of the data of all; other fields are ignored.

    Data that is not JSON becomes a text. Raises UnreadableDocument.
    """
    found: list[object] = []
    for event in re.split(r"\n{2,}", _with_line_feeds(text)):
        lines = [line[5:] for line in event.split("\n") if line.startswith("data:")]
        data = "\n".join(line.removeprefix(" ") for line in lines).strip()
        if data and data != _END_MARK:
            found.append(_document(data))
    if not found:
        raise UnreadableDocument("empty")
    return found[0] if len(found) == 1 else found


def _document(data: str) -> object:
    try:
        return parse_lenient_json(data)
    except UnreadableDocument as err:
        if err.reason != "not_json":
            raise
        return data


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
