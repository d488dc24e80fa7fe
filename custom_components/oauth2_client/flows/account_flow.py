"""The account flow, and how it ends: with a new account, or a changed one."""

from collections.abc import Collection
from copy import replace
from itertools import count
import logging
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_TOKEN
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow, FlowResultType

from ..account.identity import AccountIdentity
from ..catalogue import WITHOUT_PERSON
from ..const import DOMAIN, SIGN_IN, SUBENTRY_RESOURCE
from ..credentials import async_stored_credentials
from ..credentials.any_implementation import AnyImplementation
from ..definitions.account import ENTRY_MINOR_VERSION, ENTRY_VERSION, AccountSettings
from ..errors import as_markdown
from ..grant.token_store import async_get_token_store
from ..oauth2 import TokenSet
from .again_steps import AgainSteps

_LOGGER = logging.getLogger(__name__)


class AccountFlow(AgainSteps):
    """Adds an account, signs it in again, or changes it."""

    VERSION = ENTRY_VERSION
    MINOR_VERSION = ENTRY_MINOR_VERSION
    DOMAIN = DOMAIN
    logger = _LOGGER

    @override
    def _update_without_sign_in(self, credential: str) -> ConfigFlowResult | None:
        if self.source != SOURCE_RECONFIGURE:
            return None
        entry = self._get_reconfigure_entry()
        stored = AccountSettings.from_entry(entry)
        wanted = replace(self._settings, credential=credential)
        hosts = wanted.allowed_hosts
        # Only changed hosts need no sign-in. Without any change, the person wants to sign in again.
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
                description_placeholders={"account": as_markdown(identity.shown)},
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
        previous = AccountSettings.from_entry(entry).credential
        unidentified = self._unique_id(AccountIdentity(), previous)
        if identity.id is None and entry.unique_id != unidentified:
            # This sign-in did not reveal an identity: that of an earlier one stays.
            await self.async_set_unique_id(entry.unique_id)
        result = self._async_update(entry, data)
        await self._credentials.async_remove_unused(previous)
        return result

    async def _async_create(
        self, token_set: TokenSet, identity: AccountIdentity, data: dict[str, Any]
    ) -> ConfigFlowResult:
        """Create the entry of a new account, unless there is one of the same grant."""
        unique_id, existing = self.unique_id, self._async_current_entries()
        title, titles = self._title(identity), {entry.title for entry in existing}
        if title in titles:
            title = _numbered(f"{title} ", titles)
        is_known = identity.id is not None
        if not is_known and self._has_own_account():
            raise AbortFlow("already_configured")
        if is_known or all(entry.unique_id != unique_id for entry in existing):
            self._abort_if_unique_id_configured()
            return self.async_create_entry(title=title, data=data)
        if await self._async_is_held(token_set):
            return self.async_abort(reason="already_configured")
        # The provider does not say whose account it is; it may be a second one.
        await self.async_set_unique_id(
            _numbered(f"{unique_id}:", {entry.unique_id for entry in existing})
        )
        return self.async_create_entry(title=title, data=data)

    def _has_own_account(self) -> bool:
        """Return whether a client that signs in without a person has its one account already."""
        return self._settings.grant_type in WITHOUT_PERSON and any(
            account.grant_type in WITHOUT_PERSON
            and account.credential == self._settings.credential
            for account in map(
                AccountSettings.from_entry, self._async_current_entries()
            )
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
        identity = identity or AccountIdentity()
        for entry in self._async_current_entries():
            account = AccountSettings.from_entry(entry)
            credential = stored.get(account.credential)
            if (
                # The grant of the account that signs in again has ended.
                (self.source == SOURCE_REAUTH and entry == self._get_reauth_entry())
                or account.binding != self._settings.binding
                or client is None
                or credential is None
                or credential.client_id != client.id
            ):
                continue
            # Unique ids of accounts without a known identity begin like this; some end with a number.
            unidentified = self._unique_id(AccountIdentity(), account.credential)
            if identity.id is None or str(entry.unique_id).startswith(unidentified):
                return True
            if entry.unique_id == self._unique_id(identity, account.credential):
                return True
        return False

    async def _async_is_held(self, token_set: TokenSet) -> bool:
        """Tell whether an account with this credential has one of these tokens."""
        store = async_get_token_store(self.hass)
        for entry in self._async_current_entries():
            if AccountSettings.from_entry(entry).credential != self.flow_impl.domain:
                continue
            newest = await store.async_newest(entry.entry_id)
            if newest is None:
                continue
            held = newest.token_set
            if held.access_token == token_set.access_token:
                return True
            refresh_token = held.refresh_token
            if refresh_token is not None and refresh_token == token_set.refresh_token:
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
        """Return the unique id: the binding, then the identity; without one, the credential."""
        last = credential if identity.id is None else identity.id
        return ":".join((*self._settings.binding.identity, last))

    def _title(self, identity: AccountIdentity) -> str:
        name = identity.known
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


def _numbered(prefix: str, taken: Collection[str | None]) -> str:
    """Return the prefix with the lowest number that is not taken, from 2 on."""
    return next(
        text for number in count(2) if (text := f"{prefix}{number}") not in taken
    )
