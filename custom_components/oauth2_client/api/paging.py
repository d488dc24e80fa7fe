"""Answers in pages: finds the next page, and joins the lists of all pages."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple, Self

from homeassistant.const import CONF_PATH

from ..document.paths import MISSING, AnyPath, InvalidPath, Path, compile_path
from ..oauth2 import Response
from ..oauth2.frozen import Frozen
from . import ApiRequest
from .next_address import differ_in_numbers, next_link, request_at
from .page_end import PageEnd, PageMetadata
from .page_join import joined_lists, with_value_at
from .page_parameter import place_in_body, requested_number, with_parameter

CONF_IN_BODY: Final = "in_body"
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
# The kinds of paging, and the settings that each needs.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    LINK: (),
    NEXT_URL: (CONF_PATH,),
    CURSOR: (CONF_PATH, CONF_PARAMETER),
    PAGE: (CONF_PARAMETER,),
    OFFSET: (CONF_PARAMETER,),
}
KINDS: Final = tuple(_NEEDED)
# With these kinds the next page can always be requested: only an empty page shows the end.
_NUMBERED: Final = frozenset({PAGE, OFFSET})

DEFAULT_MAX_PAGES: Final = 5
MAX_PAGES: Final = 50
_MAX_COUNT: Final = 1_000_000
# Past the last page: no content, or a range that does not exist (RFC 9110, 15.3.5 and 15.5.17).
_PAST_END: Final = frozenset({204, 416})
_NOT_FOUND: Final = 404
# Refusals of a page that is past the end, where a total has shown that this page is the last.
_REFUSED_PAST_END: Final = frozenset({400, 404, 410, 422})
# Where the next URL or cursor is an object: the member that has it.
_URL_MEMBERS: Final = ("href", "url", "uri")
_CURSOR_MEMBERS: Final = ("after", "cursor", "token", "offset", "page", "value")
# Values in the place of a next URL or cursor that mean that there is no next page.
_NO_NEXT_PAGE: Final = frozenset(
    {"", "-", "null", "none", "undefined", "nil", "false", "0", "-1", "end", "lte="}
)


class InvalidPages(ValueError):
    """A description of pages is invalid. `field` is the setting that is missing or wrong."""

    def __init__(self, where: str, field: str) -> None:
        super().__init__(f"{where}.{field}")
        self.field = field


class Pages(Frozen):
    """How to find the further pages of an answer.

    `path` leads to the next URL or the cursor, `items` to the list that is joined; without `items`
    the document is the list. `parameter` is the name of a query parameter or, with `in_body`, of a field
    of the form or a path in the JSON of the body. `size` is the number of elements by which an offset
    grows with each page. At most `most` pages are fetched.
    """

    kind: str
    path: AnyPath | None = None
    parameter: str | None = None
    items: Path | None = None
    size: int | None = None
    most: int = DEFAULT_MAX_PAGES
    in_body: bool = False

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
        in_body = raw.get(CONF_IN_BODY) or False
        if not isinstance(in_body, bool):
            raise InvalidPages(where, CONF_IN_BODY)
        if in_body and parameter and place_in_body(parameter) is None:
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
            in_body=in_body,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored: the settings that are set."""
        stored = {
            CONF_KIND: self.kind,
            CONF_PATH: self.path and self.path.text,
            CONF_PARAMETER: self.parameter,
            CONF_ITEMS: self.items and self.items.text,
            CONF_SIZE: self.size,
            CONF_MOST: self.most,
            CONF_IN_BODY: self.in_body or None,
        }
        return {key: value for key, value in stored.items() if value is not None}

    @property
    def are_linked(self) -> bool:
        """Whether each page links to the next one in a header."""
        return self.kind == LINK

    def has_list(self, document: object) -> bool:
        """Return whether a page has the list, or an object that stands for a list of one element."""
        return isinstance(
            _list_at(self, document), list if self.items is None else list | dict
        )

    def next_request(
        self, request: ApiRequest, response: Response, document: object
    ) -> ApiRequest | None:
        """Return the request of the page after this one, None where this is the last.

        The URL of `request` has to be absolute, since the next one may be relative to it. Whether
        the account may send to the next URL is checked when it is sent.
        """
        return self.after(request, response, document).following

    def after(
        self, request: ApiRequest, response: Response, document: object
    ) -> PageAfter:
        """Return the next page as `next_request` does, and what shows that there is none."""
        elements = _elements(self, document)
        last = PageAfter(digest=self._digest(elements))
        if self.items is None and not isinstance(document, list):
            # Nothing could be joined.
            return last
        if not elements and self.kind in _NUMBERED:
            # With the other kinds, an empty page may have a next one: some APIs filter after paging.
            return last
        path = self.path if isinstance(self.path, Path) else None
        metadata = PageMetadata(document, (path, self.items), response.headers)
        end = self._end(request, metadata, len(elements))
        if metadata.is_last() or end is PageEnd.CERTAIN:
            return last
        return PageAfter(
            digest=last.digest,
            following=self._following(request, response, document, metadata),
            is_likely_last=end is PageEnd.LIKELY,
        )

    def is_past_end(
        self, page: PageAfter, request: ApiRequest, response: Response
    ) -> bool:
        """Return whether a response shows that the page before it, the answer to `request`, was the last.

        APIs with numbered pages may answer 404 past the end. At any other next URL, a 404 is an error.
        """
        if response.status in _PAST_END:
            return True
        if page.is_likely_last and response.status in _REFUSED_PAST_END:
            return True
        if response.status != _NOT_FOUND or page.following is None:
            return False
        return self.kind in _NUMBERED or differ_in_numbers(request, page.following)

    def _digest(self, elements: list[object]) -> bytes | None:
        """Return a digest of a page's elements, None where another page may have equal elements.

        Numbered pages with equal elements are the same page: an API that ignores the parameter sends
        the first page again. Pages that a server named may differ and still have equal numbers or texts.
        """
        is_distinct = self.kind in _NUMBERED or any(
            isinstance(element, dict | list) for element in elements
        )
        if not elements or not is_distinct:
            return None
        return sha256(repr(elements).encode(errors="replace")).digest()

    def _end(self, request: ApiRequest, metadata: PageMetadata, count: int) -> PageEnd:
        if self.kind == PAGE:
            return metadata.end_by_page_number(self._requested(request, 1))
        if self.kind == OFFSET:
            return metadata.end_by_offset(self._requested(request, 0), count)
        return PageEnd.UNKNOWN

    def _following(
        self,
        request: ApiRequest,
        response: Response,
        document: object,
        metadata: PageMetadata,
    ) -> ApiRequest | None:
        match self.kind:
            case "link":
                return request_at(request, next_link(response))
            case "next_url":
                found = _found(self, document)
                return request_at(request, None if found is None else str(found))
            case "cursor":
                return self._with(request, _found(self, document))
            case "page":
                first = 0 if metadata.begins_at_zero() else 1
                return self._with(request, self._requested(request, first) + 1)
        size = self.size or len(_elements(self, document))
        return self._with(request, self._requested(request, 0) + size)

    def _requested(self, request: ApiRequest, default: int) -> int:
        parameter = self.parameter or ""
        return requested_number(request, parameter, default, in_body=self.in_body)

    def _with(self, request: ApiRequest, value: str | int | None) -> ApiRequest | None:
        """Return the request for another page, None where it is the same."""
        if value is None or self.parameter is None:
            return None
        following = with_parameter(request, self.parameter, value, in_body=self.in_body)
        return None if following == request else following

    def join(self, documents: Sequence[object]) -> object:
        """Return the first document, with the elements of all pages in its list, each once.

        Some APIs send the only element of a list in place of the list.
        """
        if len(documents) == 1 or not any(map(self.has_list, documents)):
            return documents[0]
        lists = [_list_at(self, each) for each in documents]
        if self.items is not None:
            lists = [
                [each] if isinstance(each, dict) and each else each for each in lists
            ]
        elements = [each if isinstance(each, list) else [] for each in lists]
        joined = joined_lists([(each, self._digest(each)) for each in elements])
        if self.items is None:
            return joined if isinstance(documents[0], list) else documents[0]
        return with_value_at(documents[0], self.items.segments, joined)


