"""Answers in pages: finds the next page, and joins the lists of all."""

from collections.abc import Mapping, Sequence
from copy import replace
import re
from typing import Any, Final, Self

from yarl import URL

from homeassistant.const import CONF_PATH

from ..document.paths import (
    MISSING,
    AnyPath,
    InvalidPath,
    Path,
    Segment,
    compile_path,
    find,
)
from ..oauth2 import Response
from ..oauth2.frozen import Frozen
from .request import ApiRequest

CONF_ITEMS: Final = "items"
CONF_KIND: Final = "kind"
CONF_MOST: Final = "most"
CONF_PARAMETER: Final = "parameter"
CONF_SIZE: Final = "size"

LINK: Final = "link"
NEXT_URL: Final = "next_url"
CURSOR: Final = "cursor"
PAGE: Final = "page"
OFFSET: Final = "offset"
# The settings that each way to the next page needs.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    LINK: (),
    NEXT_URL: (CONF_PATH,),
    CURSOR: (CONF_PATH, CONF_PARAMETER),
    PAGE: (CONF_PARAMETER,),
    OFFSET: (CONF_PARAMETER,),
}
KINDS: Final = tuple(_NEEDED)
# With these ways, only an empty page shows that there are no more.
_COUNTED: Final = frozenset({PAGE, OFFSET})

DEFAULT_MAX_PAGES: Final = 5
MAX_PAGES: Final = 50
_MAX_COUNT: Final = 1_000_000
# A page or an offset. Bounded, since `int` refuses numbers with too many digits.
_NUMBER: Final = r"[0-9]{1,15}"

# RFC 8288, 3: a parameter of a link-value, and a link-value with its parameters.
_LINK_PARAMETER: Final = (
    r";\s*+([\w*!#$&+.^`|~-]++)\s*+"
    r"(?:=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s\",;]*+)))?"
)
_LINK: Final = rf"<([^<>]*+)>((?:\s*+{_LINK_PARAMETER})*+)"
_MAX_HEADER_CHARACTERS: Final = 16 * 1024


class InvalidPages(ValueError):
    """A description of pages is invalid. `field` is the setting that is missing or wrong."""

    def __init__(self, where: str, field: str) -> None:
        super().__init__(f"{where}.{field}")
        self.field = field


