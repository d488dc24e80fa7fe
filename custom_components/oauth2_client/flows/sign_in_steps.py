"""The sign-in steps of the account flow: in a browser, on another device, or without a person."""

from abc import abstractmethod
import asyncio
from collections.abc import Awaitable
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_BASE
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow, FlowResultType
from homeassistant.util.file import WriteError

from ..account.client_document import (
    async_document_redirect_uris,
    async_serve_client_document,
)
from ..account.identity import AccountIdentity, async_identify
from ..account.sign_in_window import async_opening_url
from ..account.sign_out import async_end_unused
from ..catalogue import AUTHORIZATION_CODE, DEVICE_CODE, WITHOUT_PERSON
from ..credentials import is_own_document
from ..credentials.any_implementation import AnyImplementation
from ..credentials.implementation import ProviderImplementation
from ..credentials.sign_in import (
    async_device_authorization,
    async_device_token,
    async_own_token,
)
from ..definitions.account import CONF_GRANT_TYPE
from ..errors import as_link, as_markdown
from ..oauth2 import (
    OPENID_SCOPE,
    DeviceAuthorization,
    GrantRejected,
    OAuth2Error,
    TemporaryFailure,
    TokenSet,
    authorization_error,
)
from ..providers import RedirectUri
from .account_form import (
    CONF_CREDENTIAL,
    CONF_DOCUMENT,
    CONF_REDIRECT_URI,
    GRANT_TYPES,
    device_schema,
)
from .credential_steps import CredentialSteps
from .service.form import CHOSEN, CONF_WAY

_SIGN_IN_TIMEOUT_SECONDS: Final = 60.0
# How many new codes follow one that was not entered in time: the person may have left.
_MAX_NEW_CODES: Final = 5


