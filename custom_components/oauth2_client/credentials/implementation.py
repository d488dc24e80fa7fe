"""One credential at one provider, as Home Assistant's OAuth2 implementation."""

from collections.abc import Sequence
from copy import replace
import secrets
from typing import Any, Final, override

from yarl import URL

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from homeassistant.helpers.importlib import async_import_module

from ..catalogue import Provider
from ..oauth2 import BASIC, BASIC_UNENCODED, OPENID_SCOPE, TokenSet
from ..providers import RedirectUri
from . import is_own_document
from .provider_client import ProviderClient

_NONCE_BYTES: Final = 16
_STATE_BYTES: Final = 16


class ProviderImplementation(LocalOAuth2Implementation):
    """Signs in at a provider and refreshes, with the requests and parsers of `oauth2/`.

    Home Assistant adds the redirect URI and the signed state, unless a person pastes the authorization
    response. Tokens are dictionaries in the shape of `TokenSet.as_dict`. Raises `OAuth2Error`s.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        credential_id: str,
        credential: ClientCredential,
        provider: Provider,
        *,
        redirect_uri: RedirectUri | None = None,
    ) -> None:
        server = provider.server
        super().__init__(
            hass,
            credential_id,
            credential.client_id,
            credential.client_secret,
            server.authorize_url,
            server.token_url,
        )
        self.at_provider = ProviderClient(
            hass, provider, credential.client_id, credential.client_secret
        )
        self._name = credential.name
        # The redirect URI registered with this credential, None for the usual one.
        self._redirect_uri = None if redirect_uri is None else redirect_uri.uri
        # The state of a sign-in whose response is pasted, None where the browser returns to us.
        self.pasted_state: str | None = None
        if redirect_uri is not None and redirect_uri.pasted:
            self.pasted_state = secrets.token_urlsafe(_STATE_BYTES)
        # The nonce that the id token of this sign-in has to repeat (OpenID Connect Core, 3.1.2.1).
        self.nonce: str | None = None
        # Kept here: a flow uses one implementation from its first step to its last.
        self._code_verifier: str | None = None

    @property
    @override
    def name(self) -> str:
        return self._name or self.client_id

    @property
    @override
    def redirect_uri(self) -> str:
        if self._redirect_uri is None and self.at_provider.server.callback_names:
            from .redirect_uri import async_redirect_uris  # noqa: PLC0415 - loaded with the flow that asks

            own = async_redirect_uris(self.hass, self.at_provider.provider)
            return own[0] if own else super().redirect_uri
        return self._redirect_uri or super().redirect_uri

    def ask_for(self, scopes: Sequence[str]) -> None:
        """Set the scopes that the next sign-in or token request asks for."""
        self.at_provider.scopes = tuple(scopes)

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Return the authorization URL to open. Raises what `parse_pushed` raises."""
        from .redirect_uri import async_take_back  # noqa: PLC0415 - loaded with the flow that asks
        from .sign_in import async_authorize_url, new_code_verifier  # noqa: PLC0415 - as above

        client = self.at_provider
        async_take_back(self.hass, client.provider)
        # Kept, since the browser's address is not known when its window is opened again.
        self._redirect_uri = self.redirect_uri
        if client.server.pkce and self._code_verifier is None:
            self._code_verifier = new_code_verifier()
        if OPENID_SCOPE in client.scopes and self.nonce is None:
            # The same each time the window is opened, since any of them may complete the sign-in.
            self.nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return await async_authorize_url(
            client,
            redirect_uri=self._redirect_uri,
            state=self.pasted_state or await self._signed_state(flow_id),
            verifier=self._code_verifier,
            nonce=self.nonce,
        )

    async def _signed_state(self, flow_id: str) -> str:
        """Return the state with which Home Assistant's callback finds the flow."""
        return URL(await super().async_generate_authorize_url(flow_id)).query["state"]

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Exchange the authorization code. Raises what `parse_token_response` raises."""
        await async_import_module(self.hass, f"{__package__}.token_requests")
        from .redirect_uri import callback_values  # noqa: PLC0415 - loaded with the flow that asks
        from .token_requests import async_exchange  # noqa: PLC0415 - imported just now, off the event loop

        token_set = await async_exchange(
            self.at_provider,
            code=external_data["code"],
            redirect_uri=external_data["state"]["redirect_uri"],
            code_verifier=self._code_verifier,
            values=callback_values(
                self.at_provider.server, external_data.get("brought")
            ),
        )
        return token_set.as_dict()

    @override
    async def async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        """Refresh a token set.

        Raises GrantRejected where it has no refresh token, and what `parse_token_response` raises.
        """
        await async_import_module(self.hass, f"{__package__}.token_requests")
        from .token_requests import async_refresh  # noqa: PLC0415 - imported just now, off the event loop

        previous = TokenSet.from_dict(token)
        return (await async_refresh(self.at_provider, previous)).as_dict()


def implementation_at(
    provider: Provider,
    credential_id: str,
    credential: ClientCredential,
    *,
    hass: HomeAssistant,
    method: str | None,
    redirect_uri: RedirectUri | None = None,
) -> ProviderImplementation:
    """Return the implementation of a credential at a provider.

    `method` is how a registered client authenticates (RFC 7591, 2), None for the provider's method.
    """
    if is_own_document(credential.client_id):
        # The document says `none`, and a client without a secret always uses PKCE.
        method = "none"
        provider = replace(provider, server=replace(provider.server, pkce=True))
    usual = provider.server.client_authentication
    if method and (method, usual) != (BASIC, BASIC_UNENCODED):
        # Clients of one provider may be registered with different methods.
        server = replace(provider.server, client_authentication=method)
        provider = replace(provider, server=server)
    return ProviderImplementation(
        hass, credential_id, credential, provider, redirect_uri=redirect_uri
    )
