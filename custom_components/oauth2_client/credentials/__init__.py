"""Reads and writes our items of Home Assistant's collection of application credentials."""

from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    ClientCredential,
)
from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_DOMAIN,
    CONF_ID,
    CONF_NAME,
)
from homeassistant.core import HomeAssistant, callback

from ..const import CLIENT_DOCUMENT_PATH, DOMAIN


@callback
def async_stored_credentials(hass: HomeAssistant) -> dict[str, ClientCredential]:
    """Return the credentials of this integration by the ids of their items."""
    return {
        item[CONF_ID]: ClientCredential(
            item[CONF_CLIENT_ID], item[CONF_CLIENT_SECRET], item.get(CONF_NAME)
        )
        for item in hass.data[DATA_COMPONENT].async_items()
        if item[CONF_DOMAIN] == DOMAIN
    }


@callback
def async_is_stored(hass: HomeAssistant, credential_id: str) -> bool:
    """Return whether there is an item with this id."""
    return credential_id in hass.data[DATA_COMPONENT].data


def is_own_document(client_id: str) -> bool:
    """Return whether a client id is the address of the document that Home Assistant serves."""
    return client_id.startswith("https://") and client_id.endswith(CLIENT_DOCUMENT_PATH)


async def async_store_credential(
    hass: HomeAssistant, credential: ClientCredential
) -> str:
    """Store a credential and return the id of its item.

    Without an `auth_domain`, so that the id is also the implementation's domain: core's guard
    against deleting a credential in use compares exactly that (docs/decisions/0002).
    """
    item = {
        CONF_DOMAIN: DOMAIN,
        CONF_CLIENT_ID: credential.client_id,
        CONF_CLIENT_SECRET: credential.client_secret,
    }
    if credential.name:
        item[CONF_NAME] = credential.name
    return str((await hass.data[DATA_COMPONENT].async_create_item(item))[CONF_ID])


async def async_delete_credential(hass: HomeAssistant, credential_id: str) -> None:
    """Delete the item with this id, if there is one."""
    if async_is_stored(hass, credential_id):
        await hass.data[DATA_COMPONENT].async_delete_item(credential_id)
