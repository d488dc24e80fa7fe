"""The events of a stream that a server ended: server-sent events (WHATWG HTML, 9.2)."""

import re
from typing import Final

from .formats import UnreadableDocument
from .lenient_json import parse_lenient_json

EVENT_STREAM: Final = "text/event-stream"
# Fields before the first data, and the beginning of an object or a list in it.
_EVENT: Final = re.compile(
    r"(?:(?:event|id|retry)?+:[^\n]{0,1000}+\n|\n)*+data: ?+[\[{]"
)
# What some services send as the last event.
_OVER: Final = "[DONE]"


def looks_like_events(text: str) -> bool:
    """Return whether a text begins with an event whose data is an object or a list."""
    return _EVENT.match(_with_line_feeds(text[:4000])) is not None


def parse_events(text: str) -> object:
    """Return the data of the only event, or the list of those of all; other fields are left out.

    Data that is no JSON is a text. Raises UnreadableDocument.
    """
    found: list[object] = []
    for event in re.split(r"\n{2,}", _with_line_feeds(text)):
        lines = [line[5:] for line in event.split("\n") if line.startswith("data:")]
        data = "\n".join(line.removeprefix(" ") for line in lines).strip()
        if data and data != _OVER:
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
