"""Removes what accounts and credentials that are gone have left behind."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from ..const import DOMAIN, PACKAGE
from ..credentials import async_stored_credentials
from ..definitions.account import CONF_AUTH_IMPLEMENTATION, CONF_PROVIDER
from ..grant.token_store import async_get_token_store
from ..providers.store import async_get_provider_store


async def async_tidy(hass: HomeAssistant) -> None:
    """Remove token sets without an account, bindings without a credential, clients of nobody.

    And services that were entered for a sign-in of an earlier process, and have neither. One that an
    account has had stays: the user may want it again. A kill leaves all of these as well: Home
    Assistant saves entries and credentials late.
    """
    await async_get_token_store(hass).async_remove_orphans(
        lambda entry_id: hass.config_entries.async_get_entry(entry_id) is not None
    )
    store = await async_get_provider_store(hass)
    stored = set(async_stored_credentials(hass))
    await store.async_unbind_all_but(stored | _used(hass, CONF_AUTH_IMPLEMENTATION))
    await store.async_remove_drafts(_used(hass, CONF_PROVIDER))
    for credential in store.registered() - stored:
        # The user deleted the credential: its client still exists at the provider.
        hass.async_create_background_task(
            _async_deregister(hass, credential), f"{DOMAIN} deregistration"
        )


def _used(hass: HomeAssistant, key: str) -> set[str]:
    """Return what accounts have at a key, now: one may be added while something is removed."""
    return {
        str(entry.data.get(key)) for entry in hass.config_entries.async_entries(DOMAIN)
    }


async def _async_deregister(hass: HomeAssistant, credential: str) -> None:
    await async_import_module(hass, f"{PACKAGE}.credentials.registration")
    from ..credentials.registration import async_deregister  # noqa: PLC0415 - imported just now, off the event loop

    await async_deregister(hass, credential)
