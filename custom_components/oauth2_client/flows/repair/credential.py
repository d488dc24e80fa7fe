"""Mends a credential that the provider does not accept: takes another one, and proves it."""

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
    """Takes a client id and secret. Where a refresh cannot prove them, it leads to the sign-in."""

    _trial: Trial | None = None
    # The secret that was typed last. It is kept here and never sent back to the browser.
    _typed: str | None = None

    @override
    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the form, or what is wrong."""
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
        """Try what was typed; store it where the provider accepts it."""
        trial = self._trial
        if trial is None:
            return await self.async_step_confirm()
        typed = trial.credential.client_id
        if user_input is None:
            return self._show(trial, typed)
        typed = user_input.get(CONF_CLIENT_ID, "").strip()
        field, secret = await async_typed_secret(self.hass, user_input)
        if secret is None:
            return self._show(trial, typed, errors={field: "file_gone"})
        self._typed = secret = secret or self._typed or trial.credential.client_secret
        try:
            client_id = await async_typed_client_id(
                self.hass,
                typed,
                secret,
                grant_type=trial.settings.grant_type,
                provider=trial.provider,
            )
        except InvalidKey as err:
            return self._show(trial, typed, errors={field: f"key_{err.reason}"})
        if not client_id:
            return self._show(trial, errors={CONF_CLIENT_ID: "client_id_missing"})
        try:
            await trial.async_try(client_id, secret.strip())
        except GrantRejected:
            # The client was accepted, but the grant was not.
            return await self._async_reconfigure({USE_CLIENT: [client_id, secret]})
        except OAuth2Error as err:
            return self._show(trial, typed, err=err)
        except WriteError:
            return self._show(trial, typed, errors={CONF_BASE: "token_not_saved"})
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
        described = self._described()
        # The words are escaped, since a description is Markdown. Errors are text.
        described["refusal"] = described["reason"]
        if err is not None:
            errors = refusal_errors(err)
            described |= message_placeholders(err)
            described["address"] = shown_address(trial.provider.server.token_url)
        schema, placed_errors = placed(schema, errors)
        return self.async_show_form(
            step_id="credential",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_CLIENT_ID: client_id}
            ),
            errors=placed_errors,
            description_placeholders=described,
        )
