"""The first steps for an existing account: to sign it in again, or to change it."""

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

    # Why a reauth flow was started: the key of the message, and its placeholders.
    _refusal: Mapping[str, str] = MappingProxyType({})
    # Whether the account is to be changed, and not its service.
    _is_of_account = False
    # Whether a repair has led here for a new registration; its issue may be gone by now.
    _register_anew = False

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change scopes, hosts or the credential of an account."""
        anew, further = user_input == REGISTER_ANEW, (user_input or {}).get(ADD_SCOPES)
        client = (user_input or {}).get(USE_CLIENT)
        of_repair = anew or further or client or user_input == CHANGE_ACCOUNT
        self._is_of_account = self._is_of_account or bool(of_repair)
        if user_input is not None and not of_repair:
            return await self._async_take_credential(user_input)
        self._register_anew = self._register_anew or anew
        if not await self._async_recall(self._get_reconfigure_entry()):
            return self.async_abort(reason="unknown_provider")
        if anew and await self._async_can_register_unasked():
            return await self._async_register()
        if further:
            return await self._async_add_scopes(further)
        if client:
            self._typed = Client(id=client[0], secret=client[1])
            return await self._async_show_credential(client[0])
        if self._provider.category == USER_CATEGORY and not self._is_of_account:
            return await self._async_show_own(self._provider.id)
        # What a repair brought is shown again when its form is opened.
        client_id = "" if self._typed is None else self._typed.id
        return await self._async_show_credential(
            client_id, errors=self._address_changed()
        )

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change an account of a service that may have been changed just before."""
        self._is_of_account = True
        if not await self._async_recall(self._get_reconfigure_entry()):
            return self.async_abort(reason="unknown_provider")
        return await self._async_show_credential(errors=self._address_changed())

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
        is_known = await self._async_recall(self._get_reauth_entry())
        if user_input is None:
            fields = await self._async_reauth_fields() if is_known else {}
            # As an error of the form, which is text: a description would be Markdown.
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
        if (errors := self._address_changed()) is not None:
            return await self._async_show_credential(errors=errors)
        choices = await self._credentials.async_choices()
        if (stored := choices.get(self._settings.credential)) is None:
            return await self.async_step_credential()
        self.flow_impl = stored
        return await self._async_sign_in()

    async def _async_add_scopes(self, further: Iterable[str]) -> ConfigFlowResult:
        """Sign in again with further scopes; show the form where more has to be chosen."""
        scopes = dict.fromkeys((*self._settings.scopes, *further))
        self._settings = replace(self._settings, scopes=tuple(scopes))
        changed = self._address_changed()
        if changed is not None or not await self._async_is_redirect_uri_known():
            return await self._async_show_credential(errors=changed)
        return await self._async_use_stored(self._settings.credential)

    async def _async_recall(self, entry: ConfigEntry) -> bool:
        """Take over the settings of an existing account; return whether its provider is known."""
        settings = AccountSettings.from_entry(entry)
        store = await async_get_provider_store(self.hass)
        provider = await store.async_complete_provider(settings.binding)
        if provider is None:
            return False
        self._choose(provider, settings.binding)
        self._settings = settings
        self._preset = self._way_of(entry)
        return True

    def _way_of(self, entry: ConfigEntry) -> str | None:
        """Return the way to a new client, for an account whose client no longer works."""
        stored = async_stored_credentials(self.hass).get(self._settings.credential)
        if stored is not None and is_own_document(stored.client_id):
            return None if stored.client_id == self._document() else CONF_DOCUMENT
        issues = ir.async_get(self.hass)
        is_lost = any(
            issues.async_get_issue(DOMAIN, f"{key}_{entry.entry_id}")
            for key in (REGISTRATION_LOST, SECRET_EXPIRES)
        )
        return CONF_REGISTER if is_lost or self._register_anew else None

    def _address_changed(self) -> dict[str, str] | None:
        """Return the form's error where the client id is a former address of our document, else None."""
        if self._preset != CONF_DOCUMENT:
            return None
        is_gone = self._document() is None
        return {CONF_BASE: "external_url_missing" if is_gone else "address_changed"}

    async def _async_is_registered(self) -> bool:
        """Return whether the account's client was registered here and can be so again."""
        registration = await self._credentials.async_registration(
            self._settings.credential
        )
        return registration is not None and CONF_REGISTER in self._ways()

    async def _async_reauth_fields(self) -> dict[vol.Required, BooleanSelector]:
        """Return the field to register anew, no field where the client was not registered here.

        Some providers say only on their own page that they do not know a client.
        """
        if not await self._async_is_registered():
            return {}
        lost = self._preset == CONF_REGISTER
        return {vol.Required(CONF_REGISTER, default=lost): BooleanSelector()}

    async def _async_can_register_unasked(self) -> bool:
        """Return whether all is known that a new client is registered with."""
        return (
            await self._async_is_redirect_uri_known()
            and await self._async_is_registered()
        )

    async def _async_is_redirect_uri_known(self) -> bool:
        """Return whether the redirect URI of a sign-in is known, where it has one.

        The address that the browser uses is not known outside of a form.
        """
        store = await async_get_provider_store(self.hass)
        return (
            self._settings.grant_type != AUTHORIZATION_CODE
            or store.redirect_uri(self._settings.credential) is not None
        )
