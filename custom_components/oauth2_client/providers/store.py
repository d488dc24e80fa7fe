"""Stores the providers of credentials, the user's own providers, and registered clients."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from homeassistant.core import CoreState, HassJob, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.storage import Store
from homeassistant.util import slugify

from ..catalogue import USER_CATEGORY, Provider, parse_provider
from ..const import DOMAIN
from ..definitions.account import Binding
from . import VERSION, RedirectUri, StoredProviders, async_get_providers

if TYPE_CHECKING:
    from ..oauth2 import Registration

# After a write that failed: the disk may have been full for a moment.
_RETRY_SECONDS: Final = 60.0
# Leaves room for the prefix and a number in an id, which has 64 characters at most.
_MAX_NAME_CHARACTERS: Final = 48


class ProviderStore(StoredProviders):
    """Keeps bindings, user-made providers and registered clients in `.storage/oauth2_client`."""

    async def async_bind(self, credential: str, binding: Binding) -> None:
        """Store which provider a credential belongs to."""
        if self._bindings.get(credential) != binding:
            self._bindings[credential] = binding
            await self.async_save()

    async def async_unbind(self, credential: str) -> None:
        """Delete which provider a credential belongs to."""
        self._redirect_uris.pop(credential, None)
        if self._bindings.pop(credential, None) is not None:
            await self.async_save()

    def redirect_uri(self, credential: str) -> RedirectUri | None:
        """Return the redirect URI that is registered with a credential, None for the usual one."""
        return self._redirect_uris.get(credential)

    async def async_keep_redirect_uri(self, credential: str, uri: RedirectUri) -> None:
        """Keep the redirect URI that is registered with a credential."""
        if self._redirect_uris.get(credential) != uri:
            self._redirect_uris[credential] = uri
            await self.async_save()

    def assertion_audience(self, url: str) -> str | None:
        """Return the name of the audience that an endpoint accepts, None where it is not known."""
        return self._assertion_audiences.get(url)

    async def async_keep_assertion_audience(self, url: str, audience: str) -> None:
        """Store the name of the audience that an endpoint accepts, to try it first from now on."""
        if self._assertion_audiences.get(url) != audience:
            self._assertion_audiences[url] = audience
            await self.async_save()

    def accepted_authentication(self, token_url: str) -> str | None:
        """Return how clients authenticate at a server instead of Basic, None where it is not known."""
        return self._accepted_authentications.get(token_url)

    async def async_keep_accepted_authentication(
        self, token_url: str, name: str
    ) -> None:
        """Store how clients authenticate at a server that refused Basic, to try it first from now on."""
        if self._accepted_authentications.get(token_url) != name:
            self._accepted_authentications[token_url] = name
            await self.async_save()

    async def async_unbind_all_but(self, credentials: Collection[str]) -> None:
        """Delete the bindings of all other credentials.

        Bindings of registered clients stay: they are needed to delete the client at its provider.
        """
        gone = self._bindings.keys() - set(credentials) - self._registrations.keys()
        for credential in gone:
            del self._bindings[credential]
            self._redirect_uris.pop(credential, None)
        if gone:
            await self.async_save()

    def is_own(self, provider_id: str) -> bool:
        """Return whether a provider is one that the user made."""
        return provider_id in self._providers

    def own_names(self) -> dict[str, str]:
        """Return the names of the user's own providers by their ids."""
        return {key: str(raw["name"]) for key, raw in self._providers.items()}

    def draft_provider(
        self, raw: Mapping[str, Any], *, free: Collection[str] = ()
    ) -> Provider:
        """Return a user-made provider under its id, not stored yet.

        `raw` has the catalogue's format without an id. The new provider may replace those with ids in
        `free`. Raises InvalidProvider.
        """
        from ..document.numbering import numbered_names  # noqa: PLC0415 - for a service that is entered

        taken = (self._providers.keys() | self._draft_ids) - set(free)
        name = slugify(str(raw.get("name")))[:_MAX_NAME_CHARACTERS]
        candidates = numbered_names(f"{USER_CATEGORY}_{name}")
        provider_id = next(each for each in candidates if each not in taken)
        self._draft_ids.add(provider_id)
        return parse_provider({**raw, "id": provider_id}, category=USER_CATEGORY)

    async def async_keep_provider(self, provider: Provider) -> None:
        """Store a user-made provider for a sign-in. It stays a draft until an account has it.

        Nothing is done for a provider of the catalogue, and for a stored one without a new draft.
        """
        if provider.category != USER_CATEGORY:
            return
        if provider.id not in self._providers:
            self._drafts.add(provider.id)
        elif provider.id not in self._draft_ids:
            return
        await self._async_put(provider)

    async def async_change_provider(self, provider: Provider) -> None:
        """Store a user-made provider in place of the one with its id. It is no longer a draft."""
        self._drafts.discard(provider.id)
        await self._async_put(provider)

    async def _async_put(self, provider: Provider) -> None:
        self._draft_ids.discard(provider.id)
        self._providers[provider.id] = provider.as_dict()
        await self.async_save()

    async def async_remove_provider(self, provider_id: str) -> None:
        """Delete a user-made provider."""
        self._drafts.discard(provider_id)
        if self._providers.pop(provider_id, None) is not None:
            await self.async_save()

    async def async_keep_for_good(self, provider_id: str) -> None:
        """Keep a provider also while no account uses it: it is no longer a draft."""
        if provider_id in self._drafts:
            self._drafts.discard(provider_id)
            await self.async_save()

    async def async_remove_drafts(self, used: Collection[str]) -> None:
        """Delete drafts of an earlier process without account or credential.

        `used` are the ids of the accounts' providers.
        """
        bound = {binding.provider for binding in self._bindings.values()}
        gone = (self._drafts & self._left_drafts) - set(used) - bound
        for provider_id in gone:
            self._drafts.discard(provider_id)
            self._providers.pop(provider_id, None)
        if gone:
            await self.async_save()

    def credentials_of(self, provider_id: str) -> list[str]:
        """Return the credentials that belong to a provider, by the ids of their stored items."""
        return [
            credential
            for credential, binding in self._bindings.items()
            if binding.provider == provider_id
        ]

    async def async_registration(self, credential: str) -> Registration | None:
        """Return a credential's registration, None for a client that the user registered."""
        if (raw := self._registrations.get(credential)) is None:
            return None
        return await self._hass.async_add_executor_job(_registration_of, raw)

    def client_authentication(self, credential: str) -> str | None:
        """Return how a registered client authenticates (RFC 7591, 2), None for the user's own client."""
        registration = self._registrations.get(credential, {})
        return registration.get("client_authentication")

    async def async_keep_registration(
        self, credential: str, registration: Registration
    ) -> None:
        """Store a registration, which is needed to delete the client later."""
        self._registrations[credential] = registration.as_dict()
        await self.async_save()

    async def async_take_registration(self, credential: str) -> Registration | None:
        """Return a credential's registration and delete it from the store, None without one."""
        registration = await self.async_registration(credential)
        if registration is not None:
            self._registrations.pop(credential, None)
            await self.async_save()
        return registration

    async def async_save(self) -> bool:
        """Write everything; return whether that worked."""
        # One at a time: another save would change the file before this one has compared it.
        async with self._saving:
            return await self._async_write()

    async def _async_write(self) -> bool:
        """Write everything; return whether that worked.

        Home Assistant's `Store` only logs a write that fails, so the file is read and compared.
        """
        content = self._as_dict()
        await self._store.async_save(content)
        if self._hass.state is CoreState.stopping:
            # While Home Assistant stops, `Store` delays the write to the end.
            return True
        try:
            reader: Store[dict[str, Any]] = Store(self._hass, VERSION, DOMAIN)
            stored = await reader.async_load()
        except HomeAssistantError:
            stored = None
        worked = json_bytes(stored) == json_bytes(content)
        if self._cancel_retry is not None:
            self._cancel_retry()
            self._cancel_retry = None
        if not worked:
            self._cancel_retry = async_call_later(
                self._hass,
                _RETRY_SECONDS,
                HassJob(self._async_save_again, cancel_on_shutdown=True),
            )
        if self.on_write is not None:
            await self.on_write(worked)
        return worked

    async def _async_save_again(self, _now: datetime) -> None:
        self._cancel_retry = None
        await self.async_save()

    def _as_dict(self) -> dict[str, Any]:
        return {
            "bindings": {
                credential: {
                    "provider": binding.provider,
                    "variables": dict(binding.variables),
                    "secrets": dict(binding.secrets),
                }
                for credential, binding in self._bindings.items()
            },
            "providers": {
                provider_id: dict(raw) for provider_id, raw in self._providers.items()
            },
            "drafts": sorted(self._drafts & self._providers.keys()),
            "assertion_audiences": dict(self._assertion_audiences),
            "accepted_authentications": dict(self._accepted_authentications),
            "redirect_uris": {
                credential: uri.uri for credential, uri in self._redirect_uris.items()
            },
            "pasted_redirects": [
                credential
                for credential, uri in self._redirect_uris.items()
                if uri.pasted
            ],
            "registrations": {
                credential: dict(raw) for credential, raw in self._registrations.items()
            },
        }


async def async_get_provider_store(hass: HomeAssistant) -> ProviderStore:
    """Return the provider store of this Home Assistant."""
    providers = await async_get_providers(hass)
    # The reader that the start created becomes the store, so that both share one state.
    providers.__class__ = ProviderStore
    return cast(ProviderStore, providers)


def _registration_of(raw: Mapping[str, Any]) -> Registration | None:
    from ..oauth2 import Registration  # noqa: PLC0415 - for registered clients, in the executor

    try:
        return Registration.from_dict(raw)
    except TypeError:
        # A field that is not known, or a list that is none: the client cannot be managed.
        return None
