"""Changes and removes a service of the user's own, and updates its accounts."""

import re
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ...account.leftovers import async_tidy
from ...catalogue import Provider
from ...credentials.choices import CredentialChoices
from ...definitions.account import Binding
from ...grant.token_store import async_get_token_store
from ...providers.store import async_get_provider_store
from ...providers.users import async_accounts_of

_ORIGIN: Final = re.compile(r"https?://[^/?#]+|\{\w+\}", re.IGNORECASE)


async def async_change(hass: HomeAssistant, before: Provider, after: Provider) -> None:
    """Store a provider in place of another one, and set up its accounts with it.

    Where the service has moved to another server, the token sets of its accounts are of no use: they
    are deleted, so that Home Assistant asks for a new sign-in.
    """
    store = await async_get_provider_store(hass)
    await store.async_change_provider(after)
    for entry in async_accounts_of(hass, after.id):
        _rename(hass, entry, before.name, after.name)
        if is_moved(before, after):
            await async_get_token_store(hass).async_remove(entry.entry_id)
        if entry.disabled_by is None:
            hass.config_entries.async_schedule_reload(entry.entry_id)


def is_moved(before: Provider, after: Provider) -> bool:
    """Tell whether a change leads to another server: one with another origin or issuer."""
    origins = {_origin(each.server.token_url) for each in (before, after)}
    # Where only one of them names its issuer, the server may be the same.
    issuers = {each.server.issuer for each in (before, after)} - {None}
    return len(origins) > 1 or len(issuers) > 1


def _origin(url: str) -> str:
    """Return the origin of a URL, or the variable that it begins with."""
    found = _ORIGIN.match(url)
    return url if found is None else found[0].lower()


async def async_remove(hass: HomeAssistant, provider: Provider) -> None:
    """Delete a provider that no account uses, and its credentials."""
    store = await async_get_provider_store(hass)
    for credential in store.credentials_of(provider.id):
        binding = store.binding(credential) or Binding(provider=provider.id)
        choices = CredentialChoices(hass, provider, binding)
        await choices.async_remove_unused(credential)
    await store.async_remove_provider(provider.id)
    await async_tidy(hass)


@callback
def _rename(hass: HomeAssistant, entry: ConfigEntry, before: str, after: str) -> None:
    """Put its service's new name into an account's title, unless the user has changed the title."""
    rest = entry.title.removeprefix(before)
    if rest == entry.title or (rest and not rest.startswith(" ·")):
        return
    hass.config_entries.async_update_entry(entry, title=f"{after}{rest}")
