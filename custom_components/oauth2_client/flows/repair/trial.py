"""Tries another credential, or another provider, with the token set that an account has."""

import asyncio
from copy import replace
from typing import Self

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ...catalogue import WITHOUT_PERSON, Provider
from ...const import DOMAIN
from ...credentials import async_stored_credentials
from ...credentials.any_implementation import AnyImplementation
from ...credentials.choices import CredentialChoices
from ...credentials.implementation import implementation_at
from ...definitions.account import AccountSettings, Binding, moved_unique_id
from ...grant.token_store import AccountTokens, async_get_token_store
from ...health.issues import async_client_accepted, async_report_provider
from ...oauth2 import GrantRejected, OAuth2Error
from ...providers.store import async_get_provider_store


class Trial:
    """A refresh with another credential or provider, which the account keeps where it succeeds.

    Neither is stored before that.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        provider: Provider,
        binding: Binding,
        credential: ClientCredential,
    ) -> None:
        self.provider = provider
        self.credential = credential
        self.settings = AccountSettings.from_entry(entry)
        self._hass = hass
        self._entry = entry
        self._binding = binding

    @classmethod
    async def async_of(
        cls, hass: HomeAssistant, entry: ConfigEntry, binding: Binding | None = None
    ) -> Self | None:
        """Return the trial of a binding, by default that of the account.

        None where nothing can be refreshed: without a refresh token, a stored credential, or a known
        provider. Raises homeassistant.util.file.WriteError.
        """
        settings = AccountSettings.from_entry(entry)
        binding = binding or settings.binding
        store = await async_get_provider_store(hass)
        provider = await store.async_complete_provider(binding)
        credential = async_stored_credentials(hass).get(settings.credential)
        stored = await async_get_token_store(hass).async_load(entry.entry_id)
        if provider is None or credential is None or stored is None:
            return None
        if (
            stored.token_set.refresh_token is None
            and settings.grant_type not in WITHOUT_PERSON
        ):
            return None
        return cls(
            hass,
            entry,
            provider=provider,
            binding=binding,
            credential=credential,
        )

    async def async_try(self, client_id: str, secret: str) -> None:
        """Refresh with a client, and store it for all accounts that have the account's credential.

        A cancelled caller does not stop the trial, which writes the new token set before anything else.
        Raises OAuth2Error where the refresh fails, homeassistant.util.file.WriteError where its token
        set cannot be written.
        """
        task = self._hass.async_create_task(
            self._async_try(client_id, secret), f"{DOMAIN} trial"
        )
        await asyncio.wait([task])
        task.result()

    async def _async_try(self, client_id: str, secret: str) -> None:
        credential = ClientCredential(client_id, secret, self.credential.name)
        await self._async_refresh(credential)
        previous = self.settings.credential
        choices = CredentialChoices(self._hass, self.provider, self._binding)
        stored = await self._async_store(credential, choices)
        async_client_accepted(self._hass, self._entry)
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            other = AccountSettings.from_entry(entry)
            if (other.credential, other.binding) == (previous, self.settings.binding):
                _async_move(self._hass, entry, stored, self._binding)
        await choices.async_remove_unused(previous)

    async def _async_refresh(self, credential: ClientCredential) -> None:
        """Refresh with a credential, and save the new token set."""
        settings = self.settings
        store = await async_get_provider_store(self._hass)
        tokens = AccountTokens(async_get_token_store(self._hass), self._entry.entry_id)
        # Read anew: an earlier try may have brought a token set that could not be written.
        if (before := await tokens.take(None, None)) is None:
            raise GrantRejected("no_token_set")
        implementation = implementation_at(
            self.provider,
            settings.credential,
            credential,
            hass=self._hass,
            method=store.client_authentication(settings.credential),
        )
        async with tokens.next() as following:
            try:
                token_set = await AnyImplementation(implementation).async_renew(
                    before,
                    grant_type=settings.grant_type,
                    scopes=settings.scopes,
                    keep=following.write,
                )
            except OAuth2Error as err:
                if err.next_refresh_token is not None:
                    # The running account still holds the previous refresh token.
                    self._hass.config_entries.async_schedule_reload(
                        self._entry.entry_id
                    )
                raise
        if following.written is not token_set:
            await tokens.save(token_set)

    async def _async_store(
        self, credential: ClientCredential, choices: CredentialChoices
    ) -> str:
        """Store a credential, unless it is the account's own, and the binding. Return its id."""
        store = await async_get_provider_store(self._hass)
        previous = self.settings.credential
        if credential == self.credential:
            await store.async_bind(previous, self._binding)
            return previous
        stored = await choices.async_store(
            credential.client_id,
            credential.client_secret,
            redirect_uri=store.redirect_uri(previous),
        )
        return stored.domain


async def async_move_to_sign_in(
    hass: HomeAssistant, entry: ConfigEntry, binding: Binding
) -> None:
    """Give an account another binding, without its token set: it asks for a sign-in there."""
    settings = AccountSettings.from_entry(entry)
    store = await async_get_provider_store(hass)
    if settings.credential in async_stored_credentials(hass):
        await store.async_bind(settings.credential, binding)
    await async_get_token_store(hass).async_remove(entry.entry_id)
    _async_move(hass, entry, settings.credential, binding)


@callback
def _async_move(
    hass: HomeAssistant, entry: ConfigEntry, credential: str, binding: Binding
) -> None:
    """Give a credential and a binding to an account, and set it up with them."""
    before = AccountSettings.from_entry(entry)
    after = replace(before, credential=credential, binding=binding)
    async_report_provider(hass, entry, None)
    hass.config_entries.async_update_entry(
        entry,
        data={**entry.data, **after.as_dict()},
        unique_id=moved_unique_id(entry.unique_id, before, after),
    )
    hass.config_entries.async_schedule_reload(entry.entry_id)
