"""The sign-in steps of the account flow: by browser, by another device, or without a person."""

from abc import abstractmethod
import asyncio
from collections.abc import Awaitable
from typing import Any, Final, override
from urllib.parse import quote

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_BASE
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
)

from ..account.identity import AccountIdentity, async_identify
from ..account.sign_in_window import async_opening_url
from ..catalogue import DEVICE_CODE, WITHOUT_PERSON
from ..credentials.any_implementation import AnyImplementation
from ..credentials.implementation import ProviderImplementation
from ..credentials.sign_in import (
    async_device_authorization,
    async_device_token,
    async_own_token,
)
from ..oauth2 import (
    OPENID_SCOPE,
    DeviceAuthorization,
    GrantRejected,
    InvalidCallback,
    OAuth2Error,
    TemporaryFailure,
    TokenSet,
    authorization_error,
    parse_callback,
)
from .account_form import CONF_CALLBACK, callback_schema
from .credential_steps import CredentialSteps

_SIGN_IN_TIMEOUT_SECONDS: Final = 60.0
# New codes after one that was not entered in time. They end, since the person may have left.
_MOST_NEW_CODES: Final = 5
CONF_QR_CODE: Final = "qr_code"


class SignInSteps(CredentialSteps):
    """Signs in, and finds out whose account it is."""

    _device: DeviceAuthorization
    _polling: asyncio.Task[TokenSet] | None = None
    _new_codes = 0

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
        push = super().async_generate_authorize_url
        own = AnyImplementation(self.flow_impl).own
        if own is None or own.at_provider.server.pushed_authorization_url is None:
            return await push()
        return await async_opening_url(self.hass, self.flow_id, push)

    @abstractmethod
    async def _async_finish(
        self, token_set: TokenSet, identity: AccountIdentity
    ) -> ConfigFlowResult:
        """End the flow with a token set."""

    @override
    async def _async_sign_in(self) -> ConfigFlowResult:
        implementation = AnyImplementation(self.flow_impl).own
        if implementation is None:
            return await self.async_step_auth()
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

    async def _async_ask_for_device(
        self, implementation: ProviderImplementation
    ) -> ConfigFlowResult:
        """Get a code, and wait in the background until it is entered.

        Raises what `async_device_authorization` raises.
        """
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
        if user_input is not None:
            return await self.async_step_device_wait()
        errors = {CONF_BASE: "new_code"} if self._new_codes else None
        complete = self._device.verification_uri_complete
        qr_code = QrCodeSelector(
            QrCodeSelectorConfig(
                data=complete or self._device.verification_uri,
                scale=6,
                error_correction_level=QrErrorCorrectionLevel.MEDIUM,
            )
        )
        return self.async_show_form(
            step_id="device",
            data_schema=vol.Schema({vol.Optional(CONF_QR_CODE): qr_code}),
            errors=errors,
            description_placeholders=self._device_described(),
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
            description_placeholders=self._device_described(),
            progress_task=self._polling,
        )

    async def async_step_device_done(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Continue with the token set, or with a new code where the last one has expired."""
        polling, implementation = self._polling, AnyImplementation(self.flow_impl).own
        if polling is None or implementation is None:
            return await self.async_step_credential()
        if not _has_expired(polling) or self._new_codes >= _MOST_NEW_CODES:
            return await self._async_take(polling)
        self._new_codes += 1
        try:
            return await self._async_ask_for_device(implementation)
        except OAuth2Error as err:
            return await self._async_sign_in_failed(err)

    @override
    @callback
    def async_remove(self) -> None:
        # A closed form ends the sign-in.
        if self._polling is not None:
            self._polling.cancel()

    def _device_described(self) -> dict[str, str]:
        return {
            "provider": self._provider.name,
            "user_code": self._device.user_code,
            "verification_uri": self._device.verification_uri,
        }

    async def async_step_paste(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show where to sign in, and take the address that the browser ended at."""
        implementation = AnyImplementation(self.flow_impl).own
        if implementation is None or (state := implementation.pasted_state) is None:
            return await self.async_step_credential()
        if user_input is None:
            return await self._async_show_paste(implementation)
        text, redirect_uri = (
            user_input.get(CONF_CALLBACK, ""),
            implementation.redirect_uri,
        )
        try:
            callback = parse_callback(
                text,
                server=implementation.at_provider.server,
                redirect_uri=redirect_uri,
                state=state,
            )
        except InvalidCallback as err:
            return await self._async_show_paste(implementation, text, err)
        self.external_data = {"state": {"redirect_uri": redirect_uri}}
        if callback.error is None:
            self.external_data["code"] = callback.code
            return await self.async_step_creation()
        self.external_data |= {
            "error": callback.error,
            "error_description": callback.description,
        }
        return await self.async_step_authorize_rejected()

    async def _async_show_paste(
        self,
        implementation: ProviderImplementation,
        typed: str = "",
        err: InvalidCallback | None = None,
    ) -> ConfigFlowResult:
        """Show the form with a new authorization URL: a pushed one may be used once (RFC 9126)."""
        try:
            url = await implementation.async_generate_authorize_url(self.flow_id)
        except OAuth2Error as failed:
            return await self._async_sign_in_failed(failed)
        # What holds a code is of no use any more, and is not sent back to the browser.
        kept = typed if err is not None and err.reason == "no_answer" else ""
        return self.async_show_form(
            step_id="paste",
            data_schema=self.add_suggested_values_to_schema(
                callback_schema(), {CONF_CALLBACK: kept}
            ),
            errors=None if err is None else {CONF_CALLBACK: f"callback_{err.reason}"},
            description_placeholders={
                "provider": self._provider.name,
                # What would end a link in Markdown is encoded.
                "authorize_url": quote(url, safe="%:/?#[]@!$&*+,;=~"),
                "redirect_uri": implementation.redirect_uri,
                "found": "" if err is None else err.issuer,
                "issuer": implementation.at_provider.server.issuer or "",
            },
        )

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Exchange the code that the browser brought back."""
        return await self._async_take(
            AnyImplementation(self.flow_impl).async_exchange(self.external_data)
        )

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Show that the provider, or the user there, refused the access."""
        error = self.external_data["error"]
        if isinstance(error, OAuth2Error):
            # Of a push, when the window was opened again.
            return await self._async_sign_in_failed(error)
        return await self._async_sign_in_failed(
            authorization_error(error, scopes=self._settings.scopes)
        )

    async def _async_take(self, coming: Awaitable[TokenSet]) -> ConfigFlowResult:
        """Wait for the token set, find out whose account it is for, and finish."""
        try:
            async with asyncio.timeout(_SIGN_IN_TIMEOUT_SECONDS):
                token_set = await coming
                implementation = AnyImplementation(self.flow_impl)
                identity = await async_identify(
                    self.hass,
                    self._provider,
                    implementation.client,
                    token_set,
                    asked=OPENID_SCOPE in self._settings.scopes,
                    nonce=implementation.nonce,
                )
        except OAuth2Error as err:
            return await self._async_sign_in_failed(err)
        except TimeoutError:
            return await self._async_sign_in_failed(TemporaryFailure("timeout"))
        return await self._async_finish(token_set, identity)


def _has_expired(polling: asyncio.Task[TokenSet]) -> bool:
    """Return whether the code was not entered in time (RFC 8628, 3.5)."""
    if not polling.done() or polling.cancelled():
        return False
    err = polling.exception()
    return isinstance(err, GrantRejected) and err.code == "expired_token"
