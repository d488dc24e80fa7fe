"""A request to an account's API, complete: nothing in it is a template any more."""

from dataclasses import dataclass, field

type Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRequest:
    """What is sent to an API. Equal requests are one: it is the key that they are known by.

    `url` is absolute, or relative to the provider's API base; `query` is added to its own.
    """

    url: str = field(repr=False)
    method: str = "GET"
    query: Pairs = field(default=(), repr=False)
    headers: Pairs = field(default=(), repr=False)
    body: str | None = field(default=None, repr=False)
