"""Removes what deleted accounts and credentials have left behind."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util.file import WriteError

from ..const import DOMAIN, PACKAGE
from ..credentials import async_stored_credentials
from ..definitions.account import (
    CONF_AUTH_IMPLEMENTATION,
    CONF_PROVIDER,
    AccountSettings,
)
from ..grant.token_store import async_get_token_store
from ..health import async_forget
from ..providers.store import async_get_provider_store


async def async_tidy(hass: HomeAssistant) -> None:
    """Remove token sets without an account, and bindings and registered clients without a credential.

    Also remove services that were entered for a sign-in in an earlier process and have neither an
    account nor a credential. A service that an account has used stays: the user may want it again. A
    kill can leave all of these behind, since Home Assistant saves entries and credentials late.
    """
    await async_get_token_store(hass).async_remove_orphans(
        lambda entry_id: hass.config_entries.async_get_entry(entry_id) is not None
    )
    store = await async_get_provider_store(hass)
    stored = set(async_stored_credentials(hass))
    await store.async_unbind_all_but(stored | _used(hass, CONF_AUTH_IMPLEMENTATION))
    await store.async_remove_drafts(_used(hass, CONF_PROVIDER))
    for credential in store.registered() - stored:
        # The user deleted the credential, but its client still exists at the provider.
        hass.async_create_background_task(
            _async_deregister(hass, credential), f"{DOMAIN} deregistration"
        )


def _used(hass: HomeAssistant, key: str) -> set[str]:
    """Return the values of a key in the entries as they are now: one may be added at any time."""
    return {
        str(entry.data.get(key)) for entry in hass.config_entries.async_entries(DOMAIN)
    }


async def _async_deregister(hass: HomeAssistant, credential: str) -> None:
    await async_import_module(hass, f"{PACKAGE}.credentials.registration")
    from ..credentials.registration import async_deregister  # noqa: PLC0415 - imported just now, off the event loop

    await async_deregister(hass, credential)


async def async_remove_account(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Revoke the grant of a removed account; delete its client, token set, issues and last refreshes."""
    store = async_get_token_store(hass)
    try:
        stored = await store.async_newest(entry.entry_id)
    except WriteError:
        stored = None
    if stored is not None:
        await async_import_module(hass, f"{__package__}.sign_out")
        from .sign_out import async_sign_out  # noqa: PLC0415 - imported just now, off the event loop

        await async_sign_out(hass, entry, stored.token_set)
    await async_import_module(hass, f"{PACKAGE}.credentials.registration")
    from ..credentials.registration import async_deregister  # noqa: PLC0415 - imported just now, off the event loop

    credential = AccountSettings.from_entry(entry).credential
    await async_deregister(hass, credential, removed=entry.entry_id)
    await store.async_remove(entry.entry_id)
    await async_forget(hass, entry)
    await async_import_module(hass, f"{PACKAGE}.health.story")
    from ..health.story import async_forget_story  # noqa: PLC0415 - imported just now, off the event loop

    async_forget_story(hass, entry.entry_id)
