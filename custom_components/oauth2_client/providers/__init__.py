"""Reads what is stored of providers, for a start. `store` also changes it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import logging
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
from ..definitions import (
    InvalidDefinition,
    stored_list,
    stored_mapping,
    stored_optional_text,
    stored_text,
    stored_texts,
)
from ..definitions.account import Binding
from ..oauth2.frozen import Frozen

_LOGGER = logging.getLogger(__name__)

VERSION: Final = 1
# A copy of the file in which something is stored wrongly.
_COPY: Final = f"{DOMAIN}.unreadable"
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
        if wrong := self._read(stored):
            await self._async_keep_copy(stored, wrong)

    def _read(self, stored: object) -> list[str]:
        """Read all parts; return the places of those that are stored wrongly, which are left out."""
        wrong: list[str] = []
        if not isinstance(stored, Mapping):
            return ["data"]
        self._bindings = _items(stored, "bindings", _binding, wrong)
        self._providers = _items(stored, "providers", _provider, wrong)
        self._registrations = _items(stored, "registrations", _registration, wrong)
        pasted = _texts(stored, "pasted_redirects", wrong)
        self._redirect_uris = {
            credential: RedirectUri(uri=uri, pasted=credential in pasted)
            for credential, uri in _items(stored, "redirect_uris", _text, wrong).items()
        }
        self._assertion_audiences = _items(stored, "assertion_audiences", _text, wrong)
        self._accepted_authentications = _items(
            stored, "accepted_authentications", _text, wrong
        )
        self._left_drafts = _texts(stored, "drafts", wrong)
        self._drafts = set(self._left_drafts)
        return wrong

    async def _async_keep_copy(self, stored: dict[str, Any], wrong: list[str]) -> None:
        """Keep all that is stored beside the file: the next write leaves out what is stored wrongly."""
        copy: Store[dict[str, Any]] = Store(
            self._hass, VERSION, _COPY, private=True, atomic_writes=True
        )
        await copy.async_save(stored)
        _LOGGER.error(
            "Parts of %s cannot be read and are left out: %s. What they are for has to be entered again, "
            "or restored from a backup. A copy of the file as it was is %s",
            self._store.path,
            ", ".join(wrong),
            copy.path,
        )

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


def _items[Item](
    stored: Mapping[str, object],
    part: str,
    read: Callable[[object, str], Item],
    wrong: list[str],
) -> dict[str, Item]:
    """Return the items of a part of the file; the places of those that are wrong go to `wrong`."""
    items = {}
    try:
        raw = {} if stored.get(part) is None else stored_mapping(stored[part], part)
    except InvalidDefinition as err:
        wrong.append(str(err))
        return {}
    for name, each in raw.items():
        try:
            items[name] = read(each, f"{part}.{name}")
        except InvalidDefinition as err:
            wrong.append(str(err))
    return items


def _binding(raw: object, where: str) -> Binding:
    stored = stored_mapping(raw, where)
    return Binding(
        provider=stored_text(stored, "provider", where),
        variables=stored_texts(stored, "variables", where),
        secrets=stored_texts(stored, "secrets", where),
    )


def _provider(raw: object, where: str) -> Mapping[str, Any]:
    """Return a provider with a name. It is parsed on demand."""
    stored = stored_mapping(raw, where)
    stored_text(stored, "name", where)
    return stored


def _registration(raw: object, where: str) -> Mapping[str, Any]:
    stored = stored_mapping(raw, where)
    stored_text(stored, "client_id", where)
    for key in ("client_authentication", "management_url", "management_token"):
        stored_optional_text(stored, key, where)
    # Earlier versions repeated the secret of the credential.
    return {key: each for key, each in stored.items() if key != "client_secret"}


def _text(raw: object, where: str) -> str:
    if not isinstance(raw, str):
        raise InvalidDefinition(where)
    return raw


def _texts(stored: Mapping[str, object], part: str, wrong: list[str]) -> frozenset[str]:
    try:
        return frozenset(_text(each, part) for each in stored_list(stored, part))
    except InvalidDefinition as err:
        wrong.append(str(err))
        return frozenset()
