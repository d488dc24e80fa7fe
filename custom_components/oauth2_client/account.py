"""The account: one config entry, one grant; its requests."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
import time
from typing import Final

from multidict import CIMultiDict
from yarl import URL

from homeassistant.helpers.json import json_bytes

from .answers import Answers
from .api_request import ApiRequest, Pairs
from .catalogue import Provider
from .grant import Grant
from .host_policy import HostPolicy, authorities, parse_url
from .oauth2 import RefusedByPolicy, Request, Response, TemporaryFailure, TokenSet
from .proofs import Proofs
from .rate_limit import HostBudgets, RateLimit
from .transport import DEFAULT_TIMEOUT, MAX_API_BYTES, Transport

# Requests of one account under way at once: more would look like an attack to many providers.
_MAX_CONCURRENT: Final = 4
# Others where there is no JSON: XML, CSV, text.
_ACCEPT: Final = "application/json, */*;q=0.5"
_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class Account:
    """Sends requests as one signed-in account, and keeps it signed in."""

    def __init__(
        self,
        *,
        entry_id: str,
        title: str,
        provider: Provider,
        client_id: str | None,
        allowed_hosts: tuple[str, ...] = (),
        grant: Grant,
        transport: Transport,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.entry_id = entry_id
        self.title = title
        self.provider = provider
        self.hosts = HostPolicy(
            hosts=authorities(
                (provider.api_base_url, *provider.api_hosts, *allowed_hosts)
            ),
            allow_http=provider.allow_http,
        )
        self._headers = {
            name: value.replace("{client_id}", client_id or "")
            for name, value in provider.api_headers.items()
        }
        self._grant = grant
        self._transport = transport
        self._clock = clock
        self._slots = asyncio.Semaphore(_MAX_CONCURRENT)
        self._proofs: Proofs | None = None
        self._budgets = HostBudgets(clock=clock, timer=timer)
        self._listeners: list[Callable[[], None]] = []
        grant.on_renewal = self._tell
        # For resources: asked for the same, it is sent once.
        self.answers = Answers(
            self.send, lambda url: str(self.resolve_url(url)), clock=clock
        )

    @property
    def token_set(self) -> TokenSet:
        """The newest token set."""
        return self._grant.token_set

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit with the fewest requests left, None where the API tells of none."""
        return self._budgets.tightest

    @property
    def renew_at(self) -> float | None:
        """When the token set is to be renewed, in seconds since the epoch."""
        return self._grant.renew_at

    @property
    def pause(self) -> float:
        """Seconds in which the token set is not renewed, after a failure."""
        return self._grant.pause

    async def request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        text: str | None = None,
        data: bytes | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_bytes: int = MAX_API_BYTES,
    ) -> Response:
        """Send a request as this account and return the response, whatever its status.

        `url` is absolute, or relative to the provider's API base. `json`, `text` and `data`
        exclude each other; `text` is sent as UTF-8, `data` as it is and with the caller's own
        Content-Type. `timeout` is in seconds. A 401 is answered by one refresh and one more try;
        redirects are followed within the allowed hosts.

        Raises GrantRejected (the user is asked to sign in), ClientRejected, ScopeRejected,
        TemporaryFailure (with `retry_after` in seconds where one is known) and RefusedByPolicy
        (nothing was sent).
        """
        target = self.resolve_url(url, tuple((query or {}).items()))
        body, content_type = data, None
        if json is not None:
            body, content_type = json_bytes(json), "application/json"
        elif text is not None:
            body, content_type = text.encode(), "text/plain; charset=utf-8"
        prepared = self._prepare(method, target, headers or {}, body, content_type)
        return await self._send_prepared(prepared, target, timeout, max_bytes)

    async def send(
        self, request: ApiRequest, *, timeout: float = DEFAULT_TIMEOUT
    ) -> Response:
        """Send a request that is complete. As `request` in all else."""
        target = self.resolve_url(request.url, request.query)
        body = None if request.body is None else request.body.encode()
        prepared = self._prepare(request.method, target, dict(request.headers), body)
        return await self._send_prepared(prepared, target, timeout, MAX_API_BYTES)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when the token set or the rate limit is another one; return what ends that."""
        self._listeners.append(callback)
        return partial(self._listeners.remove, callback)

    async def usable_token(self) -> None:
        """Make sure that the account can be used now.

        Raises what `request` raises.
        """
        await self._grant.usable()

    async def close(self) -> None:
        """Wait until a refresh in flight is kept; the account is not to be used any more."""
        await self._grant.close()

    def resolve_url(self, url: str, query: Pairs = ()) -> URL:
        """Return the absolute URL of a request of this account.

        Raises RefusedByPolicy: `invalid_url`, `no_api_base_url`, `host_not_allowed` or
        `https_required`.
        """
        text = url.strip()
        if "://" not in text.partition("?")[0]:
            if not self.provider.api_base_url:
                raise RefusedByPolicy("no_api_base_url")
            text = f"{self.provider.api_base_url.rstrip('/')}/{text.lstrip('/')}"
        target = parse_url(text)
        if query:
            target = target.update_query(query)
        self.hosts.check(target)
        return target

    def _prepare(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        body: bytes | None,
        content_type: str | None = None,
    ) -> Request:
        merged = CIMultiDict({"Accept": _ACCEPT, **self._headers})
        merged.update(headers)
        if "Authorization" in merged:
            raise RefusedByPolicy("authorization_header")
        if content_type is not None:
            merged.setdefault("Content-Type", content_type)
        return Request(
            method=method.upper(), url=str(url), headers=dict(merged), body=body
        )

    async def _send_prepared(
        self, request: Request, url: URL, timeout: float, max_bytes: int
    ) -> Response:
        """Send within the account's bounds; after a 401 once more, with a newer token."""
        async with self._slots:
            self._budgets.check(url.host or "")
            token_set = await self._grant.usable()
            response = await self._send(request, token_set, timeout, max_bytes)
            if response.status == 401:
                renewed = await self._grant.usable(rejected=token_set)
                if renewed is not token_set:
                    response = await self._send(request, renewed, timeout, max_bytes)
        if self._budgets.note(url.host or "", response):
            self._tell()
        return response

    def _tell(self) -> None:
        for callback in tuple(self._listeners):
            callback()

    async def _send(
        self, request: Request, token_set: TokenSet, timeout: float, max_bytes: int
    ) -> Response:
        """Send with the token, following redirects as far as the token may go."""
        for _ in range(_MAX_REDIRECTS + 1):
            response = await self._send_once(request, token_set, timeout, max_bytes)
            location = response.header("Location")
            if response.status not in _REDIRECTS or not location:
                return response
            request = self._redirected(request, response.status, location)
        raise TemporaryFailure("too_many_redirects")

    async def _send_once(
        self, request: Request, token_set: TokenSet, timeout: float, max_bytes: int
    ) -> Response:
        token = token_set.access_token
        authorization = f"{token_set.token_type} {token}"
        authorized = replace(
            request, headers={**request.headers, "Authorization": authorization}
        )
        send = partial(self._transport.send, timeout=timeout, max_bytes=max_bytes)
        if token_set.dpop_key is None:
            return await send(authorized)
        if self._proofs is None or self._proofs.key != token_set.dpop_key:
            self._proofs = Proofs(token_set.dpop_key, clock=self._clock)
        response = await send(self._proofs.proven(authorized, access_token=token))
        if self._proofs.learn(authorized, response):
            response = await send(self._proofs.proven(authorized, access_token=token))
        return response

    def _redirected(self, request: Request, status: int, location: str) -> Request:
        try:
            target = URL(request.url, encoded=True).join(URL(location))
        except ValueError:
            raise RefusedByPolicy("redirect_refused") from None
        try:
            self.hosts.check(target)
        except RefusedByPolicy:
            raise RefusedByPolicy("redirect_refused") from None
        # RFC 9110, 15.4: 303 always becomes GET, 301 and 302 do so after a POST.
        if status == 303 or (status in (301, 302) and request.method == "POST"):
            return Request(method="GET", url=str(target), headers=request.headers)
        return Request(
            method=request.method,
            url=str(target),
            headers=request.headers,
            body=request.body,
        )