class Pages(Frozen):
    """How to find the further pages of an answer.

    `path` leads to the next URL or the cursor, `items` to the list that is joined; without `items`
    the document is the list. `parameter` is the name in the query. `size` is the number of elements
    by which an offset grows with each page. At most `most` pages are fetched.
    """

    kind: str
    path: AnyPath | None = None
    parameter: str | None = None
    items: Path | None = None
    size: int | None = None
    most: int = DEFAULT_MAX_PAGES

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], where: str) -> Self:
        """Parse a description. Raises InvalidPages, whose text begins with `where`."""
        kind = raw.get(CONF_KIND)
        if kind not in KINDS:
            raise InvalidPages(where, CONF_KIND)
        for needed in _NEEDED[kind]:
            if not raw.get(needed):
                raise InvalidPages(where, needed)
        parameter = raw.get(CONF_PARAMETER)
        if parameter is not None and not isinstance(parameter, str):
            raise InvalidPages(where, CONF_PARAMETER)
        most = _count(raw, CONF_MOST, where) or DEFAULT_MAX_PAGES
        if not 2 <= most <= MAX_PAGES:
            raise InvalidPages(where, CONF_MOST)
        return cls(
            kind=kind,
            path=_path(raw, CONF_PATH, where),
            parameter=parameter or None,
            items=_place(raw, CONF_ITEMS, where),
            size=_count(raw, CONF_SIZE, where),
            most=most,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored, without what is not set."""
        stored = {
            CONF_KIND: self.kind,
            CONF_PATH: self.path and self.path.text,
            CONF_PARAMETER: self.parameter,
            CONF_ITEMS: self.items and self.items.text,
            CONF_SIZE: self.size,
            CONF_MOST: self.most,
        }
        return {key: value for key, value in stored.items() if value is not None}

    @property
    def are_linked(self) -> bool:
        """Whether a header of each page links to the next one."""
        return self.kind == LINK

    def next_request(
        self, request: ApiRequest, response: Response, document: object
    ) -> ApiRequest | None:
        """Return the request of the page after this one, None where this is the last.

        The URL of `request` has to be absolute, since the next one may be relative to it. Whether
        the account may send to the next URL is checked when it is sent.
        """
        elements = _elements(self, document)
        if self.items is None and not isinstance(document, list):
            # Nothing could be joined.
            return None
        if not elements and self.kind in _COUNTED:
            # With the other ways, an empty page may have a next one: APIs filter after paging.
            return None
        match self.kind:
            case "link":
                return _at(request, next_link(response))
            case "next_url":
                return _at(request, _found(self, document))
            case "cursor":
                return _with(request, self, _found(self, document))
            case "page":
                return _with(request, self, str(_asked(request, self, 1) + 1))
        size = self.size or len(elements)
        return _with(request, self, str(_asked(request, self, 0) + size))

    def join(self, documents: Sequence[object]) -> object:
        """Return the first document, with the elements of all of them in its list."""
        joined = [element for each in documents for element in _elements(self, each)]
        if self.items is None:
            return joined if isinstance(documents[0], list) else documents[0]
        return _replaced(documents[0], self.items.segments, joined)


def next_link(response: Response) -> str | None:
    """Return the target of the link to the next page (RFC 8288, 3.3)."""
    # Runs of white space would make the pattern slow on what is not a link.
    header = " ".join((response.header("Link") or "")[:_MAX_HEADER_CHARACTERS].split())
    for link in re.finditer(_LINK, header):
        relations = [
            parameter[2] or parameter[3] or ""
            for parameter in re.finditer(_LINK_PARAMETER, link[2])
            if parameter[1].lower() == "rel"
        ]
        # RFC 8288, 3.3: only the first `rel` of a link counts.
        if relations and "next" in relations[0].lower().split():
            return link[1].strip() or None
    return None


def _elements(pages: Pages, document: object) -> list[object]:
    found = document if pages.items is None else pages.items.find(document)
    return found if isinstance(found, list) else []


def _replaced(node: object, segments: Sequence[Segment], joined: object) -> object:
    """Return a document with another value at the end of a path; unchanged without that path."""
    if not segments:
        return joined
    first, rest = segments[0], segments[1:]
    child = find(node, (first,))
    if isinstance(node, dict) and isinstance(first, str):
        if child is MISSING and rest:
            return node
        return {**node, first: _replaced(child, rest, joined)}
    if not isinstance(node, list) or child is MISSING:
        return node
    index = first if isinstance(first, int) else node.index(child)
    replaced = node.copy()
    replaced[index] = _replaced(child, rest, joined)
    return replaced


def _found(pages: Pages, document: object) -> str | None:
    """Return the next URL or the cursor, None on the last page."""
    found = MISSING if pages.path is None else pages.path.find(document)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found) or None


def _at(request: ApiRequest, url: str | None) -> ApiRequest | None:
    """Return the request to another URL, which contains its query; None where it is the same."""
    if not url:
        return None
    try:
        target = str(URL(request.url).join(URL(url)))
    except ValueError:
        return None
    if target == request.url:
        return None
    return replace(request, url=target, query=(), named_by=request.url)


def _with(request: ApiRequest, pages: Pages, value: str | None) -> ApiRequest | None:
    """Return the request with another value of the paging parameter, None where it is the same."""
    if value is None or pages.parameter is None:
        return None
    others = tuple(pair for pair in request.query if pair[0] != pages.parameter)
    following = replace(request, query=(*others, (pages.parameter, value)))
    return None if following == request else following


def _asked(request: ApiRequest, pages: Pages, default: int) -> int:
    """Return the page number or offset that a request asks for."""
    asked = {**URL(request.url).query, **dict(request.query)}.get(
        pages.parameter or "", ""
    )
    return int(asked) if re.fullmatch(_NUMBER, asked) else default


def _path(raw: Mapping[str, Any], key: str, where: str) -> AnyPath | None:
    if not (text := raw.get(key)):
        return None
    if not isinstance(text, str):
        raise InvalidPages(where, key)
    try:
        return compile_path(text)
    except InvalidPath:
        raise InvalidPages(where, key) from None


def _place(raw: Mapping[str, Any], key: str, where: str) -> Path | None:
    """Return a path to a single place, whose value can be replaced."""
    path = _path(raw, key, where)
    if path is not None and not isinstance(path, Path):
        raise InvalidPages(where, key)
    return path


def _count(raw: Mapping[str, Any], key: str, where: str) -> int | None:
    count = raw.get(key)
    if count is None:
        return None
    if isinstance(count, bool) or not isinstance(count, int | float):
        raise InvalidPages(where, key)
    # Also refuses NaN, for which every comparison is false.
    if not 1 <= count <= _MAX_COUNT:
        raise InvalidPages(where, key)
    return int(count)
