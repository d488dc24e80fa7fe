"""Sends requests with an account's token: checks hosts, follows redirects, retries after a 401."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Final

from multidict import CIMultiDict
from yarl import URL

from homeassistant.helpers.importlib import async_import_module

from ..api import ApiRequest, Pairs, redirected, with_client, with_query
from ..api.answer import is_token_refused
from ..catalogue import Provider
from ..const import PACKAGE
from ..grant import Grant
from ..oauth2 import (
    Client,
    OAuth2Error,
    RefusedByPolicy,
    Request,
    Response,
    TemporaryFailure,
    TokenSet,
)
from ..wire import Send, Transport
from ..wire.clock import Clock
from ..wire.host_policy import HostPolicy, authorities, parse_url
from .host_budgets import HostBudget, HostBudgets, Place

if TYPE_CHECKING:
    from ..oauth2 import DpopKey
    from ..wire.proofs import Proofs

# JSON is preferred; some APIs have only XML, CSV or text.
_ACCEPT: Final = "application/json, */*;q=0.5"
_MAX_REDIRECTS: Final = 5
_REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
# A resource sends the same request at each poll, so its URL and headers are prepared once and kept.
_MAX_PREPARED_REQUESTS: Final = 64


class Sending:
    """Sends requests with the token of one account."""

    def __init__(
        self,
        *,
        provider: Provider,
        client: Client | None,
        allowed_hosts: tuple[str, ...],
        grant: Grant,
        budgets: HostBudgets,
        transport: Transport,
        clock: Clock,
        note_replaced: Callable[[TokenSet], None],
    ) -> None:
        self._hosts = HostPolicy(
            hosts=authorities(
                (provider.api_base_url, *provider.api_hosts, *allowed_hosts)
            ),
            allow_http=provider.allow_http,
        )
        self._base_url = (provider.api_base_url or "").rstrip("/")
        self._provider = provider
        self._client = client
        server = provider.server
        self._token_urls = (
            server.renewal_url or server.refresh_url or server.token_url,
        )
        self._token_query = provider.api_token_query
        self._token_header, _, template = provider.api_token_header.partition(": ")
        self._token_prefix, _, self._token_suffix = template.partition("{token}")
        self._grant = grant
        self._budgets = budgets
        self._transport = transport
        self._clock = clock
        # Called with the token set of a request that ended after another one had replaced it.
        self._note_replaced = note_replaced
        self._proofs: Proofs | None = None
        self._prepared = lru_cache(_MAX_PREPARED_REQUESTS)(self._prepare)

    @cached_property
    def _headers(self) -> Headers:
        """The headers of all requests that have none of their own. Raises as `with_client`."""
        own = with_client(self._provider.api_headers, self._client)
        return Headers({"Accept": _ACCEPT, **own})

    async def send(
        self,
        request: ApiRequest,
        *,
        timeout: float,
        max_bytes: int,
        is_poll: bool = False,
    ) -> Response:
        """Send a request within its host's budget; once more if the API refuses the token.

        `timeout` is for all of this together: the token, a place among the requests to the host,
        redirects and both tries. During a refresh, the place is left to other requests.
        """
        prepared = self._prepared(request.url, request.query, request.headers)
        budget = prepared.budget
        budget.check_pause()
        place = Place(budget, prepared.path, prepared.polls if is_poll else None)
        send = partial(
            self._send, place, request, prepared, timeout=timeout, max_bytes=max_bytes
        )
        prepared.last_urls = ()
        try:
            with self._transport.limits.within(timeout):
                used = self._grant.usable_now or await self._usable(prepared)
                response = await send(used)
                if response.status < 400:
                    prepared.refused = None
                elif used is not prepared.refused and is_token_refused(response):
                    response = await self._send_renewed(send, prepared, used, response)
        except TimeoutError:
            raise TemporaryFailure(
                "host_busy" if place.is_waiting else "timeout"
            ) from None
        budget.note(response)
        return response

    async def _send_renewed(
        self,
        send: Callable[[TokenSet], Awaitable[Response]],
        prepared: Prepared,
        used: TokenSet,
        refusal: Response,
    ) -> Response:
        """Return the response to a newer token; the refusal of the used one if there is no newer one."""
        renewed = await self._usable(prepared, rejected=used)
        if renewed is used:
            return refusal
        response = await send(renewed)
        if is_token_refused(response):
            prepared.refused = renewed
        return response

    async def _usable(
        self, prepared: Prepared, rejected: TokenSet | None = None
    ) -> TokenSet:
        try:
            return await self._grant.usable(rejected=rejected)
        except OAuth2Error:
            prepared.last_urls = self._token_urls
            raise

    def last_urls(self, request: ApiRequest) -> tuple[str, ...]:
        """Return where a request was last sent to: its own URL, then that of its last redirect.

        If its token could not be refreshed, it is the URL of the token endpoint. Raises RefusedByPolicy
        as `resolve_url` does.
        """
        prepared = self._prepared(request.url, request.query, request.headers)
        return prepared.last_urls or (prepared.url,)

    def resolve_url(self, url: str, query: Pairs = ()) -> URL:
        """Return the absolute URL of a request of this account.

        Raises RefusedByPolicy: `invalid_url`, `no_api_base_url`, `host_not_allowed` or
        `https_required`.
        """
        text = url.strip()
        if "://" not in text.partition("?")[0]:
            if not self._base_url:
                raise RefusedByPolicy("no_api_base_url")
            text = f"{self._base_url}/{text.lstrip('/')}"
        target = parse_url(text)
        if query:
            target = target.update_query(query)
        self._hosts.check(target)
        return target

    def _prepare(self, url: str, query: Pairs, headers: Pairs) -> Prepared:
        target = self.resolve_url(url, query)
        merged = CIMultiDict(self._headers.without_token)
        merged.update(headers)
        if "Authorization" in merged or self._token_header in merged:
            raise RefusedByPolicy("authorization_header")
        host = target.host or ""
        if own := with_client(self._provider.api_query, self._client):
            target = target.update_query(own)
        return Prepared(
            target,
            Headers(dict(merged)) if headers else self._headers,
            self._budgets.of(host),
            self._transport.polls(host),
        )

    async def _send(
        self,
        place: Place,
        request: ApiRequest,
        prepared: Prepared,
        token_set: TokenSet,
        *,
        timeout: float,
        max_bytes: int,
    ) -> Response:
        """Send with the token, in a place; follow redirects to hosts that may receive the token."""
        if not place.take():
            await place.wait()
        try:
            authorized = self._authorized(request, prepared, token_set)
            named_by = request.named_by
            for _ in range(_MAX_REDIRECTS + 1):
                if self._token_query is not None:
                    # RFC 6750, 2 and 2.3: in the query, and nowhere else.
                    authorized = with_query(
                        authorized, {self._token_query: token_set.access_token}
                    )
                if named_by is None and token_set.dpop_key is None:
                    # Nearly every request, and most of what a poll costs.
                    response = await self._transport.send(
                        authorized, timeout=None, max_bytes=max_bytes
                    )
                else:
                    send = self._sender(named_by, timeout, max_bytes)
                    if (key := token_set.dpop_key) is not None:
                        send = self._with_proofs(key, token_set.access_token, send)
                    response = await send(authorized)
                if response.status not in _REDIRECT_STATUSES:
                    return response
                if not (location := response.header("Location")):
                    return response
                named_by = authorized.url
                authorized = self._redirected(
                    prepared, authorized, response.status, location
                )
        finally:
            place.leave()
            if token_set is not self._grant.token_set:
                # It was renewed meanwhile, and the answer may repeat it.
                self._note_replaced(token_set)
        raise TemporaryFailure("too_many_redirects")

    def _authorized(
        self, request: ApiRequest, prepared: Prepared, token_set: TokenSet
    ) -> Request:
        """Return a request with the token in its header; one that goes into the query is added later."""
        return Request(
            method=request.method,
            url=prepared.url,
            headers=prepared.headers.without_token
            if self._token_query
            else prepared.headers.authorized(token_set, self._authorization),
            body=request.body,
        )

    def _sender(self, named_by: str | None, timeout: float, max_bytes: int) -> Send:
        """Return what sends to a URL: one that the server at `named_by` named, or that a person typed."""
        if named_by is None:
            # The time limit of the whole request holds here; a second one would end no earlier.
            return partial(self._transport.send, timeout=None, max_bytes=max_bytes)

        async def send(request: Request) -> Response:
            await async_import_module(
                self._transport.hass, f"{PACKAGE}.wire.named_address"
            )
            from ..wire.named_address import async_send_named  # noqa: PLC0415 - imported just now, off the event loop

            return await async_send_named(
                self._transport,
                request,
                named_by=named_by,
                allow_http=self._hosts.allow_http,
                timeout=timeout,
                max_bytes=max_bytes,
            )

        return send

    def _authorization(self, token_set: TokenSet) -> tuple[str, str]:
        """Return the header with the token; one that is bound to a key has a fixed form (RFC 9449, 7.1)."""
        token = token_set.access_token
        if token_set.dpop_key is not None:
            return "Authorization", f"DPoP {token}"
        return self._token_header, f"{self._token_prefix}{token}{self._token_suffix}"

    def _with_proofs(self, key: DpopKey, access_token: str, send: Send) -> Send:
        """Return what sends requests with a proof of the key (RFC 9449, 4)."""
        from ..wire.proofs import Proofs  # noqa: PLC0415 - loaded where a token is bound to a key

        if self._proofs is None or self._proofs.key != key:
            self._proofs = Proofs(key, clock=self._clock)
        return partial(self._proofs.send, send=send, access_token=access_token)

    def _redirected(
        self, prepared: Prepared, request: Request, status: int, location: str
    ) -> Request:
        try:
            joined = URL(request.url, encoded=True).join(URL(location))
            target = parse_url(str(joined))
            prepared.last_urls = (prepared.url, str(target))
            self._hosts.check(target)
        except RefusedByPolicy as err:
            raise RefusedByPolicy("redirect_refused", host=err.host) from None
        except ValueError:
            raise RefusedByPolicy("redirect_refused") from None
        return redirected(request, status, str(target))


class Headers:
    """The headers of requests, without the token and with it.

    Not a dataclass, whose repr would show them: they contain secrets.
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
        """Return the headers with that of the token; the same object until there is another token."""
        if token_set is not self._token_set:
            name, value = authorization(token_set)
            self._authorized = {**self.without_token, name: value}
            self._token_set = token_set
        return self._authorized


class Prepared:
    """The checked URL of a request, its headers, and the limits of its host. Not a dataclass either."""

    __slots__ = ("budget", "headers", "last_urls", "path", "polls", "refused", "url")

    def __init__(
        self, url: URL, headers: Headers, budget: HostBudget, polls: asyncio.Semaphore
    ) -> None:
        self.url = str(url)
        self.path = url.path
        self.headers = headers
        self.budget = budget
        self.polls = polls
        # The token set of the last refresh for this request, if the API refused that too.
        self.refused: TokenSet | None = None
        # Where it was last sent to; empty if to its own URL only.
        self.last_urls: tuple[str, ...] = ()
