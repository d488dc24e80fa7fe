"""Migrates an account's entry and bindings from earlier versions."""

from copy import replace

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError

from ..catalogue import InvalidProvider, Provider, UnknownProvider
from ..definitions.account import (
    ENTRY_MINOR_VERSION,
    AccountSettings,
    Binding,
    check_entry,
    moved_unique_id,
)
from .store import ProviderStore, async_get_provider_store


async def async_migrate(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Store secret variables apart from others, in the entry and in the bindings of its provider.

    Return whether the entry can be used. The provider says which variables are secret: where it is not
    found, the migration is tried again at the next set-up.
    """
    try:
        check_entry(entry)
    except ConfigEntryError:
        # Nothing is written over it. The set-up says what is wrong.
        return True
    store = await async_get_provider_store(hass)
    before = AccountSettings.from_entry(entry)
    try:
        provider = await store.async_provider(before.binding.provider)
    except InvalidProvider, UnknownProvider:
        return True
    await _async_bind_again(store, provider)
    after = replace(before, binding=Binding.of(provider, before.binding.values))
    hass.config_entries.async_update_entry(
        entry,
        data={**entry.data, **after.as_dict()},
        unique_id=moved_unique_id(entry.unique_id, before, after),
        minor_version=ENTRY_MINOR_VERSION,
    )
    return True


async def _async_bind_again(store: ProviderStore, provider: Provider) -> None:
    for credential in store.credentials_of(provider.id):
        if (binding := store.binding(credential)) is not None:
            await store.async_bind(credential, Binding.of(provider, binding.values))
