"""A request to an account's API, with its templates rendered."""

from dataclasses import dataclass, field, replace
from typing import Final, Self

type Pairs = tuple[tuple[str, str], ...]

_CONTENT_TYPE: Final = "Content-Type"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRequest:
    """A request to an API. Hashable, since equal requests share one answer.

    `url` is absolute, or relative to the provider's API base; `query` is added to the URL's own.
    """

    url: str = field(repr=False)
    method: str = "GET"
    query: Pairs = field(default=(), repr=False)
    headers: Pairs = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)

    def with_content_type(self, content_type: str) -> Self:
        """Return the request with the type of its body, unless its headers name one."""
        if any(name.lower() == _CONTENT_TYPE.lower() for name, _ in self.headers):
            return self
        return replace(self, headers=(*self.headers, (_CONTENT_TYPE, content_type)))
