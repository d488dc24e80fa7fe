"""The first and last steps of the account flow: for a new account, a new sign-in or a change."""

from collections.abc import Collection, Iterable, Mapping
from copy import replace
from itertools import count
import logging
from types import MappingProxyType
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_BASE, CONF_ERROR, CONF_TOKEN
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import BooleanSelector

from ..account.identity import AccountIdentity
from ..catalogue import AUTHORIZATION_CODE, WITHOUT_PERSON
from ..const import (
    ADD_SCOPES,
    DOMAIN,
    REGISTER_ANEW,
    REGISTRATION_LOST,
    SECRET_EXPIRES,
    SIGN_IN,
    SUBENTRY_RESOURCE,
    USE_CLIENT,
)
from ..credentials.any_implementation import AnyImplementation
from ..credentials.collection import async_stored_credentials, is_own_document
from ..definitions.account import ENTRY_MINOR_VERSION, ENTRY_VERSION, AccountSettings
from ..errors import CONF_REFUSAL, as_markdown
from ..grant.token_store import async_get_token_store
from ..oauth2 import Client, TokenSet
from ..providers.store import async_get_provider_store
from .account_form import CONF_DOCUMENT, CONF_REGISTER
from .sign_in_steps import SignInSteps

_LOGGER = logging.getLogger(__name__)


