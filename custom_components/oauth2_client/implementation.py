"""One credential at one provider, as Home Assistant's OAuth2 implementation."""

from collections.abc import Iterator
from contextlib import contextmanager
import secrets
import time
from typing import Any, override

from aiohttp import ClientError
from yarl import URL

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, OAuth2TokenRequestReauthError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
)

from .catalogue import Provider
from .const import DOMAIN
from .host_policy import check_scheme, parse_url
from .oauth2 import (
    Client,
    GrantRejected,
    Request,
    TemporaryFailure,
    TokenSet,
    authorization_code_request,
    authorization_url,
    code_verifier,
    parse_token_response,
    refresh_request,
)
from .transport import async_get_transport


class ProviderImplementation(LocalOAuth2Implementation):
    """Signs in at a provider and refreshes, by way of `oauth2/`.

    Core's part is the redirect URI and the signed state; tokens are dictionaries in the shape of
    `TokenSet.as_dict`. Protocol errors are raised as they are.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        credential_id: str,
        credential: ClientCredential,
        provider: Provider,
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
        self.provider = provider
        self._name = credential.name
        self._client = Client(
            id=credential.client_id, secret=credential.client_secret or None
        )
        # One per sign-in: a flow holds one implementation from the first step to the last.
        self._code_verifier = (
            code_verifier(secrets.token_bytes) if server.pkce else None
        )

    @property
    @override
    def name(self) -> str:
        return self._name or self.client_id

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        url = URL(await super().async_generate_authorize_url(flow_id))
        return authorization_url(
            self.provider.server,
            self._client,
            redirect_uri=url.query["redirect_uri"],
            state=url.query["state"],
            # The flow adds the scopes, to core's implementations as to ours.
            scopes=(),
            code_verifier=self._code_verifier,
        )

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Exchange the authorization code. Raises what `parse_token_response` raises."""
        request = authorization_code_request(
            self.provider.server,
            self._client,
            code=external_data["code"],
            redirect_uri=external_data["state"]["redirect_uri"],
            code_verifier=self._code_verifier,
        )
        return (await self._token_set(request, previous=None)).as_dict()

    @override
    async def async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        """Refresh. Raises GrantRejected where there is no refresh token, else as the parser."""
        previous = TokenSet.from_dict(token)
        if previous.refresh_token is None:
            raise GrantRejected("no_refresh_token")
        request = refresh_request(
            self.provider.server, self._client, refresh_token=previous.refresh_token
        )
        return (await self._token_set(request, previous=previous)).as_dict()

    async def _token_set(
        self, request: Request, *, previous: TokenSet | None
    ) -> TokenSet:
        check_scheme(parse_url(request.url), allow_http=self.provider.allow_http)
        response = await async_get_transport(self.hass).send(request)
        return parse_token_response(
            response,
            server=self.provider.server,
            now=time.time(),
            previous=previous,
            request=request,
        )


class UnboundImplementation(AbstractOAuth2Implementation):
    """A credential whose provider is not known: it says so when it is used.

    Core asks for all implementations at once, so that an exception would hide the others.
    """

    def __init__(self, credential_id: str, credential: ClientCredential) -> None:
        self._credential_id = credential_id
        self._name = credential.name or credential.client_id

    @property
    @override
    def name(self) -> str:
        return self._name

    @property
    @override
    def domain(self) -> str:
        return self._credential_id

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        raise self._error()

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        raise self._error()

    @override
    async def _async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        raise self._error()

    def _error(self) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="credential_without_provider",
            translation_placeholders={"credential": self._name},
        )


async def async_exchange(
    implementation: AbstractOAuth2Implementation, external_data: Any
) -> TokenSet:
    """Exchange the authorization code with any implementation, ours or another component's.

    Raises protocol errors, whichever errors the implementation raises.
    """
    with _protocol_errors():
        return TokenSet.from_dict(
            await implementation.async_resolve_external_data(external_data)
        )


async def async_refresh(
    implementation: AbstractOAuth2Implementation, token_set: TokenSet
) -> TokenSet:
    """Refresh with any implementation. Raises as `async_exchange`."""
    with _protocol_errors():
        return TokenSet.from_dict(
            await implementation.async_refresh_token(token_set.as_dict())
        )


@contextmanager
def _protocol_errors() -> Iterator[None]:
    try:
        yield
    # First, since it is a ClientError too.
    except OAuth2TokenRequestReauthError:
        raise GrantRejected("invalid_grant") from None
    except TimeoutError:
        raise TemporaryFailure("timeout") from None
    except ClientError, ImplementationUnavailableError:
        raise TemporaryFailure("cannot_connect") from None
    except KeyError, TypeError, ValueError:
        raise TemporaryFailure("invalid_token_response") from None
