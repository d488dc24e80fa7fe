"""Takes the token set and the credential of a sign-in over from the flow, so that a kill loses neither.

Home Assistant saves entries after a second and credentials after ten. A kill in between would leave an
account without its credential, so this is stored with the token set until a start finds that Home
Assistant has saved it.
"""

from collections.abc import Mapping
import logging
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

_LOGGER = logging.getLogger(__name__)


async def async_take_token_set(
    hass: HomeAssistant, entry: ConfigEntry, tokens: AccountTokens
) -> TokenSet:
    """Return the newest token set; move one that a flow left in the entry to the store.

    Raises ConfigEntryNotReady where it cannot be saved, ConfigEntryAuthFailed where there is none.
    """
    from_flow = _from_flow(entry)
    credential_id = AccountSettings.from_entry(entry).credential
    credential = async_stored_credentials(hass).get(credential_id)
    try:
        token_set = await tokens.take(
            None if from_flow is None else from_flow[0],
            None if from_flow is None else from_flow[1],
            None if credential is None else _as_dict(credential),
        )
    except WriteError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="token_not_saved"
        ) from err
    if token_set is None:
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN, translation_key="no_token_set"
        )
    if from_flow is not None:
        data = {key: value for key, value in entry.data.items() if key != CONF_TOKEN}
        hass.config_entries.async_update_entry(entry, data=data)
    elif credential is not None:
        # Home Assistant has saved it: the next token set is stored without it.
        tokens.credential = None
    elif tokens.credential is not None:
        await _async_restore_credential(hass, credential_id, tokens.credential)
    return token_set


def _from_flow(entry: ConfigEntry) -> tuple[TokenSet, int | None] | None:
    """Return the token set that a flow left in an entry, and the number of its sign-in; None without one.

    One that cannot be read stays where it is, and is replaced by the next sign-in.
    """
    if (stored := entry.data.get(CONF_TOKEN)) is None:
        return None
    try:
        named = stored if isinstance(stored, Mapping) else {}
        token_set = TokenSet.from_dict(named)
    except ValueError as err:
        _LOGGER.warning(
            "The token set in the entry of %s cannot be read; sign in again (%s)",
            entry.title,
            err,
        )
        return None
    number = named.get(SIGN_IN)
    return token_set, number if isinstance(number, int) else None


async def _async_restore_credential(
    hass: HomeAssistant, credential_id: str, stored: Mapping[str, Any]
) -> None:
    """Store a credential in Home Assistant that a kill kept it from saving."""
    credential = ClientCredential(
        stored.get(CONF_CLIENT_ID) or "",
        stored.get(CONF_CLIENT_SECRET) or "",
        stored.get(CONF_NAME),
    )
    new_id = await async_store_credential(hass, credential)
    if new_id != credential_id:
        # Home Assistant makes the id from the client id: the account refers to another credential.
        await async_delete_credential(hass, new_id)


def _as_dict(credential: ClientCredential) -> dict[str, str | None]:
    return {
        CONF_CLIENT_ID: credential.client_id,
        CONF_CLIENT_SECRET: credential.client_secret,
        CONF_NAME: credential.name,
    }