class AccountFlow(SignInSteps):
    """Adds an account, signs it in again, or changes it."""

    VERSION = ENTRY_VERSION
    MINOR_VERSION = ENTRY_MINOR_VERSION
    DOMAIN = DOMAIN
    logger = _LOGGER
    # Why a reauth flow is there, and in which words of the server.
    _refusal: Mapping[str, str] = MappingProxyType({})
    # Whether a repair, whose issue is gone meanwhile, has led here for a new registration.
    _register_anew = False

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change scopes, hosts or the credential of an account."""
        anew, further = user_input == REGISTER_ANEW, (user_input or {}).get(ADD_SCOPES)
        client = (user_input or {}).get(USE_CLIENT)
        if user_input is not None and not (anew or further or client):
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
            told = dict(self._refusal)
            message = told.pop(CONF_ERROR, None)
            return self.async_show_form(
                step_id="reauth_confirm",
                data_schema=vol.Schema(fields),
                errors=None if message is None else {CONF_BASE: message},
                description_placeholders=told,
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
        if changed is not None or not await self._async_is_way_back_known():
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
        """Return the way to a new client, for an account whose own one is of no use any more."""
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
        """Return what the form says where the client id is an address of before, else None."""
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
        """Return the field for a client that only the provider's own page says it does not know."""
        if not await self._async_is_registered():
            return {}
        lost = self._preset == CONF_REGISTER
        return {vol.Required(CONF_REGISTER, default=lost): BooleanSelector()}

    async def _async_can_register_unasked(self) -> bool:
        """Return whether all is known that a new client is registered with."""
        return (
            await self._async_is_way_back_known() and await self._async_is_registered()
        )

    async def _async_is_way_back_known(self) -> bool:
        """Return whether the redirect URI of a sign-in is known, where it has one.

        The address that the browser uses is not known outside of a form.
        """
        store = await async_get_provider_store(self.hass)
        return (
            self._settings.grant_type != AUTHORIZATION_CODE
            or store.redirect_uri(self._settings.credential) is not None
        )

    @override
    def _without_sign_in(self, credential: str) -> ConfigFlowResult | None:
        if self.source != SOURCE_RECONFIGURE:
            return None
        entry = self._get_reconfigure_entry()
        stored = AccountSettings.from_entry(entry)
        wanted = replace(self._settings, credential=credential)
        hosts = wanted.allowed_hosts
        if wanted == stored or wanted != replace(stored, allowed_hosts=hosts):
            return None
        return self._async_update(entry, wanted.as_dict())

    @override
    async def _async_finish(
        self, token_set: TokenSet, identity: AccountIdentity
    ) -> ConfigFlowResult:
        self._settings = replace(self._settings, credential=self.flow_impl.domain)
        credential = self._settings.credential
        await self.async_set_unique_id(self._unique_id(identity, credential))
        if identity.id is not None and self.source in (
            SOURCE_REAUTH,
            SOURCE_RECONFIGURE,
        ):
            self._abort_if_unique_id_mismatch(
                reason="wrong_account",
                description_placeholders={
                    "account": as_markdown(identity.name or identity.id)
                },
            )
        data = {
            **self._settings.as_dict(),
            # Set-up moves it into the token store.
            CONF_TOKEN: {**token_set.as_dict(), SIGN_IN: 1},
        }
        if self.source == SOURCE_USER:
            return await self._async_create(token_set, identity, data)
        reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if reauth else self._get_reconfigure_entry()
        token_store = async_get_token_store(self.hass)
        data[CONF_TOKEN][SIGN_IN] = await token_store.async_count_sign_in(
            entry.entry_id
        )
        before = AccountSettings.from_entry(entry).credential
        if identity.id is None and entry.unique_id != self._unique_id(identity, before):
            # This sign-in did not reveal an identity: that of the first sign-in stays.
            await self.async_set_unique_id(entry.unique_id)
        result = self._async_update(entry, data)
        await self._credentials.async_remove_unused(before)
        return result

    async def _async_create(
        self, token_set: TokenSet, identity: AccountIdentity, data: dict[str, Any]
    ) -> ConfigFlowResult:
        """Create the entry of a new account, unless there is one of the same grant."""
        title = self._title(identity)
        usual, existing = self.unique_id, self._async_current_entries()
        named = identity.id is not None or self._settings.grant_type in WITHOUT_PERSON
        if named or all(entry.unique_id != usual for entry in existing):
            # Without a person, the account is the client's.
            self._abort_if_unique_id_configured()
            return self.async_create_entry(title=title, data=data)
        if await self._async_is_held(token_set):
            return self.async_abort(reason="already_configured")
        # Whose account it is cannot be told; it may well be a second one.
        await self.async_set_unique_id(
            _free(f"{usual}:", {entry.unique_id for entry in existing})
        )
        return self.async_create_entry(
            title=_free(f"{title} ", {entry.title for entry in existing}), data=data
        )

    @override
    async def _async_is_shared(
        self, token_set: TokenSet, identity: AccountIdentity | None
    ) -> bool:
        # Some servers have one grant for each user and client: revoking one token ends them all.
        if await self._async_is_held(token_set):
            return True
        client = AnyImplementation(self.flow_impl).client
        stored = async_stored_credentials(self.hass)
        whose = identity or AccountIdentity()
        for entry in self._async_current_entries():
            account = AccountSettings.from_entry(entry)
            credential = stored.get(account.credential)
            if (
                # Its own grant has ended.
                (self.source == SOURCE_REAUTH and entry == self._get_reauth_entry())
                or account.binding != self._settings.binding
                or client is None
                or credential is None
                or credential.client_id != client.id
            ):
                continue
            nobody = self._unique_id(AccountIdentity(), account.credential)
            if whose.id is None or str(entry.unique_id).startswith(nobody):
                return True
            if entry.unique_id == self._unique_id(whose, account.credential):
                return True
        return False

    async def _async_is_held(self, token_set: TokenSet) -> bool:
        """Return whether an account with this credential has the very same grant."""
        store = async_get_token_store(self.hass)
        for entry in self._async_current_entries():
            if AccountSettings.from_entry(entry).credential != self.flow_impl.domain:
                continue
            newest = await store.async_newest(entry.entry_id)
            if newest is None:
                continue
            held = newest.token_set
            if (
                held.access_token == token_set.access_token
                or None is not held.refresh_token == token_set.refresh_token
            ):
                return True
        return False

    @callback
    def _async_update(
        self, entry: ConfigEntry, data: dict[str, Any]
    ) -> ConfigFlowResult:
        result = self.async_update_and_abort(
            entry, unique_id=self.unique_id or entry.unique_id, data_updates=data
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    def _unique_id(self, identity: AccountIdentity, credential: str) -> str:
        """Return the unique id: the binding and the identity, or the credential without one."""
        own = identity.id if identity.id is not None else credential
        return ":".join((*self._settings.binding.identity, own))

    def _title(self, identity: AccountIdentity) -> str:
        name = identity.name or identity.id
        return f"{self._provider.name} · {name}" if name else self._provider.name

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Open the form for the first resource of a new account."""
        subentry_flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_RESOURCE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        if subentry_flow["type"] is FlowResultType.FORM:
            result["next_flow"] = (
                FlowType.CONFIG_SUBENTRIES_FLOW,
                subentry_flow["flow_id"],
            )
        return result


def _free(beginning: str, taken: Collection[str | None]) -> str:
    """Return the beginning with the lowest number that is not taken, from 2 on."""
    return next(
        text for number in count(2) if (text := f"{beginning}{number}") not in taken
    )
