"""The request of the next page: found in a header, and compared with those of earlier pages."""

from copy import replace
import re
from typing import Final, TypeIs

from yarl import URL

from ..oauth2 import Response
from . import ApiRequest

# RFC 8288, 3: a parameter of a link, and a link with its parameters.
_LINK_PARAMETER: Final = (
    r";\s*+([\w*!#$&+.^`|~-]++)\s*+"
    r"(?:=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s\",;]*+)))?"
)
_LINK: Final = rf"<([^<>]*+)>((?:\s*+{_LINK_PARAMETER})*+)"
_MAX_HEADER_CHARACTERS: Final = 16 * 1024


class VisitedPages:
    """The pages that were requested so far, and the digests of their elements."""

    def __init__(self, first: ApiRequest) -> None:
        self._identities = {identity(first)}
        self._digests: set[bytes] = set()

    @property
    def are_several(self) -> bool:
        """Whether more than the first page was requested."""
        return len(self._identities) > 1

    def has_seen(self, digest: bytes | None) -> bool:
        """Return whether an earlier page had this digest; never for None, which is not compared."""
        is_known = digest in self._digests
        if digest is not None:
            self._digests.add(digest)
        return is_known

    def add(self, following: ApiRequest | None) -> TypeIs[ApiRequest]:
        """Add the request of the next page; return whether there is one, and it is new."""
        if following is None or (added := identity(following)) in self._identities:
            return False
        self._identities.add(added)
        return True


def is_page(response: Response) -> bool:
    """Return whether a response is a page: a success that has content (RFC 9110, 15.3.5)."""
    return 200 <= response.status < 300 and response.status != 204


def next_link(response: Response) -> str | None:
    """Return the target of the link to the next page (RFC 8288, 3.3)."""
    # Without runs of white space, which would make the pattern slow on a malformed header.
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
    """Return the request to another URL, without the query of the first one; None for the same page."""
    if not url:
        return None
    try:
        current = URL(request.url)
        target = current.join(URL(url.strip()))
        has_same_host = target.host == current.host and target.explicit_port is None
        if has_same_host and target.scheme == "http":
            # An API behind a proxy may not know that it is reached over https.
            target = target.with_scheme(current.scheme)
    except ValueError:
        return None
    if str(target) == request.url:
        return None
    following = replace(request, url=str(target), query=(), named_by=request.url)
    return None if identity(following) == identity(request) else following


def identity(request: ApiRequest) -> object:
    """Return a value that is equal for requests of the same page, in whatever order their query is."""
    url = URL(request.url)
    query = (*url.query.items(), *request.query)
    return str(url.with_query(None)), tuple(sorted(query)), request.body


def differ_in_numbers(request: ApiRequest, following: ApiRequest) -> bool:
    """Return whether two requests differ in numbers only, as `?page=2` and `?page=3` do."""

    def without_numbers(page: ApiRequest) -> str:
        return re.sub(r"[0-9]+", "", f"{identity(page)}")

    # The request of the first page may lack the number.
    names = {*URL(request.url).query, *dict(request.query)}
    added = {*URL(following.url).query, *dict(following.query)} - names
    if added and request.body == following.body:
        query = {**URL(following.url).query, **dict(following.query)}
        return all(query[name].isdecimal() for name in added)
    return without_numbers(request) == without_numbers(following)
