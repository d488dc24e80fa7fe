"""The first steps of an existing account's flow: it signs in again, or is changed."""

from collections.abc import Iterable, Mapping
from copy import replace
from types import MappingProxyType
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_BASE, CONF_ERROR
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import BooleanSelector

from ..catalogue import AUTHORIZATION_CODE, USER_CATEGORY
from ..const import (
    ADD_SCOPES,
    CHANGE_ACCOUNT,
    DOMAIN,
    REGISTER_ANEW,
    REGISTRATION_LOST,
    SECRET_EXPIRES,
    USE_CLIENT,
)
from ..credentials import async_stored_credentials, is_own_document
from ..definitions.account import AccountSettings
from ..errors import CONF_REFUSAL, as_markdown
from ..oauth2 import Client
from ..providers.store import async_get_provider_store
from .account_form import CONF_DOCUMENT, CONF_REGISTER
from .sign_in_steps import SignInSteps


class AgainSteps(SignInSteps):
    """Signs an account in again, or changes it."""

    # Why a reauth flow was started: the key of a message, and its placeholders.
    _refusal: Mapping[str, str] = MappingProxyType({})
    # Whether the account is changed. Otherwise a service of the user's own is shown first.
    _changes_account = False
    # Whether a repair asks for a new registration. Its issue may be gone by now.
    _register_anew = False

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change scopes, hosts or the credential of an account, or do what a repair asks for."""
        registers = user_input == REGISTER_ANEW
        scopes = (user_input or {}).get(ADD_SCOPES)
        client = (user_input or {}).get(USE_CLIENT)
        from_repair = registers or scopes or client or user_input == CHANGE_ACCOUNT
        self._changes_account = self._changes_account or bool(from_repair)
        if user_input is not None and not from_repair:
            return await self._async_take_credential(user_input)
        self._register_anew = self._register_anew or registers
        if not await self._async_load_account(self._get_reconfigure_entry()):
            return self.async_abort(reason="unknown_provider")
        if registers and await self._async_can_register_unasked():
            return await self._async_register()
        if scopes:
            return await self._async_add_scopes(scopes)
        if client:
            client_id, secret = client
            self._keep_typed(Client(id=client_id, secret=secret))
            return await self._async_show_credential(client_id)
        if self._provider.category == USER_CATEGORY and not self._changes_account:
            return await self._async_show_own(self._provider.id)
        # The frontend runs this step again when it opens the flow: a repair's client is still shown.
        client_id = "" if self._typed is None else self._typed.id
        return await self._async_show_credential(
            client_id, errors=self._document_errors()
        )

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the account, from the menu of its service."""
        self._changes_account = True
        if not await self._async_load_account(self._get_reconfigure_entry()):
            return self.async_abort(reason="unknown_provider")
        return await self._async_show_credential(errors=self._document_errors())

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Sign in again, because the provider no longer accepts the grant."""
        self._refusal = entry_data.get(CONF_REFUSAL, {})
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that a new sign-in is needed; once confirmed, start it."""
        is_known = await self._async_load_account(self._get_reauth_entry())
        if user_input is None:
            fields = await self._async_reauth_fields() if is_known else {}
            # The refusal quotes the server. It is an error, which is plain text: a description is Markdown.
            placeholders = {
                "name": as_markdown(self._get_reauth_entry().title),
                **self._refusal,
            }
            message = placeholders.pop(CONF_ERROR, None)
            return self.async_show_form(
                step_id="reauth_confirm",
                data_schema=vol.Schema(fields),
                errors=None if message is None else {CONF_BASE: message},
                description_placeholders=placeholders,
            )
        if not is_known:
            return self.async_abort(reason="unknown_provider")
        if user_input.get(CONF_REGISTER):
            return await self._async_register()
        if (errors := self._document_errors()) is not None:
            return await self._async_show_credential(errors=errors)
        choices = await self._credentials.async_choices()
        if (stored := choices.get(self._settings.credential)) is None:
            return await self.async_step_credential()
        self.flow_impl = stored
        return await self._async_sign_in()

    async def _async_add_scopes(self, further: Iterable[str]) -> ConfigFlowResult:
        """Sign in again with further scopes. Show the form where the sign-in needs more than these."""
        scopes = dict.fromkeys((*self._settings.scopes, *further))
        self._settings = replace(self._settings, scopes=tuple(scopes))
        errors = self._document_errors()
        if errors is not None or not await self._async_is_redirect_uri_known():
            return await self._async_show_credential(errors=errors)
        return await self._async_use_stored(self._settings.credential)

    async def _async_load_account(self, entry: ConfigEntry) -> bool:
        """Load the settings of an existing account. Return whether its provider is known."""
        settings = AccountSettings.from_entry(entry)
        store = await async_get_provider_store(self.hass)
        provider = await store.async_complete_provider(settings.binding)
        if provider is None:
            return False
        self._choose(provider, settings.binding)
        self._settings = settings
        self._preset = self._registration_needed(entry)
        return True

    def _registration_needed(self, entry: ConfigEntry) -> str | None:
        """Return the automatic registration that replaces an account's client, None for one that works."""
        stored = async_stored_credentials(self.hass).get(self._settings.credential)
        if stored is not None and is_own_document(stored.client_id):
            is_current = stored.client_id == self._document_client_id()
            return None if is_current else CONF_DOCUMENT
        issues = ir.async_get(self.hass)
        is_lost = any(
            issues.async_get_issue(DOMAIN, f"{key}_{entry.entry_id}")
            for key in (REGISTRATION_LOST, SECRET_EXPIRES)
        )
        return CONF_REGISTER if is_lost or self._register_anew else None

    def _document_errors(self) -> dict[str, str] | None:
        """Return the form's error where the client id is a former address of our document, else None."""
        if self._preset != CONF_DOCUMENT:
            return None
        is_gone = self._document_client_id() is None
        return {CONF_BASE: "external_url_missing" if is_gone else "address_changed"}

    async def _async_is_registered(self) -> bool:
        """Tell whether the account's client was registered dynamically, and a new one can be."""
        registration = await self._credentials.async_registration(
            self._settings.credential
        )
        return registration is not None and CONF_REGISTER in self._auto_registrations()

    async def _async_reauth_fields(self) -> dict[vol.Required, BooleanSelector]:
        """Return the field to register anew, no field where the client was not registered dynamically.

        Some providers say only on their own page that they do not know a client.
        """
        if not await self._async_is_registered():
            return {}
        is_lost = self._preset == CONF_REGISTER
        return {vol.Required(CONF_REGISTER, default=is_lost): BooleanSelector()}

    async def _async_can_register_unasked(self) -> bool:
        """Tell whether a new client can be registered without asking the person anything."""
        return (
            await self._async_is_redirect_uri_known()
            and await self._async_is_registered()
        )

    async def _async_is_redirect_uri_known(self) -> bool:
        """Tell whether the redirect URI of a sign-in is stored, or not needed.

        The default one depends on the address that the browser uses, which only a form's request has.
        """
        store = await async_get_provider_store(self.hass)
        return (
            self._settings.grant_type != AUTHORIZATION_CODE
            or store.redirect_uri(self._settings.credential) is not None
        )
