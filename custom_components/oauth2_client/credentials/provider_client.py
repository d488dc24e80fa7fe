"""A client at a provider's authorization server: authenticates, sends and proves its requests."""

import secrets
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from ..catalogue import Provider
from ..const import PACKAGE
from ..oauth2 import (
    Client,
    ClientAuthentication,
    Request,
    Response,
    TokenSet,
    is_key_file,
    none,
)
from ..wire.clock import async_get_clock
from ..wire.host_policy import check_scheme, parse_url
from ..wire.transport import async_get_transport

if TYPE_CHECKING:
    from ..oauth2 import SigningKey
    from ..wire.proofs import Proofs


class ProviderClient:
    """Authenticates and sends requests to a provider's authorization server.

    A service account's key file is stored as the credential's secret; `key_file` is that text.
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
            # Home Assistant's own dialog wants a secret, also for a client that has none.
            secret=None if self.key_file or not secret.strip() else secret,
        )
        # The scopes that sign-ins and token requests ask for.
        self.scopes: tuple[str, ...] = ()
        self._signing_key: SigningKey | None = None
        self._proofs: Proofs | None = None

    async def async_authentication(self) -> ClientAuthentication | None:
        """Return the authentication of the next request, None where it is the server's usual one.

        Raises ClientRejected where the credential has to be a private key and is not one.
        """
        if self.key_file is not None or self.client.secret is None:
            # A public client, whatever the server's metadata prefer.
            return none
        method = self.server.client_authentication
        if method not in ("client_secret_jwt", "private_key_jwt"):
            return None
        await async_import_module(self.hass, f"{__package__}.signing")
        from .signing import async_signing_key, signed  # noqa: PLC0415 - imported just now, off the event loop

        if method == "private_key_jwt" and self._signing_key is None:
            self._signing_key = await async_signing_key(self.hass, self.client.secret)
        return signed(self.server, self._signing_key, now=self.clock.now())

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
        self, request: Request, proofs: Proofs | None = None
    ) -> Response:
        """Send a request. Raises TemporaryFailure, and RefusedByPolicy for an unsafe URL."""
        check_scheme(parse_url(request.url), allow_http=self.provider.allow_http)
        send = async_get_transport(self.hass).send
        return await (send(request) if proofs is None else proofs.send(request, send))
