"""Joins the lists of several pages, and puts the whole list into the first one."""

from collections.abc import Iterable, Sequence
from typing import Final

from ..document.paths import MISSING, Segment, find

# Members that identify an element.
_IDENTIFIERS: Final = ("id", "_id", "uuid", "guid", "key", "href", "url", "uri", "@id")


def joined_lists(pages: Iterable[tuple[list[object], bytes | None]]) -> list[object]:
    """Return the elements of all pages, each once.

    An element that moves to a later page between two requests is on both. Each page comes with a digest
    of its elements, None where two different pages may have equal elements.
    """
    joined: list[object] = []
    digests: set[bytes] = set()
    known: set[str] = set()
    for elements, digest in pages:
        if digest is not None and digest in digests:
            continue
        if digest is not None:
            digests.add(digest)
        contents = [_content_if_identified(element) for element in elements]
        joined += [
            element
            for element, content in zip(elements, contents, strict=True)
            if content is None or content not in known
        ]
        known.update(content for content in contents if content is not None)
    return joined


def _content_if_identified(element: object) -> str | None:
    """Return the content of an element that has an identifier, None for others.

    Elements without an identifier may be equal and still be two.
    """
    if not isinstance(element, dict):
        return None
    has_identity = any(isinstance(element.get(key), str | int) for key in _IDENTIFIERS)
    return repr(element) if has_identity else None


def with_value_at(node: object, segments: Sequence[Segment], value: object) -> object:
    """Return a document with another value at a path, unchanged where the path leads nowhere."""
    if not segments:
        return value
    first, rest = segments[0], segments[1:]
    child = find(node, (first,))
    if isinstance(node, dict) and isinstance(first, str):
        if child is MISSING and rest:
            return node
        return {**node, first: with_value_at(child, rest, value)}
    if not isinstance(node, list) or child is MISSING:
        return node
    index = first if isinstance(first, int) else node.index(child)
    copied = node.copy()
    copied[index] = with_value_at(child, rest, value)
    return copied
