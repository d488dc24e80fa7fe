"""A client at a provider's authorization server: authenticates, sends and proves its requests."""

from collections.abc import Awaitable, Callable
from functools import partial
import secrets
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from ..catalogue import Provider
from ..const import PACKAGE
from ..oauth2 import (
    BASIC,
    SIGNING_AUTHENTICATIONS,
    Client,
    ClientAuthentication,
    OAuth2Error,
    Request,
    Response,
    TemporaryFailure,
    TokenSet,
    is_key_file,
    none,
)
from ..wire import DEFAULT_TIMEOUT_SECONDS, Receive, async_get_transport
from ..wire.clock import async_get_clock
from ..wire.host_policy import check_scheme, parse_url

if TYPE_CHECKING:
    from ..oauth2 import SigningKey
    from ..wire.proofs import Proofs

# A clock that is off by more than this may be the reason why an assertion is refused.
_WRONG_CLOCK_SECONDS: Final = 10.0

# Writes a token set to disk. Blocks, and raises nothing.
type Keep = Callable[[TokenSet], None]


class ProviderClient:
    """Authenticates and sends requests to a provider's authorization server.

    `key_file` is the text of a service account's key file, which is stored as the credential's secret.
    """

    def __init__(
        self, hass: HomeAssistant, provider: Provider, client_id: str, secret: str
    ) -> None:
        self.hass = hass
        self.provider = provider
        self.server = provider.server
        self.clock = async_get_clock(hass)
        self.key_file = secret if is_key_file(secret) else None
        self.client = Client(
            id=client_id,
            # Blank for a client without a secret: Home Assistant's dialog requires the field.
            secret=None if self.key_file or not secret.strip() else secret,
        )
        # The scopes that sign-ins and token requests ask for.
        self.scopes: tuple[str, ...] = ()
        self._signing_key: SigningKey | None = None
        self._proofs: Proofs | None = None
        # By how many seconds the server's clock is ahead of ours, 0 where they show about the same time.
        self._ahead = 0.0

    def signing_time(self) -> float:
        """Return the time for assertions, in seconds since the epoch: the server's, as far as known."""
        return self.clock.now() + self._ahead

    async def async_in_time[Answer](
        self, ask: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Call `ask`, which signs for `signing_time`; once more if its refusal shows another time.

        A machine without a battery for its clock starts with the time at which it was switched off.
        """
        ahead = self._ahead
        try:
            return await ask()
        except OAuth2Error as err:
            is_refused = err.is_refusal if isinstance(err, TemporaryFailure) else True
            is_in_time = abs(self._ahead - ahead) <= _WRONG_CLOCK_SECONDS
            if is_in_time or not is_refused or err.next_refresh_token is not None:
                raise
        return await ask()

    async def async_ask[Answer](
        self,
        ask: Callable[[ClientAuthentication | None], Awaitable[Answer]],
        url: str | None = None,
    ) -> Answer:
        """Call `ask` with how to authenticate a request to `url`, by default the token endpoint.

        The argument is None for the server's usual method. A client that signs or uses Basic may call
        `ask` several times, each time with another argument.

        Returns and raises what `ask` does; raises ClientRejected where the credential has to be a private
        key and is not one.
        """
        if self.key_file is not None or self.client.secret is None:
            # No client authentication, whichever method the server's metadata prefers.
            return await ask(none)
        if self.server.client_authentication == BASIC:
            return await self.async_ask_basic(ask)
        if not self._signs:
            return await ask(None)
        await async_import_module(self.hass, f"{__package__}.authentication.signing")
        from .authentication.signing import async_ask_signed, async_signing_key  # noqa: PLC0415 - imported just now, off the event loop

        if self.server.client_authentication == "private_key_jwt":
            self._signing_key = self._signing_key or await async_signing_key(
                self.hass, self.client.secret
            )
        ask_signed = partial(
            async_ask_signed,
            self.hass,
            self.server,
            self._signing_key,
            url=url or self.server.token_url,
            ask=ask,
            now=self.signing_time,
        )
        return await self.async_in_time(ask_signed)

    async def async_ask_basic[Answer](
        self, ask: Callable[[ClientAuthentication | None], Awaitable[Answer]]
    ) -> Answer:
        """Call `ask` with Basic, and again in other ways where the server may not follow the RFC.

        Returns and raises what `ask` does.
        """
        await async_import_module(self.hass, f"{__package__}.authentication.basic")
        from .authentication.basic import async_ask_basic  # noqa: PLC0415 - imported just now, off the event loop

        return await async_ask_basic(self.hass, self.server, self.client, ask)

    async def async_proofs(self, previous: TokenSet | None = None) -> Proofs | None:
        """Return the DPoP proofs of token requests, None where tokens are not bound to a key."""
        key = None if previous is None else previous.dpop_key
        if key is None and not self.server.dpop:
            return None
        await async_import_module(self.hass, f"{PACKAGE}.wire.proofs")
        from ..oauth2 import new_key  # noqa: PLC0415 - imported just now, off the event loop
        from ..wire.proofs import Proofs  # noqa: PLC0415 - as above

        if self._proofs is None or key not in (None, self._proofs.key):
            self._proofs = Proofs(key or new_key(secrets.token_bytes), clock=self.clock)
        return self._proofs

    async def async_send(
        self,
        request: Request,
        proofs: Proofs | None = None,
        *,
        receive: Receive | None = None,
    ) -> Response:
        """Send a request. `receive` is called with each response, in the thread that has read it.

        Raises TemporaryFailure, and RefusedByPolicy for an unsafe URL.
        """
        send = partial(
            async_send_to_provider, self.hass, self.provider, receive=receive
        )
        if proofs is None:
            response = await send(request)
        else:
            # Not repeated for a client that signs: `signing` repeats it with a new assertion.
            response = await proofs.send(request, send, repeat=not self._signs)
        if self._signs or self.key_file is not None:
            self._compare_clocks(response)
        return response

    def _compare_clocks(self, response: Response) -> None:
        from ..oauth2.wait import server_time  # noqa: PLC0415 - few clients sign

        now = self.clock.now()
        ahead = server_time(response, now=now) - now
        self._ahead = ahead if abs(ahead) > _WRONG_CLOCK_SECONDS else 0.0

    @property
    def _signs(self) -> bool:
        return self.server.client_authentication in SIGNING_AUTHENTICATIONS


async def async_send_to_provider(
    hass: HomeAssistant,
    provider: Provider,
    request: Request,
    *,
    named_by: str | None = None,
    timeout: float = DEFAULT_TIMEOUT_SECONDS,
    receive: Receive | None = None,
) -> Response:
    """Send a request to an address of a provider; `named_by` is the URL of the server that named it.

    By default, `Provider.named_by` tells. With `receive`, a thread sends, and calls it with the response.

    Raises TemporaryFailure, and RefusedByPolicy for an address that must not be sent to.
    """
    named_by = named_by or provider.named_by(request.url)
    allow_http = provider.allow_http
    if named_by is not None:
        await async_import_module(hass, f"{PACKAGE}.wire.named_address")
        from ..wire.named_address import async_send_named  # noqa: PLC0415 - imported just now, off the event loop

        return await async_send_named(
            async_get_transport(hass),
            request,
            named_by=named_by,
            allow_http=allow_http,
            timeout=timeout,
            receive=receive,
        )
    check_scheme(parse_url(request.url), allow_http=allow_http)
    if receive is None:
        return await async_get_transport(hass).send(request, timeout=timeout)
    await async_import_module(hass, f"{PACKAGE}.wire.thread")
    from ..wire.thread import async_get_threaded_transport  # noqa: PLC0415 - imported just now, off the event loop

    return await async_get_threaded_transport(hass).send(
        request, receive=receive, timeout=timeout
    )
