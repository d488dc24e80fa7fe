"""A request to an account's API, with its templates rendered."""

from copy import replace
from typing import Final

from ..oauth2.frozen import Frozen

type Pairs = tuple[tuple[str, str], ...]

_CONTENT_TYPE: Final = "Content-Type"


class ApiRequest(Frozen, secret=("url", "query", "headers", "body")):
    """A request to an API. Hashable, since equal requests share one answer.

    `url` is absolute, or relative to the provider's API base; `query` is added to the URL's own.
    """

    url: str
    method: str = "GET"
    query: Pairs = ()
    headers: Pairs = ()
    body: bytes | None = None

    def with_content_type(self, content_type: str) -> ApiRequest:
        """Return the request with the type of its body, unless its headers name one."""
        if any(name.lower() == _CONTENT_TYPE.lower() for name, _ in self.headers):
            return self
        return replace(self, headers=(*self.headers, (_CONTENT_TYPE, content_type)))