class PageAfter(NamedTuple):
    """What follows a page.

    `digest` is that of the page's elements, None where they cannot be compared. `following` is the
    request of the next page. `is_likely_last`: by the stated total, all elements were received.
    """

    digest: bytes | None
    following: ApiRequest | None = None
    is_likely_last: bool = False


def _list_at(pages: Pages, document: object) -> object:
    return document if pages.items is None else pages.items.find(document)


def _elements(pages: Pages, document: object) -> list[object]:
    found = _list_at(pages, document)
    if isinstance(found, dict) and found and pages.kind not in _NUMBERED:
        # Some APIs send the only element of a list in place of the list.
        return [found]
    return found if isinstance(found, list) else []


def _found(pages: Pages, document: object) -> str | int | None:
    """Return the next URL or the cursor, None on the last page."""
    if pages.path is None:
        return None
    found = pages.path.find(document)
    if found is MISSING and isinstance(document, dict):
        # A user may type a key with dots, such as `@odata.nextLink`, as it is.
        found = document.get(pages.path.text.removeprefix("$."), MISSING)
    if isinstance(found, list) and len(found) == 1:
        # A path with a filter finds a list.
        [found] = found
    if isinstance(found, dict):
        keys = _CURSOR_MEMBERS if pages.kind == CURSOR else _URL_MEMBERS
        found = next((found[key] for key in keys if key in found), None)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return None if str(found).strip().lower() in _NO_NEXT_PAGE else found


def _path(raw: Mapping[str, Any], key: str, where: str) -> AnyPath | None:
    if not (text := raw.get(key)):
        return None
    if not isinstance(text, str):
        raise InvalidPages(where, key)
    if text.startswith("@"):
        # A key such as `@odata.nextLink`: no path begins with `@`.
        return Path(text, (text,))
    try:
        return compile_path(text)
    except InvalidPath:
        raise InvalidPages(where, key) from None


def _place(raw: Mapping[str, Any], key: str, where: str) -> Path | None:
    """Parse a path to a single place, since the list there is replaced by the joined one."""
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
    # This refuses NaN too, for which every comparison is false.
    if not 1 <= count <= _MAX_COUNT:
        raise InvalidPages(where, key)
    return int(count)
