"""The credentials with which one provider can be signed in at."""

from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    ClientCredential,
)
from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_DOMAIN,
    CONF_ID,
    CONF_NAME,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_get_implementations,
)

from .catalogue import Provider
from .client_registration import async_deregister
from .const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from .implementation import ProviderImplementation
from .provider_store import Binding, ProviderStore, async_get_provider_store
from .unbound_implementation import UnboundImplementation


class Credentials:
    """What a flow does with credentials of the provider it has chosen."""

    def __init__(
        self, hass: HomeAssistant, provider: Provider, binding: Binding
    ) -> None:
        self._hass = hass
        self._provider = provider
        self._binding = binding
        self._new: str | None = None

    async def async_choices(self) -> dict[str, AbstractOAuth2Implementation]:
        """Return the implementations that can sign in here, by id.

        They are the credentials of this provider, those that belong to no provider yet, and what
        other components offer for our domain.
        """
        store = await async_get_provider_store(self._hass)
        return {
            key: implementation
            for key, implementation in (
                await async_get_implementations(self._hass, DOMAIN)
            ).items()
            if self._fits(implementation, store.binding(key))
        }

    def _fits(
        self, implementation: AbstractOAuth2Implementation, binding: Binding | None
    ) -> bool:
        if isinstance(implementation, ProviderImplementation):
            return binding == self._binding
        return binding is None or not isinstance(implementation, UnboundImplementation)

    async def async_choose(self, credential: str) -> AbstractOAuth2Implementation:
        """Return a choice, bound to the provider if it was not."""
        await self._async_keep_provider()
        choices = await self.async_choices()
        if isinstance(choices[credential], UnboundImplementation):
            return await self._async_bound(credential)
        return choices[credential]

    async def async_store(
        self, client_id: str, client_secret: str
    ) -> AbstractOAuth2Implementation:
        """Store a new credential, or find the same one stored, and return its implementation."""
        credential = ClientCredential(
            client_id.strip(), client_secret.strip(), self._provider.name
        )
        store = await self._async_keep_provider()
        for item in self._hass.data[DATA_COMPONENT].async_items():
            same = (
                item[CONF_DOMAIN],
                item[CONF_CLIENT_ID],
                item[CONF_CLIENT_SECRET],
            ) == (
                DOMAIN,
                credential.client_id,
                credential.client_secret,
            )
            if same and store.binding(item[CONF_ID]) in (None, self._binding):
                return await self._async_bound(item[CONF_ID])
        self._new = await async_store_credential(self._hass, credential)
        return await self._async_bound(self._new)

    async def async_discard_new(self) -> None:
        """Delete the credential that this flow stored, if it did."""
        if self._new is not None:
            await self._async_delete(self._new)
            self._new = None

    async def async_remove_unused(self, credential: str) -> None:
        """Delete a credential that an account no longer uses, unless another one does."""
        used = {
            entry.data[CONF_AUTH_IMPLEMENTATION]
            for entry in self._hass.config_entries.async_entries(DOMAIN)
        }
        if credential not in used:
            await self._async_delete(credential)

    async def _async_delete(self, credential: str) -> None:
        """Delete a credential, and its client where that was registered for it."""
        await async_deregister(self._hass, credential)
        collection = self._hass.data[DATA_COMPONENT]
        if credential in collection.data:
            await collection.async_delete_item(credential)

    async def _async_keep_provider(self) -> ProviderStore:
        """Keep what the user entered, from when a credential is used with it."""
        store = await async_get_provider_store(self._hass)
        await store.async_keep_provider(self._provider)
        return store

    async def _async_bound(self, credential: str) -> AbstractOAuth2Implementation:
        store = await async_get_provider_store(self._hass)
        await store.async_bind(credential, self._binding)
        return (await async_get_implementations(self._hass, DOMAIN))[credential]


async def async_store_credential(
    hass: HomeAssistant, credential: ClientCredential
) -> str:
    """Store a credential in Home Assistant's collection and return its id.

    Without an `auth_domain`, so that the id is also the implementation's domain: core's guard
    against deleting a credential in use compares exactly that (docs/decisions/0002).
    """
    item = {
        CONF_DOMAIN: DOMAIN,
        CONF_CLIENT_ID: credential.client_id,
        CONF_CLIENT_SECRET: credential.client_secret,
    }
    if credential.name:
        item[CONF_NAME] = credential.name
    return str((await hass.data[DATA_COMPONENT].async_create_item(item))[CONF_ID])
