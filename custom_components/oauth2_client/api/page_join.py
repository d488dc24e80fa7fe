"""Joins the lists of several pages, and puts the whole list into the first one."""

from collections.abc import Iterable, Sequence
from typing import Final

from ..document.paths import MISSING, Segment, find

# Members that tell an element from all others.
_IDENTIFYING: Final = ("id", "_id", "uuid", "guid", "key", "href", "url", "uri", "@id")


def joined_lists(pages: Iterable[tuple[list[object], bytes | None]]) -> list[object]:
    """Return the elements of all pages; what moved to a later page meanwhile is there once.

    Each page comes with a digest of its elements, None where another page may have the same ones.
    """
    joined: list[object] = []
    contents: set[bytes] = set()
    known: set[str] = set()
    for elements, content in pages:
        if content is not None and content in contents:
            continue
        if content is not None:
            contents.add(content)
        marks = [_mark(element) for element in elements]
        joined += [
            element
            for element, mark in zip(elements, marks, strict=True)
            if mark is None or mark not in known
        ]
        known.update(mark for mark in marks if mark is not None)
    return joined


def _mark(element: object) -> str | None:
    """Return what is equal for equal elements that have an identity, None for all others."""
    if not isinstance(element, dict):
        return None
    has_identity = any(isinstance(element.get(key), str | int) for key in _IDENTIFYING)
    return repr(element) if has_identity else None


def replaced(node: object, segments: Sequence[Segment], joined: object) -> object:
    """Return a document with another value at the end of a path; unchanged without that path."""
    if not segments:
        return joined
    first, rest = segments[0], segments[1:]
    child = find(node, (first,))
    if isinstance(node, dict) and isinstance(first, str):
        if child is MISSING and rest:
            return node
        return {**node, first: replaced(child, rest, joined)}
    if not isinstance(node, list) or child is MISSING:
        return node
    index = first if isinstance(first, int) else node.index(child)
    copied = node.copy()
    copied[index] = replaced(child, rest, joined)
    return copied
