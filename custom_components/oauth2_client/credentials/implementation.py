"""One credential at one provider, as Home Assistant's OAuth2 implementation."""

from collections.abc import Sequence
import secrets
from typing import Any, Final, override

from yarl import URL

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..catalogue import Provider
from ..oauth2 import (
    OPENID_SCOPE,
    GrantRejected,
    TokenSet,
    authorization_code_request,
    code_verifier,
    refresh_request,
)
from .provider_client import ProviderClient

_NONCE_BYTES: Final = 16


class ProviderImplementation(LocalOAuth2Implementation):
    """Signs in at a provider and refreshes, with the requests and parsers of `oauth2/`.

    Home Assistant adds the redirect URI and the signed state. Tokens are dictionaries in the shape
    of `TokenSet.as_dict`. Protocol errors are not converted.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        credential_id: str,
        credential: ClientCredential,
        provider: Provider,
        *,
        redirect_uri: str | None = None,
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
        # The one that is registered with this credential, None for the usual one.
        self._redirect_uri = redirect_uri
        # The id token of this sign-in has to repeat it (OpenID Connect Core, 3.1.2.1).
        self.nonce: str | None = None
        # One for each sign-in: a flow uses one implementation from its first step to its last.
        self._code_verifier = (
            code_verifier(secrets.token_bytes) if server.pkce else None
        )

    @property
    @override
    def name(self) -> str:
        return self._name or self.client_id

    @property
    @override
    def redirect_uri(self) -> str:
        return self._redirect_uri or super().redirect_uri

    def ask_for(self, scopes: Sequence[str]) -> None:
        """Set the scopes that the next sign-in or token request asks for."""
        self.at_provider.scopes = tuple(scopes)

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Return the authorization URL to open. Raises what `parse_pushed` raises."""
        from .sign_in import async_authorize_url  # noqa: PLC0415 - loaded with the flow that asks

        if OPENID_SCOPE in self.at_provider.scopes:
            self.nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return await async_authorize_url(
            self.at_provider,
            URL(await super().async_generate_authorize_url(flow_id)),
            code_verifier=self._code_verifier,
            nonce=self.nonce,
        )

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Exchange the authorization code. Raises what `parse_token_response` raises."""
        client = self.at_provider
        request = authorization_code_request(
            client.server,
            client.client,
            code=external_data["code"],
            redirect_uri=external_data["state"]["redirect_uri"],
            code_verifier=self._code_verifier,
            authenticate=await client.async_authentication(),
        )
        return (await client.async_token_set(request)).as_dict()

    @override
    async def async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        """Refresh a token set.

        Raises GrantRejected where it has no refresh token, and what `parse_token_response` raises.
        """
        client, previous = self.at_provider, TokenSet.from_dict(token)
        if previous.refresh_token is None:
            raise GrantRejected("no_refresh_token")
        request = refresh_request(
            client.server,
            client.client,
            refresh_token=previous.refresh_token,
            authenticate=await client.async_authentication(),
        )
        return (await client.async_token_set(request, previous=previous)).as_dict()
