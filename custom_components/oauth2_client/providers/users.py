"""Finds the accounts that use a provider."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..definitions.account import CONF_PROVIDER
from .store import ProviderStore


@callback
def async_accounts_of(hass: HomeAssistant, provider_id: str) -> list[ConfigEntry]:
    """Return the accounts of a provider, also those that are disabled."""
    return [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.data.get(CONF_PROVIDER) == provider_id
    ]


@callback
def async_unused(hass: HomeAssistant, store: ProviderStore) -> set[str]:
    """Return the user's own providers that no account uses, by their ids."""
    own = store.own_names()
    return {each for each in own if not async_accounts_of(hass, each)}
