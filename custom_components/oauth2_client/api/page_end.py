"""Finds out whether a page is the last one, from the flags and counts beside its list."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
import json
from typing import Final

from ..document.paths import Path, find

# All names are in lower case, and only their letters.
# Flags that are false on the last page.
_MORE_FLAGS: Final = frozenset(
    {"hasmore", "hasmoredata", "hasmoreitems", "hasmorepages", "hasmorerecords"}
    | {"hasmoreresults", "hasnext", "hasnextpage", "istruncated", "more"}
    | {"hasadditionalresults", "hasmoreelements", "hasmoreentries", "hasolder"}
    | {"morecoming", "nextpageexists"}
    | {"moreavailable", "moredataavailable", "morefollows", "moreitems", "morepages"}
    | {"morerecords", "moreresults", "moreresultsavailable", "nextpageavailable"}
)
# Flags that are true on the last page.
_LAST_FLAGS: Final = frozenset(
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
# How many pages there are.
_PAGE_TOTALS: Final = frozenset(
    {"lastpage", "nbpages", "numberofpages", "numpages", "pagecount", "pages"}
    | {"lastpagenumber", "maxpage", "maxpages", "npages", "pagestotal", "pagetotal"}
    | {"totalpage", "totalpagecount", "totalpages"}
)
# How many elements there are on all pages. Some APIs mean those of this page with `count` or `total`.
_ELEMENT_TOTALS: Final = frozenset(
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
# How many elements a page has at most.
_PAGE_SIZES: Final = frozenset(
    {"itemsperpage", "limit", "maxresults", "pagelimit", "pagesize", "perpage"}
    | {"resultsperpage"}
)
_PAGE_NUMBERS: Final = frozenset(
    {"currentpage", "number", "page", "pageindex", "pagenumber"}
)
# Objects beside the list that contain such members.
_METADATA: Final = frozenset(
    {"cursor", "cursors", "info", "listinfo", "meta", "metadata", "page"}
    | {"pageinfo", "pager", "pages", "pagination", "paging", "responsemetadata"}
    | {"resultinfo"}
)
# Headers, by their names without prefixes and hyphens (X-WP-TotalPages, X-Pagination-Page-Count,
# Last-Page), and the members with the same meaning.
_HEADER_MEMBERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("lastpage", "pagecount", "pages", "totalpages"), "totalpages"),
    **dict.fromkeys(("itemcount", "total", "totalcount", "totalitems"), "total"),
    **dict.fromkeys(("hasmore", "hasnext", "hasnextpage"), "hasmore"),
    "currentpage": "currentpage",
    "nextpage": "nextpage",
}
_HEADER_PREFIXES: Final = ("x", "wp", "pagination", "paging")
_MAX_HEADER_CHARACTERS: Final = 1024
_MAX_MEMBERS: Final = 64
_MAX_NAME_CHARACTERS: Final = 64


class PageEnd(Enum):
    """How certain it is that a page is the last one."""

    UNKNOWN = auto()
    # All elements were received, unless the stated total is that of this page only.
    LIKELY = auto()
    CERTAIN = auto()


class PageMetadata:
    """Flags and counts of a page: in its headers, at the top of its document and beside `places`."""

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
            if name in _MORE_FLAGS and text in (False, "false", "no", "n", "0"):
                return True
            if name in _LAST_FLAGS and (text is True or text in ("true", "yes", "y")):
                return True
            if name.startswith("is") and name in _LAST_FLAGS and text in (1, "1"):
                # Only of these names: in `last: 1` or `end: 1`, the number may be that of a page.
                return True
        return False

    def begins_at_zero(self) -> bool:
        """Return whether this page is the one with the number 0."""
        return self._number(_PAGE_NUMBERS) == 0

    def end_by_page_number(self, requested: int) -> PageEnd:
        """Return whether this page, requested by this number, is the last by the totals."""
        total = self._number(_PAGE_TOTALS)
        number = requested + self.begins_at_zero()
        if total is not None and number >= total:
            return PageEnd.CERTAIN
        elements, size = self._number(_ELEMENT_TOTALS), self._number(_PAGE_SIZES)
        is_likely = elements is not None and size and number * size >= elements
        return PageEnd.LIKELY if is_likely else PageEnd.UNKNOWN

    def end_by_offset(self, offset: int, count: int) -> PageEnd:
        """Return whether a page of `count` elements from `offset` on is the last by the total."""
        total = self._number(_ELEMENT_TOTALS)
        if total is None or offset + count != total:
            return PageEnd.UNKNOWN
        return PageEnd.CERTAIN if offset else PageEnd.LIKELY

    def _number(self, names: frozenset[str]) -> int | None:
        for name, value in self._members.items():
            if name in names and type(value) is int:
                return value
        return None


def _header_members(headers: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Yield what headers state, as the members of a document that mean the same."""
    for header, text in headers.items():
        words = [
            word for word in header.lower().split("-") if word not in _HEADER_PREFIXES
        ]
        name = _HEADER_MEMBERS.get("".join(words))
        text = text.strip()[:_MAX_HEADER_CHARACTERS]
        if not words and text.startswith("{"):
            # ASP.NET: the value of X-Pagination is an object in JSON.
            yield from _members(_object(text), ())
        elif name == "nextpage":
            if not text:
                # X-Next-Page is empty on the last page.
                yield "islastpage", True
        elif name == "totalpages" and text.lower() in ("true", "false"):
            # Last-Page of Clockify is a flag, that of others a number.
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
    """Yield the members at the top of a document, beside `places`, and in objects of metadata there."""
    nodes = [document]
    for place in places:
        segments = () if place is None else place.segments
        nodes += [find(document, segments[:end]) for end in range(1, len(segments))]
    for node in nodes:
        if not isinstance(node, dict):
            continue
        members = [(_letters(name), node[name]) for name in list(node)[:_MAX_MEMBERS]]
        yield from members
        for name, value in members:
            if name in _METADATA and isinstance(value, dict):
                for inner in list(value)[:_MAX_MEMBERS]:
                    yield _letters(inner), value[inner]


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name[:_MAX_NAME_CHARACTERS])).lower()
