"""Lets a user choose an account in another integration's form."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)

from ..const import DOMAIN
from ..definitions.account import CONF_PROVIDER


@callback
def async_account_selector(
    hass: HomeAssistant, *providers: str
) -> SelectSelector | None:
    """Return a selector for the accounts of these providers, of all where none is named.

    What is chosen is the id of the account's config entry. None where there is no such account.
    """
    entries = [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        if not providers or entry.data.get(CONF_PROVIDER) in providers
    ]
    if not entries:
        return None
    return SelectSelector(SelectSelectorConfig(options=[*map(_option, entries)]))


def _option(entry: ConfigEntry) -> SelectOptionDict:
    return SelectOptionDict(value=entry.entry_id, label=entry.title)
