"""A signed-in account: one config entry with one grant. Sends requests with its token."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from yarl import URL

from homeassistant.helpers.json import json_bytes

from ..api import ApiRequest, Pairs
from ..api.answer import is_refusal
from ..catalogue import Provider
from ..grant import Grant
from ..oauth2 import Client, OAuth2Error, RefusedByPolicy, Response, TokenSet
from ..wire import DEFAULT_TIMEOUT_SECONDS, MAX_API_BYTES, Transport
from ..wire.clock import Clock
from .answers import Answer, Answers
from .host_budgets import BUSY_STATUSES, HostBudgets
from .sending import Sending

if TYPE_CHECKING:
    from ..api.redaction import Redaction
    from .rate_limit import RateLimit

# An answer may repeat an earlier token, since tokens are renewed while a request is under way.
_REMEMBERED_TOKEN_SETS: Final = 3
# Older ones, with which requests were sent that ended only after all of these had come.
_MAX_REPLACED_TOKEN_SETS: Final = 8
# Statuses with which an API may say that the token lacks a scope (RFC 6750, 3.1).
_FORBIDDEN_STATUSES: Final = frozenset({401, 403})
_MAX_FORBIDDEN_URLS: Final = 16


class Account:
    """Sends requests as one signed-in account, and keeps it signed in."""

    def __init__(
        self,
        *,
        entry_id: str,
        title: str,
        provider: Provider,
        client: Client | None,
        allowed_hosts: tuple[str, ...] = (),
        grant: Grant,
        transport: Transport,
        clock: Clock,
        pauses: dict[str, float] | None = None,
    ) -> None:
        self.entry_id = entry_id
        self.title = title
        self.provider = provider
        self.clock = clock
        self._grant = grant
        self._client = client
        self._token_sets = deque([grant.token_set], _REMEMBERED_TOKEN_SETS)
        self._replaced_token_sets = deque[TokenSet](maxlen=_MAX_REPLACED_TOKEN_SETS)
        self._redaction: Redaction | None = None
        self._listeners: list[Callable[[], None]] = []
        # Awaited with the response that forbids a request, and with None when the last URL that was
        # forbidden is allowed again.
        self.on_forbidden: Callable[[Response | None], Awaitable[None]] | None = None
        self._forbidden_urls: set[str] = set()
        # Called with a host that a resource or a command leads to and that may not receive the token,
        # and with None when no resource and no command leads to such a host any more.
        self.on_refused_host: Callable[[str | None], None] | None = None
        self._refused_hosts: dict[object, str] = {}
        self._pauses = {} if pauses is None else pauses
        self._budgets = HostBudgets(
            clock=clock, on_new_limit=self._notify, pauses=self._pauses
        )
        self._sending = Sending(
            provider=provider,
            client=client,
            allowed_hosts=allowed_hosts,
            grant=grant,
            budgets=self._budgets,
            transport=transport,
            clock=clock,
            note_replaced=self._note_replaced,
        )
        # Resources fetch through this, so that two of them with an equal request send it once.
        self.answers = Answers(
            self.send, lambda url: str(self.resolve_url(url)), clock=clock
        )
        grant.on_renewal = self._renewed

    @property
    def token_set(self) -> TokenSet:
        """The current token set, which may have expired."""
        return self._grant.token_set

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit with the fewest requests left, None where the API reports none."""
        return self._budgets.tightest

    @property
    def renew_in(self) -> float | None:
        """Seconds until the token set is to be renewed, at most 0 when it is due; None: never."""
        return self._grant.renew_in

    @property
    def has_expired_token(self) -> bool:
        """Whether the lifetime of the current token is over; a token without one does not expire."""
        return self._grant.has_expired

    @property
    def pause(self) -> float:
        """Seconds until the token set may be renewed, 0 unless the last renewal failed."""
        return self._grant.pause

    @property
    def request_pause(self) -> float:
        """Seconds until no host wants a pause any more, 0 if none does."""
        paused_until = max(self._pauses.values(), default=0.0)
        return max(0.0, paused_until - self.clock.timer())

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
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_bytes: int = MAX_API_BYTES,
    ) -> Response:
        """Send a request as this account and return the response, whatever its status.

        `url` is absolute, or relative to the provider's API base. `json`, `text` and `data`
        exclude each other; `text` is sent as UTF-8, `data` as it is and with the caller's own
        Content-Type. `timeout` is in seconds, for all of this together: the wait for a place among the
        requests to the host, a refresh and a second try after a 401, and redirects, which are followed
        within the allowed hosts.

        Raises GrantRejected (the user is asked to sign in), ClientRejected, ScopeRejected,
        TemporaryFailure (with `retry_after` in seconds where one is known) and RefusedByPolicy
        (nothing was sent).
        """
        body, content_type = data, None
        if json is not None:
            body, content_type = json_bytes(json), "application/json"
        elif text is not None:
            body, content_type = text.encode(), "text/plain; charset=utf-8"
        if headers:
            _check_headers(headers)
        request = ApiRequest(
            method=method.upper(),
            url=url,
            query=tuple(query.items()) if query else (),
            headers=tuple(headers.items()) if headers else (),
            body=body,
        )
        if content_type is not None:
            request = request.with_content_type(content_type)
        return await self.send(request, timeout=timeout, max_bytes=max_bytes)

    async def send(
        self,
        request: ApiRequest,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_bytes: int = MAX_API_BYTES,
        is_poll: bool = False,
    ) -> Response:
        """Send a request; redirects, a 401 and errors are handled as by `request`.

        A poll leaves a place for requests of a person or an automation.
        """
        response = await self._sending.send(
            request, timeout=timeout, max_bytes=max_bytes, is_poll=is_poll
        )
        if response.status in _FORBIDDEN_STATUSES or self._forbidden_urls:
            await self._note_forbidden(request.url, response)
        return response

    def resolve_url(self, url: str, query: Pairs = ()) -> URL:
        """Return the absolute URL of a request of this account.

        Raises RefusedByPolicy: `invalid_url`, `no_api_base_url`, `host_not_allowed` or
        `https_required`.
        """
        return self._sending.resolve_url(url, query)

    def last_urls(self, request: ApiRequest) -> list[URL]:
        """Return the URLs of `Sending.last_urls`, but none with a secret in the host.

        The server chooses the host of a redirect, and may put a secret into it.
        """
        first, *others = (
            URL(url, encoded=True) for url in self._sending.last_urls(request)
        )
        return [first, *(url for url in others if not self._has_secret(url.host))]

    def redaction(self, request: ApiRequest | None = None) -> Redaction:
        """Return the redaction for an answer that has arrived.

        It removes the secrets of the current and of recent token sets, since the token may have been
        renewed while the request was under way. With `request`, it also removes what was sent in that.
        """
        if request is None and self._redaction is not None:
            return self._redaction
        from ..api.redaction import Redaction, sent_texts  # noqa: PLC0415 - answers of numbers need none

        secrets = self._secrets()
        if request is not None:
            sent = sent_texts(request, self.resolve_url(request.url))
            return Redaction(secrets, sent=sent)
        self._redaction = Redaction(secrets)
        return self._redaction

    def check_answer(self, request: ApiRequest, answer: Answer) -> None:
        """Raise ApiRefused, with the API's message, for an answer that is not a success."""
        response = answer.responses[-1]
        if is_refusal(response):
            from ..api.refusal import refusal  # noqa: PLC0415 - few APIs refuse

            raise refusal(
                response, now=self.clock.now(), redaction=self.redaction(request)
            )

    def note_wait(
        self, request: ApiRequest, status: int, seconds: float | None
    ) -> None:
        """Pause a request's host for the time that an error in the content of an answer names.

        `status` is the one that the error stands for; the answer itself may be a success.
        """
        if seconds is not None and seconds > 0 and status in BUSY_STATUSES:
            host = self.resolve_url(request.url).host or ""
            self._budgets.of(host).pause(seconds)

    def note_host(self, source: object, err: OAuth2Error | None) -> None:
        """Note whether a resource or a command leads to a host that may not receive the token.

        `source` is the resource or the command, `err` the error of its request, None where it was
        sent.
        """
        host = err.host if isinstance(err, RefusedByPolicy) else None
        if host is not None:
            # The server chooses the host of a redirect, and may put a secret into it.
            if self._has_secret(host):
                return
            self._refused_hosts[source] = host
        elif err is not None or self._refused_hosts.pop(source, None) is None:
            return
        if self.on_refused_host is not None:
            self.on_refused_host(next(iter(self._refused_hosts.values()), None))

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when the token set or a rate limit changes; return a function that ends it."""
        self._listeners.append(callback)
        return partial(self._listeners.remove, callback)

    async def ensure_token_valid(self) -> None:
        """Refresh the token set if it is due. Raises what `request` raises."""
        await self._grant.usable()

    async def renew(self, *, rejected: TokenSet) -> bool:
        """Refresh a token set that an API has refused; return whether there is a newer one now.

        Raises what `request` raises.
        """
        return await self._grant.usable(rejected=rejected) is not rejected

    async def close(self) -> None:
        """Wait until a refresh in flight is saved. The account must not be used afterwards."""
        await self._grant.close()

    def _has_secret(self, host: str | None) -> bool:
        # Host names are in lower case.
        return any(secret.lower() in (host or "") for secret in self._secrets())

    def _secrets(self) -> list[str]:
        secrets = [
            secret
            for token_set in (*self._token_sets, *self._replaced_token_sets)
            for secret in token_set.secrets
        ]
        if self._client is not None and self._client.secret is not None:
            secrets.append(self._client.secret)
        provider = self.provider
        secrets += provider.secret_values
        if provider.api_headers or provider.api_query:
            from ..api.secret_names import kind_of  # noqa: PLC0415 - few services have such keys

            values = (*provider.api_headers.items(), *provider.api_query.items())
            # A value with a placeholder is filled in with the client's id or secret. The id is no
            # secret, and the secret is added above.
            secrets += [
                value
                for name, value in values
                if kind_of(name) is not None and "{" not in value
            ]
        return secrets

    async def _note_forbidden(self, url: str, response: Response) -> None:
        if response.status in _FORBIDDEN_STATUSES:
            if len(self._forbidden_urls) < _MAX_FORBIDDEN_URLS:
                self._forbidden_urls.add(url)
        elif response.status < 400:
            # A 304 counts as a success too.
            self._forbidden_urls.discard(url)
        if self.on_forbidden is None:
            return
        if response.status in _FORBIDDEN_STATUSES:
            await self.on_forbidden(response)
        elif not self._forbidden_urls:
            await self.on_forbidden(None)

    def _note_replaced(self, token_set: TokenSet) -> None:
        """Remember the token set of a request whose answer may repeat it, however old it is."""
        if token_set not in (*self._token_sets, *self._replaced_token_sets):
            self._replaced_token_sets.append(token_set)
            self._redaction = None

    def _renewed(self) -> None:
        self._token_sets.append(self._grant.token_set)
        self._redaction = None
        self._notify()

    def _notify(self) -> None:
        for callback in tuple(self._listeners):
            callback()


def _check_headers(headers: Mapping[str, str]) -> None:
    """Raise RefusedByPolicy for a header that cannot be sent, or is not for a caller to set."""
    from ..api.headers import InvalidHeader, check_headers  # noqa: PLC0415 - loaded with `library`; no request of ours needs it

    try:
        check_headers(headers)
    except InvalidHeader as err:
        raise RefusedByPolicy(err.key, description=err.header) from None
