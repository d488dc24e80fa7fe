"""The address of the next page: where a header has it, and how it differs from that of this page."""

from copy import replace
import re
from typing import Final, TypeIs

from yarl import URL

from ..oauth2 import Response
from . import ApiRequest

# RFC 8288, 3: a parameter of a link-value, and a link-value with its parameters.
_LINK_PARAMETER: Final = (
    r";\s*+([\w*!#$&+.^`|~-]++)\s*+"
    r"(?:=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s\",;]*+)))?"
)
_LINK: Final = rf"<([^<>]*+)>((?:\s*+{_LINK_PARAMETER})*+)"
_MAX_HEADER_CHARACTERS: Final = 16 * 1024


class Walk:
    """The way from page to page: which ones were asked for, and what they had."""

    def __init__(self, first: ApiRequest) -> None:
        self._asked = {identity(first)}
        self._contents: set[bytes] = set()

    @property
    def has_gone_on(self) -> bool:
        """Whether more than the first page was asked for."""
        return len(self._asked) > 1

    def has_seen(self, content: bytes | None) -> bool:
        """Return whether an earlier page had this content, of which None is no content."""
        is_known = content in self._contents
        if content is not None:
            self._contents.add(content)
        return is_known

    def leads_on(self, following: ApiRequest | None) -> TypeIs[ApiRequest]:
        """Return whether there is a next page that was not asked for yet, which it is from now on."""
        if following is None or (place := identity(following)) in self._asked:
            return False
        self._asked.add(place)
        return True


def is_page(response: Response) -> bool:
    """Return whether a response is a page; one without content (RFC 9110, 15.3.5) is none."""
    return 200 <= response.status < 300 and response.status != 204


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


def request_at(request: ApiRequest, url: str | None) -> ApiRequest | None:
    """Return the request to another URL, which contains its query; None where it is the same."""
    if not url:
        return None
    try:
        here = URL(request.url)
        target = here.join(URL(url.strip()))
        if (target.scheme, target.host, target.explicit_port) == (
            "http",
            here.host,
            None,
        ):
            # Behind a proxy, APIs may not know that they are asked over https.
            target = target.with_scheme(here.scheme)
    except ValueError:
        return None
    if str(target) == request.url:
        return None
    following = replace(request, url=str(target), query=(), named_by=request.url)
    return None if identity(following) == identity(request) else following


def identity(request: ApiRequest) -> object:
    """Return what is equal for requests that ask for the same page, however they are written."""
    url = URL(request.url)
    query = (*url.query.items(), *request.query)
    return str(url.with_query(None)), tuple(sorted(query)), request.body


def counts_on(request: ApiRequest, following: ApiRequest) -> bool:
    """Return whether two requests differ in numbers only, as `?page=2` and `?page=3`."""

    def without_numbers(one: ApiRequest) -> str:
        return re.sub(r"[0-9]+", "", f"{identity(one)}")

    # The first page may go without its number.
    names = {*URL(request.url).query, *dict(request.query)}
    more = {*URL(following.url).query, *dict(following.query)} - names
    if more and request.body == following.body:
        query = {**URL(following.url).query, **dict(following.query)}
        return all(query[name].isdecimal() for name in more)
    return without_numbers(request) == without_numbers(following)
