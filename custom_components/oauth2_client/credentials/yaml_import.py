"""Imports the credential of configuration.yaml into Home Assistant's store."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_VARIABLES, DOMAIN
from ..definitions.account import CONF_PROVIDER, Binding
from ..errors import as_markdown
from ..providers.store import async_get_provider_store
from . import async_store_credential, async_stored_credentials

YAML_IMPORTED: Final = "yaml_imported"
YAML_PROVIDER_UNKNOWN: Final = "yaml_provider_unknown"

_YAML: HassKey[dict[str, Any]] = HassKey(f"{DOMAIN}.yaml")


def valid_yaml(config: object) -> dict[str, Any]:
    """Return our part of configuration.yaml with its defaults. Raises voluptuous.Invalid.

    The schema is created here and not at import, since few homes need it.
    """
    schema = vol.Schema(
        {
            vol.Required(CONF_PROVIDER): cv.string,
            vol.Optional(CONF_VARIABLES, default=dict): {cv.string: cv.string},
            vol.Required(CONF_CLIENT_ID): vol.All(cv.string, vol.Strip),
            vol.Optional(CONF_CLIENT_SECRET, default=""): vol.All(cv.string, vol.Strip),
            vol.Optional(CONF_NAME): cv.string,
        }
    )
    valid: dict[str, Any] = schema(config)
    return valid


@callback
def async_keep_yaml(hass: HomeAssistant, config: dict[str, Any]) -> None:
    """Keep our part of configuration.yaml, as `valid_yaml` returned it, for set-up."""
    hass.data[_YAML] = config


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


@callback
def async_forget_yaml(hass: HomeAssistant) -> None:
    """Forget our part of configuration.yaml after it was removed from the file."""
    hass.data.pop(_YAML, None)


async def async_check_yaml(hass: HomeAssistant, config: Any) -> bool:
    """Import our part of a configuration.yaml that was read again. Return whether its provider is known.

    Raises vol.Invalid.
    """
    async_keep_yaml(hass, valid_yaml(config))
    return await async_import_yaml_credential(hass)


async def async_import_yaml_credential(hass: HomeAssistant) -> bool:
    """Store the credential, bind it to its provider, and create an issue that the YAML can be removed.

    For an unknown provider or variable, store nothing and create an issue that says so. Return whether
    the provider is known.
    """
    credential = async_get_yaml_credential(hass)
    if credential is None:
        return False
    config = hass.data[_YAML]
    store = await async_get_provider_store(hass)
    binding = Binding(provider=config[CONF_PROVIDER], variables=config[CONF_VARIABLES])
    if await store.async_complete_provider(binding) is None:
        _create_issue(hass, YAML_PROVIDER_UNKNOWN, ir.IssueSeverity.ERROR, binding)
        return False
    binding = Binding.of(
        await store.async_provider(binding.provider), binding.variables
    )
    ir.async_delete_issue(hass, DOMAIN, YAML_PROVIDER_UNKNOWN)
    credential_id = next(
        (
            key
            for key, stored in async_stored_credentials(hass).items()
            if stored.client_id == credential.client_id
        ),
        None,
    )
    if credential_id is None:
        credential_id = await async_store_credential(hass, credential)
    await store.async_bind(credential_id, binding)
    _create_issue(hass, YAML_IMPORTED, ir.IssueSeverity.WARNING, binding)
    return True


def _create_issue(
    hass: HomeAssistant, key: str, severity: ir.IssueSeverity, binding: Binding
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        key,
        is_fixable=True,
        severity=severity,
        translation_key=key,
        translation_placeholders={"provider": as_markdown(binding.provider)},
    )
