"""The credentials that can be used to sign in at one provider."""

from collections.abc import Sequence
from copy import replace

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_get_implementations,
)

from ..catalogue import Provider
from ..const import DOMAIN
from ..definitions.account import Binding
from ..oauth2 import Client, Registration
from ..providers import RedirectUri
from ..providers.store import ProviderStore, async_get_provider_store
from . import (
    async_is_stored,
    async_store_credential,
    async_stored_credentials,
    is_own_document,
)
from .registration import async_register
from .unproven import (
    async_delete,
    async_is_anothers,
    async_is_used,
    async_keep_typed,
    async_note,
    async_take_over,
)


class CredentialChoices:
    """The credentials of one provider, as a flow lists, chooses, stores and deletes them.

    What the flow with `flow_id` stores is deleted when it ends without an account.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        provider: Provider,
        binding: Binding,
        *,
        flow_id: str | None = None,
    ) -> None:
        self._hass = hass
        self._provider = provider
        self._binding = binding
        self._flow_id = flow_id
        self._new: str | None = None

    async def async_choices(self) -> dict[str, AbstractOAuth2Implementation]:
        """Return the implementations that can sign in here, by id.

        They are the credentials of this provider, those that belong to no provider yet, and what
        other components offer for our domain. Those that another open flow tries are left out.
        """
        store = await async_get_provider_store(self._hass)
        implementations = await async_get_implementations(self._hass, DOMAIN)
        return {
            key: implementation
            for key, implementation in implementations.items()
            if store.binding(key) in (None, self._binding)
            and not async_is_anothers(self._hass, key, self._flow_id)
        }

    async def async_choose(
        self, credential: str, *, redirect_uri: RedirectUri | None = None
    ) -> AbstractOAuth2Implementation:
        """Return the implementation of a chosen credential; bind it to the provider if it is unbound."""
        await self._async_keep_provider()
        if async_is_stored(self._hass, credential):
            return await self._async_bound(credential, redirect_uri)
        return (await self.async_choices())[credential]

    async def async_store(
        self,
        client_id: str,
        client_secret: str,
        *,
        redirect_uri: RedirectUri | None = None,
        registration: Registration | None = None,
    ) -> AbstractOAuth2Implementation:
        """Store a new credential, or find an equal stored one, and return its implementation.

        `registration` is set for a client that was registered dynamically.
        """
        credential = ClientCredential(
            client_id.strip(), client_secret.strip(), self._provider.name
        )
        store = await self._async_keep_provider()
        for key, stored in async_stored_credentials(self._hass).items():
            is_same = (credential.client_id, credential.client_secret) == (
                stored.client_id,
                stored.client_secret,
            )
            if is_same and store.binding(key) in (None, self._binding):
                return await self._async_bound(key, redirect_uri, registration)
        self._new = await async_store_credential(self._hass, credential)
        if self._flow_id is not None:
            async_note(self._hass, self._new, self._flow_id, is_new=True)
            if registration is None and not is_own_document(client_id):
                client = Client(id=credential.client_id, secret=client_secret)
                async_keep_typed(self._hass, self._binding, client)
        return await self._async_bound(self._new, redirect_uri, registration)

    async def async_register(
        self, *, redirect_uri: RedirectUri, grant_type: str, scopes: Sequence[str]
    ) -> AbstractOAuth2Implementation:
        """Register a client at the provider (RFC 7591), store it and return its implementation.

        Raises what `registration.async_register` raises.
        """
        registration = await async_register(
            self._hass,
            self._provider,
            redirect_uri=redirect_uri.uri,
            grant_type=grant_type,
            scopes=scopes,
        )
        client, uris = registration.client, registration.redirect_uris
        return await self.async_store(
            client.id,
            client.secret or "",
            # Stored, since the browser may use another address of Home Assistant next time.
            redirect_uri=replace(redirect_uri, uri=uris[0]) if uris else None,
            registration=registration,
        )

    async def async_registration(self, credential: str) -> Registration | None:
        """Return the registration of a client that was registered dynamically, else None."""
        store = await async_get_provider_store(self._hass)
        return await store.async_registration(credential)

    async def async_discard_new(self) -> None:
        """Delete the credential that this flow stored, if it stored one."""
        if self._new is not None:
            await async_delete(self._hass, self._new)
            self._new = None

    async def async_remove_unused(self, credential: str) -> None:
        """Delete a credential unless an account uses it."""
        if not async_is_used(self._hass, credential):
            await async_delete(self._hass, credential)

    async def _async_keep_provider(self) -> ProviderStore:
        """Store a provider that the user entered; return the store."""
        store = await async_get_provider_store(self._hass)
        await store.async_keep_provider(self._provider)
        return store

    async def _async_bound(
        self,
        credential: str,
        redirect_uri: RedirectUri | None,
        registration: Registration | None = None,
    ) -> AbstractOAuth2Implementation:
        store = await async_get_provider_store(self._hass)
        if self._flow_id is not None:
            async_take_over(self._hass, credential, self._flow_id)
            if store.binding(credential) is None and credential != self._new:
                async_note(self._hass, credential, self._flow_id, is_new=False)
        await store.async_bind(credential, self._binding)
        if redirect_uri is not None:
            await store.async_keep_redirect_uri(credential, redirect_uri)
        if registration is not None:
            # Before the implementation is created below, which uses the registration.
            await store.async_keep_registration(credential, registration)
        return (await async_get_implementations(self._hass, DOMAIN))[credential]
