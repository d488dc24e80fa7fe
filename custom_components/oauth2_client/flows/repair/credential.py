"""Fixes a rejected credential: takes another one, which a refresh has to prove."""

from typing import Any, override

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.const import CONF_BASE, CONF_CLIENT_ID
from homeassistant.util.file import WriteError

from ...const import USE_CLIENT
from ...errors import message_placeholders, shown_address
from ...oauth2 import GrantRejected, InvalidKey, OAuth2Error
from ..account_form import (
    async_typed_client_id,
    async_typed_secret,
    refusal_errors,
    secret_fields,
)
from ..placing import placed
from .reconfigure import ReconfigureFlow
from .trial import Trial


class CredentialFlow(ReconfigureFlow):
    """Takes a client id and secret. Where no refresh can prove them, it leads to the sign-in."""

    _trial: Trial | None = None
    # The secret that was entered last. It is never sent back to the browser.
    _secret: str | None = None

    @override
    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the form for another client, or what is wrong where a refresh is not possible."""
        # The issue may be gone by the time that the form is ready.
        self._issue_placeholders()
        try:
            self._trial = await Trial.async_of(self.hass, self._entry)
        except WriteError:
            return self.async_abort(reason="token_not_saved")
        if self._trial is None:
            return await self.async_step_confirm()
        return await self.async_step_credential()

    async def async_step_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Try the client that was entered, and store it where the provider accepts it."""
        trial = self._trial
        if trial is None:
            return await self.async_step_confirm()
        if user_input is None:
            return self._show(trial, trial.credential.client_id)
        typed_id = user_input.get(CONF_CLIENT_ID, "").strip()
        field, secret = await async_typed_secret(self.hass, user_input)
        if secret is None:
            return self._show(trial, typed_id, errors={field: "file_gone"})
        self._secret = secret = secret or self._secret or trial.credential.client_secret
        try:
            client_id = await async_typed_client_id(
                self.hass,
                typed_id,
                secret,
                grant_type=trial.settings.grant_type,
                provider=trial.provider,
            )
        except InvalidKey as err:
            return self._show(trial, typed_id, errors={field: f"key_{err.reason}"})
        if not client_id:
            return self._show(trial, errors={CONF_CLIENT_ID: "client_id_missing"})
        try:
            await trial.async_try(client_id, secret.strip())
        except GrantRejected:
            # The client was accepted, but the grant was not.
            return await self._async_reconfigure({USE_CLIENT: [client_id, secret]})
        except OAuth2Error as err:
            return self._show(trial, typed_id, err=err)
        except WriteError:
            return self._show(trial, typed_id, errors={CONF_BASE: "token_not_saved"})
        return self.async_create_entry(data={})

    def _show(
        self,
        trial: Trial,
        client_id: str = "",
        *,
        err: OAuth2Error | None = None,
        errors: dict[str, str] | None = None,
    ) -> RepairsFlowResult:
        schema = vol.Schema(secret_fields(trial.provider))
        placeholders = self._issue_placeholders()
        # What the issue quotes is escaped for the description, which is Markdown. Errors, which quote the
        # server of this trial in the same placeholder, are plain text.
        placeholders["refusal"] = placeholders["reason"]
        if err is not None:
            errors = refusal_errors(err)
            placeholders |= message_placeholders(err)
            placeholders["address"] = shown_address(trial.provider.server.token_url)
        schema, placed_errors = placed(schema, errors)
        return self.async_show_form(
            step_id="credential",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_CLIENT_ID: client_id}
            ),
            errors=placed_errors,
            description_placeholders=placeholders,
        )
