"""The parts of a request that stay the same each time it is sent: its address, headers and places."""

import asyncio
from collections.abc import Callable, Mapping

from yarl import URL

from ..oauth2 import TokenSet
from .host_budgets import HostBudget


class Headers:
    """The headers of requests, without the token and with it.

    Not a dataclass, whose repr would show them: they may contain secrets.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.without_token = headers
        self._token_set: TokenSet | None = None
        self._authorized: Mapping[str, str] = {}

    def authorized(
        self,
        token_set: TokenSet,
        authorization: Callable[[TokenSet], tuple[str, str]],
    ) -> Mapping[str, str]:
        """Return the headers with that of the token; the same ones until there is another token."""
        if token_set is not self._token_set:
            name, value = authorization(token_set)
            self._authorized = {**self.without_token, name: value}
            self._token_set = token_set
        return self._authorized


class Prepared:
    """The checked URL of a request, its headers, and the limits of its host.

    Not a dataclass either.
    """

    __slots__ = ("budget", "headers", "path", "polls", "refused", "url", "went")

    def __init__(
        self, url: URL, headers: Headers, budget: HostBudget, polls: asyncio.Semaphore
    ) -> None:
        self.url = str(url)
        self.path = url.path
        self.headers = headers
        self.budget = budget
        self.polls = polls
        # What the last refresh for this request led to, where the API refused that as well.
        self.refused: TokenSet | None = None
        # Where it went last, unless that is its own address alone.
        self.went: tuple[str, ...] = ()
