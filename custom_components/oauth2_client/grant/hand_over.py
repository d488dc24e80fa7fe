"""Takes over the token set and the credential of a sign-in, so that a kill loses neither.

Home Assistant saves entries after a second and credentials after ten. A kill in between leaves an
account without its credential; it is kept in the token's file until the next start finds it saved.
"""

from typing import Any

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_NAME,
    CONF_TOKEN,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.util.file import WriteError

from ..const import DOMAIN, SIGN_IN
from ..credentials import (
    async_delete_credential,
    async_store_credential,
    async_stored_credentials,
)
from ..definitions.account import AccountSettings
from ..oauth2 import TokenSet
from .token_store import AccountTokens


async def async_take_token_set(
    hass: HomeAssistant, entry: ConfigEntry, tokens: AccountTokens
) -> TokenSet:
    """Return the newest token set; move one that a flow left in the entry to the store.

    Raises ConfigEntryNotReady where it cannot be saved, ConfigEntryAuthFailed where there is none.
    """
    handed: dict[str, Any] | None = entry.data.get(CONF_TOKEN)
    credential = AccountSettings.from_entry(entry).credential
    held = async_stored_credentials(hass).get(credential)
    try:
        token_set = await tokens.take(
            None if handed is None else TokenSet.from_dict(handed),
            None if handed is None else handed.get(SIGN_IN),
            None if held is None else _as_dict(held),
        )
    except WriteError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="token_not_saved"
        ) from err
    if token_set is None:
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN, translation_key="no_token_set"
        )
    if handed is not None:
        remaining = {
            key: value for key, value in entry.data.items() if key != CONF_TOKEN
        }
        hass.config_entries.async_update_entry(entry, data=remaining)
    elif held is not None:
        tokens.credential = None
    elif tokens.credential is not None:
        await _async_bring_back(hass, credential, tokens)
    return token_set


async def _async_bring_back(
    hass: HomeAssistant, credential_id: str, tokens: AccountTokens
) -> None:
    """Store a credential again that a kill kept from being saved."""
    kept = tokens.credential or {}
    credential = ClientCredential(
        kept.get(CONF_CLIENT_ID) or "",
        kept.get(CONF_CLIENT_SECRET) or "",
        kept.get(CONF_NAME),
    )
    if (stored := await async_store_credential(hass, credential)) != credential_id:
        # Its id, made from the client id, is not the one that the account refers to.
        await async_delete_credential(hass, stored)


def _as_dict(credential: ClientCredential) -> dict[str, str | None]:
    return {
        CONF_CLIENT_ID: credential.client_id,
        CONF_CLIENT_SECRET: credential.client_secret,
        CONF_NAME: credential.name,
    }
