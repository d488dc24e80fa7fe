"""Tells whether a page is the last one, by its flags and counts."""

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Final

from ..document.paths import Path, find

# Names of members, in lower case and without what separates their words.
_MORE: Final = frozenset(
    {"hasmore", "hasmoredata", "hasmoreitems", "hasmorepages", "hasmorerecords"}
    | {"hasmoreresults", "hasnext", "hasnextpage", "istruncated", "more"}
    | {"moreavailable", "moredataavailable", "morefollows", "moreitems", "morepages"}
    | {"morerecords", "moreresults", "moreresultsavailable", "nextpageavailable"}
)
_LAST: Final = frozenset(
    {"done", "end", "endoflist", "endofrecords", "endreached", "isend"}
    | {"isfinalpage", "isfinished", "islast", "islastpage", "last", "lastpage"}
    | {"nomore", "nomoredata", "reachedend"}
)
_PAGE_TOTALS: Final = frozenset(
    {"lastpage", "nbpages", "numberofpages", "numpages", "pagecount", "pages"}
    | {"pagetotal", "totalpagecount", "totalpages"}
)
_TOTALS: Final = frozenset(
    {
        "nbhits",
        "total",
        "totalcount",
        "totalhits",
        "totalitems",
        "totalrecords",
        "totalresults",
    }
)
_PAGE_NUMBERS: Final = frozenset(
    {"currentpage", "number", "page", "pageindex", "pagenumber"}
)
# Objects that tell of the pages, beside the list.
_ABOUT: Final = frozenset(
    {"cursor", "cursors", "info", "listinfo", "meta", "metadata", "page"}
    | {"pageinfo", "pager", "pages", "pagination", "paging", "responsemetadata"}
    | {"resultinfo"}
)
_MOST_MEMBERS: Final = 64


class PageEnd(Enum):
    """What a page says of those after it."""

    OPEN = auto()
    # All elements are here, unless the stated total counts those of this page only.
    LIKELY = auto()
    OVER = auto()


class Stated:
    """What a page states of itself and of all pages, at its top and beside `places`."""

    def __init__(self, document: object, places: Sequence[Path | None]) -> None:
        self._members = dict(_members(document, places))

    def is_last(self) -> bool:
        """Return whether a flag says that there are no more pages."""
        for name, value in self._members.items():
            if name in _MORE and value in (False, "false", "False"):
                return True
            if name in _LAST and (value is True or value in ("true", "True")):
                return True
        return False

    def begins_at_zero(self) -> bool:
        """Return whether this page is the one with the number 0."""
        return self._number(_PAGE_NUMBERS) == 0

    def end_of_numbers(self, asked: int) -> PageEnd:
        """Return what the number of pages says, where the page with the number `asked` is this one."""
        total = self._number(_PAGE_TOTALS)
        is_over = total is not None and asked >= total - self.begins_at_zero()
        return PageEnd.OVER if is_over else PageEnd.OPEN

    def end_of_offsets(self, offset: int, count: int) -> PageEnd:
        """Return what the number of elements says, `count` of which are on this page."""
        total = self._number(_TOTALS)
        if total is None or offset + count != total:
            return PageEnd.OPEN
        return PageEnd.OVER if offset else PageEnd.LIKELY

    def _number(self, names: frozenset[str]) -> int | None:
        for name, value in self._members.items():
            if name in names and type(value) is int:
                return value
        return None


def _members(
    document: object, places: Sequence[Path | None]
) -> Iterator[tuple[str, object]]:
    """Yield the members that may tell of pages; of two with one name, the last one counts."""
    nodes = [document]
    for place in places:
        segments = () if place is None else place.segments
        nodes += [find(document, segments[:end]) for end in range(1, len(segments))]
    for node in nodes:
        if not isinstance(node, dict):
            continue
        members = [(_squeezed(name), node[name]) for name in list(node)[:_MOST_MEMBERS]]
        yield from members
        for name, value in members:
            if name in _ABOUT and isinstance(value, dict):
                for inner in list(value)[:_MOST_MEMBERS]:
                    yield _squeezed(inner), value[inner]


def _squeezed(name: str) -> str:
    return "".join(filter(str.isalpha, name[:_MOST_MEMBERS])).lower()