class SignInSteps(CredentialSteps):
    """Signs in, and finds out whose account it is."""

    _device: DeviceAuthorization
    _polling: asyncio.Task[TokenSet] | None = None
    _new_codes = 0
    _is_exchanging = False
    # Set when the flow has ended, or its form was closed: Home Assistant calls `async_remove` for both.
    _is_closed = False

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        # Our own implementation adds the scopes itself.
        scopes = self._settings.scopes
        if not scopes or AnyImplementation(self.flow_impl).own is not None:
            return {}
        return {"scope": self._provider.server.scope_separator.join(scopes)}

    @override
    async def async_generate_authorize_url(self) -> str:
        """Return the URL that the sign-in window opens. Raises what `parse_pushed` raises."""
        generate = super().async_generate_authorize_url
        own = AnyImplementation(self.flow_impl).own
        if own is None or own.at_provider.server.pushed_authorization_url is None:
            return await generate()
        # A pushed request is used up by one opening of the window, so that each pushes its own.
        return await async_opening_url(self.hass, self.flow_id, generate)

    @abstractmethod
    async def _async_finish(
        self, token_set: TokenSet, identity: AccountIdentity
    ) -> ConfigFlowResult:
        """End the flow with a token set."""

    @abstractmethod
    async def _async_is_shared(
        self, token_set: TokenSet, identity: AccountIdentity | None
    ) -> bool:
        """Tell whether an account may hold the same grant. `identity` is None where it is not known."""

    @override
    async def _async_sign_in(self) -> ConfigFlowResult:
        implementation = AnyImplementation(self.flow_impl).own
        if implementation is None:
            return await self.async_step_auth()
        server = implementation.at_provider.server
        self._requested_url = server.pushed_authorization_url
        grant_type = self._settings.grant_type
        implementation.ask_for(self._settings.scopes)
        try:
            if grant_type in WITHOUT_PERSON:
                return await self._async_take(
                    async_own_token(implementation.at_provider, grant_type)
                )
            if grant_type == DEVICE_CODE:
                self._new_codes = 0
                return await self._async_ask_for_device(implementation)
            if implementation.pasted_state is not None:
                return await self.async_step_paste()
            return await self.async_step_auth()
        except OAuth2Error as err:
            return await self._async_sign_in_failed(err)

    @override
    async def _async_use_stored(self, credential: str) -> ConfigFlowResult:
        choices = await self._credentials.async_choices()
        if (stored := choices.get(credential)) is None:
            return await self._async_show_credential(
                errors={CONF_CREDENTIAL: "credential_gone"}
            )
        self._drop_preselected_uri(credential)
        client = AnyImplementation(stored).client
        if client is not None and is_own_document(client.id):
            return await self._async_use_document(client.id)
        registration = await self._credentials.async_registration(credential)
        if registration is not None and not registration.suits(
            scopes=self._settings.scopes,
            grant_type=GRANT_TYPES[self._settings.grant_type],
            redirect_uri=None if self._redirect_uri is None else self._redirect_uri.uri,
        ):
            return await self._async_register()
        return await self._async_try(
            await self._credentials.async_choose(
                credential, redirect_uri=self._redirect_uri
            )
        )

    @override
    async def _async_use_document(
        self, stored_id: str | None = None
    ) -> ConfigFlowResult:
        if (client_id := self._document_client_id()) is None:
            return await self._async_show_credential(
                errors={CONF_BASE: "external_url_missing"}
            )
        if stored_id not in (None, client_id):
            self._preset = CONF_DOCUMENT
            return await self._async_show_credential(
                errors={CONF_BASE: "address_changed"}
            )
        if self._settings.grant_type != AUTHORIZATION_CODE:
            return await self._async_show_credential(
                errors={CONF_GRANT_TYPE: "document_needs_browser"}
            )
        listed = async_document_redirect_uris(self.hass, client_id)
        uri = self._redirect_uri or RedirectUri(uri=listed[0])
        if uri.uri not in listed:
            return await self._async_show_credential(
                errors={CONF_REDIRECT_URI: "redirect_uri_not_listed"}
            )
        async_serve_client_document(self.hass)
        return await self._async_try(
            await self._credentials.async_store(client_id, "", redirect_uri=uri)
        )

    async def _async_ask_for_device(
        self, implementation: ProviderImplementation
    ) -> ConfigFlowResult:
        """Get a code, and poll in the background until it is entered.

        Raises what `async_device_authorization` raises.
        """
        self._requested_url = implementation.at_provider.server.device_authorization_url
        self._device = await async_device_authorization(implementation.at_provider)
        self._polling = self.hass.async_create_background_task(
            async_device_token(implementation.at_provider, self._device),
            "oauth2_client device sign-in",
        )
        return await self.async_step_device()

    async def async_step_device(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the code and where to enter it."""
        if user_input is not None and user_input.get(CONF_WAY, CHOSEN) != CHOSEN:
            self._stop_polling()
            return await self.async_step_credential()
        if user_input is not None:
            return await self.async_step_device_wait()
        device = self._device
        address = device.verification_uri_complete or device.verification_uri
        return self.async_show_form(
            step_id="device",
            data_schema=device_schema(address),
            errors={CONF_BASE: "new_code"} if self._new_codes else None,
            description_placeholders=self._device_placeholders(),
        )

    async def async_step_device_wait(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait until the code has been entered on the other device."""
        if self._polling is None or self._polling.done():
            return self.async_show_progress_done(next_step_id="device_done")
        return self.async_show_progress(
            step_id="device_wait",
            progress_action="wait_for_device",
            description_placeholders=self._device_placeholders(),
            progress_task=self._polling,
        )

    async def async_step_device_done(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Continue with the token set, or with a new code where the last one has expired."""
        polling, implementation = self._polling, AnyImplementation(self.flow_impl).own
        if polling is None or implementation is None:
            return await self.async_step_credential()
        if not _has_expired(polling) or self._new_codes >= _MAX_NEW_CODES:
            self._polling = None
            return await self._async_take(polling)
        self._new_codes += 1
        try:
            return await self._async_ask_for_device(implementation)
        except OAuth2Error as err:
            return await self._async_sign_in_failed(err)

    @override
    @callback
    def async_remove(self) -> None:
        self._is_closed = True
        self._stop_polling()
        super().async_remove()

    @callback
    def _stop_polling(self) -> None:
        """Stop polling. A token set that has come in the meantime is revoked."""
        if self._polling is None:
            return
        polling, self._polling = self._polling, None
        if not polling.cancel() and not polling.cancelled() and not polling.exception():
            # The code was entered, but the form was closed before it took the token set.
            self.hass.async_create_task(self._async_discard(polling.result(), None))

    def _device_placeholders(self) -> dict[str, str]:
        code = self._device.user_code
        # A form's description is Markdown. Most codes need no escaping.
        is_plain = code.replace("-", "").replace(" ", "").isalnum()
        return {
            "service": as_markdown(self._provider.name),
            "user_code": code if is_plain else as_markdown(code),
            "verification_uri": as_link(self._device.verification_uri),
        }

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Exchange the code that the browser brought back."""
        if user_input or self._is_exchanging:
            # A reloaded page. Servers revoke the tokens of a code that comes twice (RFC 6749, 4.1.2).
            return self.async_external_step_done(next_step_id="creation")
        self._is_exchanging = True
        try:
            return await self._async_take(
                AnyImplementation(self.flow_impl).async_exchange(self.external_data)
            )
        finally:
            self._is_exchanging = False

    @override
    async def async_step_authorize_rejected(
        self, data: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that the provider, or the user there, refused the access."""
        if data:  # A reloaded page.
            return self.async_external_step_done(next_step_id="authorize_rejected")
        error = self.external_data["error"]
        if isinstance(error, OAuth2Error):
            # The pushed request failed when the window was opened again.
            return await self._async_sign_in_failed(error)
        return await self._async_sign_in_failed(
            authorization_error(
                error,
                scopes=self._settings.scopes,
                description=self.external_data.get("description"),
            )
        )

    async def _async_take(self, request: Awaitable[TokenSet]) -> ConfigFlowResult:
        """Wait for the token set, find out whose account it is, and finish.

        A token set that no account takes is revoked.
        """
        token_set = None
        self._requested_url = None
        try:
            async with asyncio.timeout(_SIGN_IN_TIMEOUT_SECONDS):
                token_set = await request
                implementation = AnyImplementation(self.flow_impl)
                identity = await async_identify(
                    self.hass,
                    self._provider,
                    implementation.client,
                    token_set,
                    asked=OPENID_SCOPE in self._settings.scopes,
                    nonce=implementation.nonce,
                )
        except (OAuth2Error, TimeoutError) as err:
            await self._async_discard(token_set, None)
            if isinstance(err, TimeoutError):
                err = TemporaryFailure("timeout")
            return await self._async_sign_in_failed(err)
        try:
            result = await self._async_finish(token_set, identity)
        except AbortFlow:
            await self._async_discard(token_set, identity)
            raise
        except WriteError:
            return await self._async_sign_in_failed(TemporaryFailure("token_not_saved"))
        if self._is_closed and result["type"] is FlowResultType.CREATE_ENTRY:
            # Home Assistant creates no entry for a flow that was closed.
            await self._async_discard(token_set, identity)
        return result

    async def _async_discard(
        self, token_set: TokenSet | None, identity: AccountIdentity | None
    ) -> None:
        """Revoke a token set that no account takes, unless an account may hold the same grant."""
        if token_set is None or await self._async_is_shared(token_set, identity):
            return
        self.hass.async_create_task(
            async_end_unused(AnyImplementation(self.flow_impl), token_set),
            "oauth2_client revocation",
        )


def _has_expired(polling: asyncio.Task[TokenSet]) -> bool:
    """Tell whether the code was not entered in time (RFC 8628, 3.5)."""
    if not polling.done() or polling.cancelled():
        return False
    err = polling.exception()
    return isinstance(err, GrantRejected) and err.code == "expired_token"
