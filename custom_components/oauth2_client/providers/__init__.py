"""Reads what is stored of providers, for a start. `store` also changes it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..catalogue import (
    USER_CATEGORY,
    InvalidProvider,
    InvalidVariable,
    Provider,
    UnknownProvider,
    parse_provider,
)
from ..const import DOMAIN
from ..definitions.account import Binding
from ..oauth2.frozen import Frozen

VERSION: Final = 1
_KEY: HassKey[StoredProviders] = HassKey(f"{DOMAIN}.provider_store")


class RedirectUri(Frozen):
    """A redirect URI. `pasted`: a person pastes the address that the browser ends at."""

    uri: str
    pasted: bool = False


class StoredProviders:
    """Bindings, user-made providers and registered clients, read from `.storage/oauth2_client`."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(
            hass, VERSION, DOMAIN, private=True, atomic_writes=True
        )
        self._bindings: dict[str, Binding] = {}
        # Parsed on demand, so that an invalid provider does not hide the others.
        self._providers: dict[str, Mapping[str, Any]] = {}
        self._draft_ids: set[str] = set()
        # User-made providers that no account has had yet, and those among them from an earlier process.
        self._drafts: set[str] = set()
        self._left_drafts: frozenset[str] = frozenset()
        self._registrations: dict[str, Mapping[str, Any]] = {}
        self._redirect_uris: dict[str, RedirectUri] = {}
        # By the endpoint that accepts them, where the default is not accepted.
        self._assertion_audiences: dict[str, str] = {}
        # By token endpoint: how clients authenticate there, where it is not Basic as the RFC has it.
        self._accepted_authentications: dict[str, str] = {}
        # Awaited after each write, with whether it worked. A failed write is repeated.
        self.on_write: Callable[[bool], Awaitable[None]] | None = None
        self._cancel_retry: CALLBACK_TYPE | None = None
        self._saving = asyncio.Lock()

    async def async_load(self) -> None:
        """Read what is stored."""
        if (stored := await self._store.async_load()) is None:
            return
        self._bindings = {
            credential: Binding(**binding)
            for credential, binding in stored["bindings"].items()
        }
        self._providers = dict(stored["providers"])
        self._registrations = {
            # Earlier versions repeated the secret of the credential.
            credential: {key: raw[key] for key in raw if key != "client_secret"}
            for credential, raw in stored.get("registrations", {}).items()
        }
        pasted = stored.get("pasted_redirects", [])
        self._redirect_uris = {
            credential: RedirectUri(uri=uri, pasted=credential in pasted)
            for credential, uri in stored.get("redirect_uris", {}).items()
        }
        self._assertion_audiences = dict(stored.get("assertion_audiences", {}))
        self._accepted_authentications = dict(
            stored.get("accepted_authentications", {})
        )
        self._left_drafts = frozenset(stored.get("drafts", []))
        self._drafts = set(self._left_drafts)

    async def async_provider(self, provider_id: str) -> Provider:
        """Return a provider without its variables filled in.

        Raises UnknownProvider, InvalidProvider.
        """
        if (raw := self._providers.get(provider_id)) is not None:
            return parse_provider(raw, category=USER_CATEGORY)
        return await self._hass.async_add_executor_job(_of_catalogue, provider_id)

    async def async_complete_provider(self, binding: Binding) -> Provider | None:
        """Return a provider with its variables filled in, None where there is no such provider."""
        try:
            return (await self.async_provider(binding.provider)).resolve(binding.values)
        except InvalidProvider, InvalidVariable, UnknownProvider:
            return None

    def binding(self, credential: str) -> Binding | None:
        """Return the binding of a credential by the id of its stored item."""
        return self._bindings.get(credential)

    def is_draft(self, provider_id: str) -> bool:
        """Return whether a provider is user-made and no account has had it yet."""
        return provider_id in self._drafts

    def registered(self) -> set[str]:
        """Return the credentials of all clients that were registered dynamically."""
        return set(self._registrations)


@singleton(_KEY, async_=True)
async def async_get_providers(hass: HomeAssistant) -> StoredProviders:
    """Return the stored providers of this Home Assistant."""
    providers = StoredProviders(hass)
    await providers.async_load()
    return providers


def _of_catalogue(provider_id: str) -> Provider:
    from ..catalogue import load_provider  # noqa: PLC0415 - for services of the catalogue, in the executor

    return load_provider(provider_id)
