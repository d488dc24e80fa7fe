"""OAuth2 Client: connect Home Assistant to any OAuth2 API."""

from random import random
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ID, CONF_TOKEN, Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_get_config_entry_implementation,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError

from .account import Account
from .actions import async_register_actions
from .catalogue import AUTHORIZATION_CODE, Provider
from .client_registration import async_deregister
from .const import (
    CONF_ALLOWED_HOSTS,
    CONF_AUTH_IMPLEMENTATION,
    CONF_GRANT,
    CONF_PROVIDER,
    CONF_SCOPES,
    CONF_VARIABLES,
    DOMAIN,
)
from .coordinator import async_make_coordinators, async_start_polling
from .errors import as_set_up_error
from .exchange import async_refresh
from .grant import Grant
from .oauth2 import OAuth2Error, TokenSet
from .provider_store import Binding, async_get_provider_store
from .renewal import async_keep_renewed
from .repairs import (
    async_forget,
    async_report_refresh,
    async_report_scopes,
    async_watch_secret,
)
from .runtime import OAuth2ClientConfigEntry, Runtime
from .sign_out import async_sign_out
from .token_store import AccountTokens, async_get_token_store
from .transport import async_get_transport
from .yaml_credential import SCHEMA, async_import_yaml_credential

PLATFORMS: Final = [Platform.BINARY_SENSOR, Platform.BUTTON, Platform.SENSOR]

CONFIG_SCHEMA: Final = vol.Schema({vol.Optional(DOMAIN): SCHEMA}, extra=vol.ALLOW_EXTRA)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, import the YAML credential, tidy what deleted things left."""
    async_register_actions(hass)
    if (yaml := config.get(DOMAIN)) is not None:
        await async_import_yaml_credential(hass, yaml)
    entries = hass.config_entries.async_entries(DOMAIN)
    await async_get_token_store(hass).async_remove_orphans(
        {entry.entry_id for entry in entries}
    )
    provider_store = await async_get_provider_store(hass)
    stored = {item[CONF_ID] for item in hass.data[DATA_COMPONENT].async_items()}
    await provider_store.async_unbind_all_but(stored)
    for credential in provider_store.registered() - stored:
        # Deleted by hand: its client is still there at the provider.
        hass.async_create_background_task(
            async_deregister(hass, credential), f"{DOMAIN} deregistration"
        )
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry
) -> bool:
    """Set up an account."""
    tokens = AccountTokens(async_get_token_store(hass), entry.entry_id)
    token_set = await _async_take_token_set(hass, entry, tokens)
    provider = await _async_provider(hass, entry)
    implementation = await async_get_config_entry_implementation(hass, entry)
    account = Account(
        entry_id=entry.entry_id,
        title=entry.title,
        provider=provider,
        client_id=getattr(implementation, "client_id", None),
        allowed_hosts=tuple(entry.data.get(CONF_ALLOWED_HOSTS, ())),
        grant=_grant(hass, entry, implementation, tokens, token_set),
        transport=async_get_transport(hass),
        clock=_now,
    )
    try:
        await account.usable_token()
    except OAuth2Error as err:
        raise as_set_up_error(err) from err
    resources = async_make_coordinators(hass, entry, account)
    entry.runtime_data = Runtime(account=account, resources=resources)
    async_report_scopes(hass, entry, account.token_set)
    entry.async_on_unload(await async_watch_secret(hass, entry))
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=provider.name,
        entry_type=dr.DeviceEntryType.SERVICE,
        configuration_url=provider.console_url,
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_start_polling(hass, entry, resources.values())
    entry.async_on_unload(_async_reload_on_change(entry))
    entry.async_on_unload(async_keep_renewed(hass, account))
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry
) -> bool:
    """Unload an account, once a refresh in flight is kept."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.account.close()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Sign an account out, and remove what it leaves behind."""
    store = async_get_token_store(hass)
    try:
        token_set = await store.async_load(entry.entry_id)
    except WriteError:
        token_set = None
    if token_set is not None:
        await async_sign_out(hass, entry, token_set)
    await async_deregister(
        hass, entry.data[CONF_AUTH_IMPLEMENTATION], removed=entry.entry_id
    )
    await store.async_remove(entry.entry_id)
    async_forget(hass, entry)


def _now() -> float:
    return dt_util.utcnow().timestamp()


@callback
def _grant(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    implementation: AbstractOAuth2Implementation,
    tokens: AccountTokens,
    token_set: TokenSet,
) -> Grant:
    return Grant(
        token_set,
        refresh=lambda current: async_refresh(
            implementation,
            current,
            grant=entry.data.get(CONF_GRANT, AUTHORIZATION_CODE),
            scopes=entry.data[CONF_SCOPES],
        ),
        storage=tokens,
        report=lambda err: async_report_refresh(hass, entry, err),
        # Home Assistant waits for these tasks when it stops.
        spawn=lambda renewal: hass.async_create_task(renewal, f"{DOMAIN} refresh"),
        clock=_now,
        spread=random(),
    )


async def _async_take_token_set(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry, tokens: AccountTokens
) -> TokenSet:
    """Return the token set, moving one that a flow has just handed over into the store.

    The newer wins: a kill may have left the entry, saved late, with an older one.
    """
    handed: dict[str, Any] | None = entry.data.get(CONF_TOKEN)
    try:
        token_set = await tokens.load()
        if handed is not None:
            token_set = await _async_keep_newer(
                tokens, TokenSet.from_dict(handed), token_set
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
    return token_set


async def _async_keep_newer(
    tokens: AccountTokens, handed: TokenSet, stored: TokenSet | None
) -> TokenSet:
    if stored is not None and stored.received_at > handed.received_at:
        return stored
    await tokens.save(handed)
    return handed


async def _async_provider(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry
) -> Provider:
    """Return the account's provider, complete, and make sure that its credential is bound to it.

    Raises ConfigEntryError where the provider is gone.
    """
    store = await async_get_provider_store(hass)
    binding = Binding(
        provider=entry.data[CONF_PROVIDER], variables=entry.data[CONF_VARIABLES]
    )
    if (provider := await store.async_complete_provider(binding)) is None:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="unknown_provider",
            translation_placeholders={"provider": binding.provider},
        )
    credential = entry.data[CONF_AUTH_IMPLEMENTATION]
    stored = credential in hass.data[DATA_COMPONENT].data
    if stored and store.binding(credential) is None:
        await store.async_bind(credential, binding)
    return provider


@callback
def _async_reload_on_change(entry: OAuth2ClientConfigEntry) -> CALLBACK_TYPE:
    """Reload when resources change. Flows that change the account itself ask for it themselves."""
    before = _fingerprint(entry)

    async def async_changed(
        hass: HomeAssistant, changed: OAuth2ClientConfigEntry
    ) -> None:
        if _fingerprint(changed) != before:
            hass.config_entries.async_schedule_reload(changed.entry_id)

    return entry.add_update_listener(async_changed)


def _fingerprint(entry: OAuth2ClientConfigEntry) -> object:
    return {
        subentry_id: (subentry.title, dict(subentry.data))
        for subentry_id, subentry in entry.subentries.items()
    }
