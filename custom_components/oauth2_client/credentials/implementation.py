"""One credential at one provider, as Home Assistant's OAuth2 implementation."""

import asyncio
from collections.abc import Sequence
from functools import partial
import secrets
from typing import Any, Final, override

from yarl import URL

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..catalogue import JWT_BEARER, Provider
from ..oauth2 import (
    OPENID_SCOPE,
    Client,
    ClientAuthentication,
    ClientRejected,
    DeviceAuthorization,
    GrantRejected,
    InvalidKey,
    Request,
    Response,
    SigningKey,
    TemporaryFailure,
    TokenSet,
    authorization_code_request,
    authorization_parameters,
    authorization_url,
    bearer_assertion_request,
    client_credentials_request,
    client_secret_jwt,
    code_verifier,
    device_authorization_request,
    device_token_request,
    introspection_request,
    is_key_file,
    is_revoked,
    new_key,
    none,
    parse_device_authorization,
    parse_introspection,
    parse_pushed,
    parse_service_account,
    parse_signing_key,
    parse_token_response,
    poll_outcome,
    private_key_jwt,
    pushed_authorization_url,
    pushed_request,
    refresh_request,
    revocation_requests,
    service_account_assertion,
)
from ..wire.clock import Clock, async_get_clock
from ..wire.host_policy import check_scheme, parse_url
from ..wire.proofs import Proofs
from ..wire.transport import async_get_transport

