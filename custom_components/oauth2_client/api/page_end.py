"""Tells whether a page is the last one, by its flags and counts."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
import json
from typing import Final

from ..document.paths import Path, find

# Names of members, in lower case and without what separates their words.
_MORE: Final = frozenset(
    {"hasmore", "hasmoredata", "hasmoreitems", "hasmorepages", "hasmorerecords"}
    | {"hasmoreresults", "hasnext", "hasnextpage", "istruncated", "more"}
    | {"hasadditionalresults", "hasmoreelements", "hasmoreentries", "hasolder"}
    | {"morecoming", "nextpageexists"}
    | {"moreavailable", "moredataavailable", "morefollows", "moreitems", "morepages"}
    | {"morerecords", "moreresults", "moreresultsavailable", "nextpageavailable"}
)
_LAST: Final = frozenset(
    {
        "done",
        "end",
        "endoflist",
        "endofstream",
        "exhausted",
        "isfinal",
        "endofrecords",
        "endreached",
        "isend",
    }
    | {"isfinalpage", "isfinished", "islast", "islastpage", "last", "lastpage"}
    | {"nomore", "nomoredata", "reachedend"}
)
_PAGE_TOTALS: Final = frozenset(
    {"lastpage", "nbpages", "numberofpages", "numpages", "pagecount", "pages"}
    | {"lastpagenumber", "maxpage", "maxpages", "npages", "pagestotal", "pagetotal"}
    | {"totalpage", "totalpagecount", "totalpages"}
)
_TOTALS: Final = frozenset(
    {
        "count",
        "nbhits",
        "numfound",
        "total",
        "totalcount",
        "totalelements",
        "totalhits",
        "totalitems",
        "totalrecords",
        "totalresults",
        "totalrows",
        "totalsize",
    }
)
_SIZES: Final = frozenset(
    {"itemsperpage", "limit", "maxresults", "pagelimit", "pagesize", "perpage"}
    | {"resultsperpage"}
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
# What headers tell, by their names without what vendors put in front: X-WP-TotalPages,
# X-Pagination-Page-Count, Last-Page.
_HEADERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("lastpage", "pagecount", "pages", "totalpages"), "totalpages"),
    **dict.fromkeys(("itemcount", "total", "totalcount", "totalitems"), "total"),
    **dict.fromkeys(("hasmore", "hasnext", "hasnextpage"), "hasmore"),
    "currentpage": "currentpage",
    "nextpage": "nextpage",
}
_IN_FRONT: Final = ("x", "wp", "pagination", "paging")
_LONGEST_HEADER: Final = 1024
_MOST_MEMBERS: Final = 64


class PageEnd(Enum):
    """What a page says of those after it."""

    OPEN = auto()
    # All elements are here, unless the stated total counts those of this page only.
    LIKELY = auto()
    OVER = auto()


class Stated:
    """What a page states of itself and of all pages, at its top and beside `places`."""

    def __init__(
        self,
        document: object,
        places: Sequence[Path | None],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._members = {
            **dict(_header_members(headers or {})),
            **dict(_members(document, places)),
        }

    def is_last(self) -> bool:
        """Return whether a flag says that there are no more pages."""
        for name, value in self._members.items():
            text = value.strip().lower() if isinstance(value, str) else value
            if name in _MORE and text in (False, "false", "no", "n", "0"):
                return True
            if name in _LAST and (text is True or text in ("true", "yes", "y")):
                return True
            if name.startswith("is") and name in _LAST and text in (1, "1"):
                # Of `last: 1` and `end: 1`, the number may be that of a page.
                return True
        return False

    def begins_at_zero(self) -> bool:
        """Return whether this page is the one with the number 0."""
        return self._number(_PAGE_NUMBERS) == 0

    def end_of_numbers(self, asked: int) -> PageEnd:
        """Return what the number of pages says, where the page with the number `asked` is this one."""
        total = self._number(_PAGE_TOTALS)
        number = asked + self.begins_at_zero()
        if total is not None and number >= total:
            return PageEnd.OVER
        elements, size = self._number(_TOTALS), self._number(_SIZES)
        is_likely = elements is not None and size and number * size >= elements
        return PageEnd.LIKELY if is_likely else PageEnd.OPEN

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


def _header_members(headers: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Yield what headers tell of the pages, as members of a document would."""
    for header, text in headers.items():
        words = [word for word in header.lower().split("-") if word not in _IN_FRONT]
        name = _HEADERS.get("".join(words))
        text = text.strip()[:_LONGEST_HEADER]
        if not words and text.startswith("{"):
            # ASP.NET: X-Pagination has an object in JSON.
            yield from _members(_object(text), ())
        elif name == "nextpage":
            if not text:
                yield "islastpage", True
        elif name == "totalpages" and text.lower() in ("true", "false"):
            # Clockify's Last-Page
            yield "islastpage", text.lower() == "true"
        elif name is not None:
            yield name, int(text) if text.isdecimal() and len(text) < 16 else text


def _object(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError, RecursionError:
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
