"""The account: one config entry, one grant; its requests."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
import time
from typing import Final

from multidict import CIMultiDict
from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.service import async_get_config_entry

from .catalogue import Provider
from .const import DOMAIN
from .grant import Grant
from .host_policy import HostPolicy, authorities, parse_url
from .oauth2 import (
    RefusedByPolicy,
    Request,
    Response,
    TemporaryFailure,
    TokenSet,
    retry_after,
)
from .proofs import Proofs
from .transport import DEFAULT_TIMEOUT, MAX_API_BYTES, Transport

# Requests of one account under way at once: more would look like an attack to many providers.
_MAX_CONCURRENT: Final = 4
_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_BUSY: Final = frozenset({429, 503})

type OAuth2ClientConfigEntry = ConfigEntry[Account]


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
        self._timer = timer
        self._slots = asyncio.Semaphore(_MAX_CONCURRENT)
        self._proofs: Proofs | None = None
        self._busy_until: dict[str, float] = {}

    @property
    def token_set(self) -> TokenSet:
        """The newest token set."""
        return self._grant.token_set

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
        timeout: float = DEFAULT_TIMEOUT,
        max_bytes: int = MAX_API_BYTES,
    ) -> Response:
        """Send a request as this account and return the response, whatever its status.

        `url` is absolute, or relative to the provider's API base. `json` and `text` exclude each
        other; `text` is sent as UTF-8. `timeout` is in seconds. A 401 is answered by one refresh
        and one more try; redirects are followed within the allowed hosts.

        Raises GrantRejected (the user is asked to sign in), ClientRejected, ScopeRejected,
        TemporaryFailure (with `retry_after` in seconds where one is known) and RefusedByPolicy
        (nothing was sent).
        """
        target = self.resolve_url(url, query)
        request = self._prepare(method.upper(), target, headers or {}, json, text)
        async with self._slots:
            self._check_busy(target)
            token_set = await self._grant.usable()
            response = await self._send(request, token_set, timeout, max_bytes)
            if response.status == 401:
                renewed = await self._grant.usable(rejected=token_set)
                if renewed is not token_set:
                    response = await self._send(request, renewed, timeout, max_bytes)
        self._note_busy(target, response)
        return response

    async def usable_token(self) -> None:
        """Make sure that the account can be used now.

        Raises what `request` raises.
        """
        await self._grant.usable()

    async def close(self) -> None:
        """Wait until a refresh in flight is kept; the account is not to be used any more."""
        await self._grant.close()

    def resolve_url(self, url: str, query: Mapping[str, str] | None = None) -> URL:
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
        json: object,
        text: str | None,
    ) -> Request:
        merged = CIMultiDict({"Accept": "application/json", **self._headers})
        merged.update(headers)
        if "Authorization" in merged:
            raise RefusedByPolicy("authorization_header")
        body = None
        if json is not None:
            merged.setdefault("Content-Type", "application/json")
            body = json_bytes(json)
        elif text is not None:
            merged.setdefault("Content-Type", "text/plain; charset=utf-8")
            body = text.encode()
        return Request(method=method, url=str(url), headers=dict(merged), body=body)

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

    def _check_busy(self, url: URL) -> None:
        remaining = self._busy_until.get(url.host or "", 0.0) - self._timer()
        if remaining > 0:
            raise TemporaryFailure("rate_limited", retry_after=remaining)

    def _note_busy(self, url: URL, response: Response) -> None:
        """Keep quiet towards a host for as long as it asked for (RFC 9110, 10.2.3)."""
        if response.status not in _BUSY:
            return
        if (seconds := retry_after(response, now=self._clock())) is not None:
            self._busy_until[url.host or ""] = self._timer() + seconds


@callback
def async_get_account(hass: HomeAssistant, entry_id: str) -> Account:
    """Return a signed-in account by the id of its config entry.

    Ask for it when you need it rather than keeping it: a reload makes a new one.

    Raises ServiceValidationError, translated, where there is no such account or it is not loaded.
    """
    entry: OAuth2ClientConfigEntry = async_get_config_entry(hass, DOMAIN, entry_id)
    return entry.runtime_data
