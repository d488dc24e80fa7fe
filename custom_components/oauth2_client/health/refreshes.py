"""Creates and deletes issues and reauth flows after refreshes and sign-ins."""

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..catalogue import Provider
from ..const import DOCUMENT_REJECTED, REGISTRATION_LOST
from ..credentials import async_stored_credentials, is_own_document
from ..definitions.account import AccountSettings
from ..errors import message_placeholders, reauth_data
from ..oauth2 import ClientRejected, GrantRejected, OAuth2Error, ScopeRejected
from ..providers.store import async_get_provider_store
from .endings import async_note_ending, async_note_refresh, async_note_sign_in
from .issues import (
    CLIENT_REJECTED,
    SCOPE_REJECTED,
    SIGN_IN_ISSUES,
    as_text,
    async_client_accepted,
    async_create,
    async_delete,
)


async def async_refreshed(
    hass: HomeAssistant,
    entry: ConfigEntry,
    provider: Provider,
    err: OAuth2Error | None,
) -> None:
    """Act on a refresh; `err` is None where it succeeded.

    A failure starts reauth or creates an issue, a success deletes issues.
    """
    match err:
        case None:
            async_delete(hass, entry, (SCOPE_REJECTED,))
            async_client_accepted(hass, entry)
            async_note_refresh(hass, entry)
        case GrantRejected():
            entry.async_start_reauth_if_available(hass, data=reauth_data(err))
            async_note_ending(hass, entry, provider)
        case ClientRejected():
            credential = AccountSettings.from_entry(entry).credential
            placeholders = as_text(message_placeholders(err))
            issue = await _async_client_issue(hass, credential)
            async_create(hass, entry, issue, placeholders)
        case ScopeRejected():
            placeholders = as_text(message_placeholders(err))
            async_create(hass, entry, SCOPE_REJECTED, placeholders)


@callback
def async_signed_in(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues that a new sign-in solves, and end open reauth flows.

    A problem that is still there creates its issue again.
    """
    async_note_sign_in(hass, entry)
    async_delete(hass, entry, SIGN_IN_ISSUES)
    async_client_accepted(hass, entry)
    for flow in list(entry.async_get_active_flows(hass, {SOURCE_REAUTH})):
        hass.config_entries.flow.async_abort(flow["flow_id"])


async def _async_client_issue(hass: HomeAssistant, credential: str) -> str:
    """Return the key of the issue for a credential that its provider refuses."""
    store = await async_get_provider_store(hass)
    if credential in store.registered():
        return REGISTRATION_LOST
    stored = async_stored_credentials(hass).get(credential)
    if stored is not None and is_own_document(stored.client_id):
        return DOCUMENT_REJECTED
    return CLIENT_REJECTED
