"""The credential of configuration.yaml, imported once."""

from typing import Any, Final

import voluptuous as vol

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
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from .const import CONF_PROVIDER, CONF_VARIABLES, DOMAIN
from .credentials import async_store_credential
from .provider_store import Binding, async_get_provider_store

SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_PROVIDER): cv.string,
        vol.Optional(CONF_VARIABLES, default=dict): {cv.string: cv.string},
        vol.Required(CONF_CLIENT_ID): vol.All(cv.string, vol.Strip),
        vol.Optional(CONF_CLIENT_SECRET, default=""): vol.All(cv.string, vol.Strip),
        vol.Optional(CONF_NAME): cv.string,
    }
)

_YAML: HassKey[dict[str, Any]] = HassKey(f"{DOMAIN}.yaml")


@callback
def async_get_yaml_credential(hass: HomeAssistant) -> ClientCredential | None:
    """Return the credential of configuration.yaml, if there is one."""
    if (config := hass.data.get(_YAML)) is None:
        return None
    return ClientCredential(
        client_id=config[CONF_CLIENT_ID],
        client_secret=config[CONF_CLIENT_SECRET],
        name=config.get(CONF_NAME),
    )


async def async_import_yaml_credential(
    hass: HomeAssistant, config: dict[str, Any]
) -> None:
    """Store the credential, bind it to its provider, and say that the YAML can go.

    An unknown provider or variable is reported as an issue; nothing is stored then.
    """
    hass.data[_YAML] = config
    store = await async_get_provider_store(hass)
    binding = Binding(provider=config[CONF_PROVIDER], variables=config[CONF_VARIABLES])
    if await store.async_complete_provider(binding) is None:
        _create_issue(hass, "yaml_provider_unknown", ir.IssueSeverity.ERROR, binding)
        return
    if (credential := async_get_yaml_credential(hass)) is None:
        return
    if (item_id := _stored_item(hass, credential.client_id)) is None:
        item_id = await async_store_credential(hass, credential)
    await store.async_bind(item_id, binding)
    _create_issue(hass, "yaml_imported", ir.IssueSeverity.WARNING, binding)


def _stored_item(hass: HomeAssistant, client_id: str) -> str | None:
    for item in hass.data[DATA_COMPONENT].async_items():
        if item[CONF_DOMAIN] == DOMAIN and item[CONF_CLIENT_ID] == client_id:
            return str(item[CONF_ID])
    return None


def _create_issue(
    hass: HomeAssistant, key: str, severity: ir.IssueSeverity, binding: Binding
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        key,
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders={"provider": binding.provider},
    )