_LONGEST_POLL_SECONDS: Final = 60.0
_NONCE_BYTES: Final = 16


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
        self._clock: Clock = async_get_clock(hass)
        self._name = credential.name
        secret = credential.client_secret or None
        # A service account's key file is stored as the credential's secret.
        self._key_file = secret if secret and is_key_file(secret) else None
        self._client = Client(
            id=credential.client_id, secret=None if self._key_file else secret
        )
        # What the id token of this sign-in has to repeat (OpenID Connect Core, 3.1.2.1).
        self.nonce: str | None = None
        self._signing_key: SigningKey | None = None
        self._proofs: Proofs | None = None
        self._scopes: tuple[str, ...] = ()
        # One per sign-in: a flow holds one implementation from the first step to the last.
        self._code_verifier = (
            code_verifier(secrets.token_bytes) if server.pkce else None
        )

    @property
    @override
    def name(self) -> str:
        return self._name or self.client_id

    def ask_for(self, scopes: Sequence[str]) -> None:
        """Set the scopes that sign-ins ask for."""
        self._scopes = tuple(scopes)

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Return where the browser goes. Raises what `parse_pushed` raises."""
        server = self.provider.server
        url = URL(await super().async_generate_authorize_url(flow_id))
        parameters = authorization_parameters(
            server,
            self._client,
            redirect_uri=url.query["redirect_uri"],
            state=url.query["state"],
            scopes=self._scopes,
            code_verifier=self._code_verifier,
        )
        if OPENID_SCOPE in self._scopes:
            self.nonce = parameters["nonce"] = secrets.token_urlsafe(_NONCE_BYTES)
        if server.pushed_authorization_url is None:
            return authorization_url(server, parameters)
        request = pushed_request(
            server,
            self._client,
            parameters=parameters,
            authenticate=await self._async_authentication(),
        )
        pushed = parse_pushed(await self._send(request), now=self._clock.now())
        return pushed_authorization_url(server, self._client, pushed)

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Exchange the authorization code. Raises what `parse_token_response` raises."""
        request = authorization_code_request(
            self.provider.server,
            self._client,
            code=external_data["code"],
            redirect_uri=external_data["state"]["redirect_uri"],
            code_verifier=self._code_verifier,
            authenticate=await self._async_authentication(),
        )
        return (await self._token_set(request)).as_dict()

    @override
    async def async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        """Refresh. Raises GrantRejected where there is no refresh token, else as the parser."""
        previous = TokenSet.from_dict(token)
        if previous.refresh_token is None:
            raise GrantRejected("no_refresh_token")
        request = refresh_request(
            self.provider.server,
            self._client,
            refresh_token=previous.refresh_token,
            authenticate=await self._async_authentication(),
        )
        return (await self._token_set(request, previous=previous)).as_dict()

    async def async_token_of_its_own(self, grant_type: str) -> TokenSet:
        """Get a token for the client itself (RFC 6749, 4.4; RFC 7523, 2.1).

        Raises as the parser, and ClientRejected where the credential holds no key file.
        """
        if grant_type == JWT_BEARER:
            request = await self._async_bearer_assertion_request()
        else:
            request = client_credentials_request(
                self.provider.server,
                self._client,
                scopes=self._scopes,
                authenticate=await self._async_authentication(),
            )
        return await self._token_set(request)

    async def _async_bearer_assertion_request(self) -> Request:
        """Return the request of a service account (RFC 7523, 2.1)."""
        try:
            account = await self.hass.async_add_executor_job(
                parse_service_account, self._key_file or ""
            )
        except InvalidKey:
            raise ClientRejected("invalid_key") from None
        assertion = await self.hass.async_add_executor_job(
            partial(
                service_account_assertion,
                account,
                scopes=self._scopes,
                now=self._clock.now(),
            )
        )
        return bearer_assertion_request(
            self.provider.server,
            assertion=assertion,
            # RFC 7521, 4.1; for Google, which knows no such parameter, the assertion names them.
            scopes=() if account.is_googles else self._scopes,
        )

    async def async_device_authorization(self) -> DeviceAuthorization:
        """Get a code to enter on another device. Raises what its parser raises."""
        request = device_authorization_request(
            self.provider.server,
            self._client,
            scopes=self._scopes,
            authenticate=await self._async_authentication(),
        )
        return parse_device_authorization(
            await self._send(request), now=self._clock.now(), request=request
        )

    async def async_device_token(self, authorization: DeviceAuthorization) -> TokenSet:
        """Wait until the code has been entered (RFC 8628, 3.4 and 3.5).

        Raises GrantRejected where it was not, in time or at all, else as the parser.
        """
        server, interval = self.provider.server, authorization.interval
        proofs = self._proofs_for(None)
        while self._clock.now() + interval < authorization.expires_at:
            await asyncio.sleep(interval)
            request = device_token_request(
                server,
                self._client,
                device_code=authorization.device_code,
                authenticate=await self._async_authentication(),
            )
            try:
                response = await self._send(request, proofs)
            except TemporaryFailure:
                interval = min(interval * 2, _LONGEST_POLL_SECONDS)
                continue
            outcome = poll_outcome(
                response,
                server=server,
                now=self._clock.now(),
                interval=interval,
                request=request,
                dpop_key=None if proofs is None else proofs.key,
            )
            if isinstance(outcome, TokenSet):
                return outcome
            interval = outcome.interval
        raise GrantRejected("expired_token")

    async def async_revoke(self, token_set: TokenSet) -> None:
        """End the grant at the provider, where it can be ended (RFC 7009).

        Raises TemporaryFailure and RefusedByPolicy.
        """
        for request in revocation_requests(
            self.provider.server,
            self._client,
            token_set,
            authenticate=await self._async_authentication(),
        ):
            if is_revoked(await self._send(request)):
                return

    async def async_introspect(self, token_set: TokenSet) -> bool | None:
        """Return whether the provider takes the access token; None where it cannot be asked.

        Raises what `parse_introspection` raises.
        """
        if self.provider.server.introspection_url is None:
            return None
        request = introspection_request(
            self.provider.server,
            self._client,
            token=token_set.access_token,
            hint="access_token",
            authenticate=await self._async_authentication(),
        )
        return parse_introspection(await self._send(request))

    async def _async_authentication(self) -> ClientAuthentication | None:
        """Return how the client authenticates now, None where that needs nothing made anew.

        Raises ClientRejected where the credential holds no key to sign with.
        """
        server, now = self.provider.server, self._clock.now()
        if self._key_file is not None:
            return none
        match server.client_authentication:
            case "client_secret_jwt":
                return client_secret_jwt(
                    server, now=now, random_bytes=secrets.token_bytes
                )
            case "private_key_jwt":
                key = self._signing_key or await self._async_signing_key()
                return private_key_jwt(
                    server, key, now=now, random_bytes=secrets.token_bytes
                )
        return None

    async def _async_signing_key(self) -> SigningKey:
        """Return the key that is stored as the credential's secret; checking it is slow."""
        try:
            self._signing_key = await self.hass.async_add_executor_job(
                parse_signing_key, self._client.secret or ""
            )
        except InvalidKey:
            raise ClientRejected("invalid_key") from None
        return self._signing_key

    async def _token_set(
        self,
        request: Request,
        *,
        previous: TokenSet | None = None,
    ) -> TokenSet:
        proofs = self._proofs_for(previous)
        return parse_token_response(
            await self._send(request, proofs),
            server=self.provider.server,
            now=self._clock.now(),
            previous=previous,
            requested_scopes=self._scopes,
            request=request,
            dpop_key=None if proofs is None else proofs.key,
        )

    def _proofs_for(self, previous: TokenSet | None) -> Proofs | None:
        """Return what proves token requests, None where the server binds no tokens to keys."""
        key = None if previous is None else previous.dpop_key
        if key is None and not self.provider.server.dpop:
            return None
        if self._proofs is None or key not in (None, self._proofs.key):
            self._proofs = Proofs(
                key or new_key(secrets.token_bytes), clock=self._clock
            )
        return self._proofs

    async def _send(self, request: Request, proofs: Proofs | None = None) -> Response:
        check_scheme(parse_url(request.url), allow_http=self.provider.allow_http)
        send = async_get_transport(self.hass).send
        return await (send(request) if proofs is None else proofs.send(request, send))
