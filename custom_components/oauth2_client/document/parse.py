"""From the bytes of an answer to a document."""

from collections.abc import Iterable
import json
from typing import Final

# Documents of APIs are some ten levels deep; whoever walks one must not run out of stack.
_MAX_DEPTH: Final = 100


class UnreadableDocument(ValueError):
    """The bytes are no document. The text says why, and quotes nothing."""


def parse_document(body: bytes, content_type: str | None = None) -> object:
    """Return the document of a body: JSON, whatever its type claims to be.

    `content_type` is a header's value; its charset is used where the bytes are not UTF-8. Numbers
    that JSON does not have (NaN, Infinity) become None. The size is bounded by who read the body.

    Raises UnreadableDocument.
    """
    text = _text(body, content_type)
    if not text.strip():
        raise UnreadableDocument("empty")
    try:
        document: object = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise UnreadableDocument("too deep") from None
    except ValueError:
        raise UnreadableDocument("not JSON") from None
    if text.count("[") + text.count("{") > _MAX_DEPTH:
        _check_depth(document)
    return document


def _text(body: bytes, content_type: str | None) -> str:
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        pass
    try:
        return body.decode(_charset(content_type))
    except LookupError, ValueError:
        raise UnreadableDocument("not text") from None


def _charset(content_type: str | None) -> str:
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return "utf-8"


def _no_number(_: str) -> None:
    return None


def _check_depth(document: object) -> None:
    """Raise UnreadableDocument for a document that is nested too deeply."""
    level: list[object] = [document]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in _containers(node)]
        if not level:
            return
    raise UnreadableDocument("too deep")


def _containers(node: object) -> Iterable[object]:
    if isinstance(node, dict):
        return [child for child in node.values() if isinstance(child, dict | list)]
    if isinstance(node, list):
        return [child for child in node if isinstance(child, dict | list)]
    return ()
