"""OAuth2 Client: connect Home Assistant to any OAuth2 API."""

import asyncio
from collections.abc import Coroutine, Iterable
from functools import partial
import logging
from random import random
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey

from . import button, sensor  # noqa: F401 - each account has both; imported late, a set-up would wait
from .account import Account
from .account.renewal import Renewal, async_keep_renewed
from .catalogue import BEFORE_USE, Provider
from .const import DOMAIN
from .coordinator import ResourceCoordinator
from .credentials import async_is_stored, async_stored_credentials, is_own_document
from .definitions.account import AccountSettings, check_entry
from .entity import async_add_account_device
from .grant import Grant
from .grant.hand_over import async_take_token_set
from .grant.token_store import AccountTokens, async_get_token_store
from .health import AccountHealth, async_forget_disabled, async_note_storage
from .oauth2 import OAuth2Error, TokenSet
from .providers import async_get_providers
from .runtime import (
    OAuth2ClientConfigEntry,
    Runtime,
    async_make_coordinators,
    async_start_polling,
)
from .services import async_register_actions
from .wire import async_get_transport
from .wire.clock import async_get_clock

_LOGGER = logging.getLogger(__name__)

# How long a set-up waits for the refresh of an expired token.
_TOKEN_WAIT_SECONDS: Final = 10.0
_STARTING: Final = frozenset({CoreState.not_running, CoreState.starting})
# Every account has entities of these platforms.
_PLATFORMS: Final = [Platform.BUTTON, Platform.SENSOR]

# Modules that are first needed when a request fails, a token is refreshed or an API reports a rate
# limit. They are imported after the start.
_IMPORTED_AFTER_START: Final = (
    "account.rate_limit",
    "api.redaction",
    "api.refusal",
    "document.reported_error",
    "errors",
    "grant.refreshing",
    "grant.token_file",
    "oauth2.retry",
    "oauth2.wait",
)
# The ends of hosts' pauses, by the id of an account's entry and by host. Kept from one set-up to the
# next.
_PAUSES: HassKey[dict[str, dict[str, float]]] = HassKey("oauth2_client.pauses")


def _valid_configuration(config: ConfigType) -> ConfigType:
    """Return the configuration, our section of it validated. Raises voluptuous.Invalid.

    Not a module-level schema, which each start would compile: few homes have our section.
    """
    if DOMAIN not in config:
        return config
    from .credentials.yaml_import import valid_yaml  # noqa: PLC0415 - few homes have it in YAML

    schema = vol.Schema({DOMAIN: valid_yaml}, extra=vol.ALLOW_EXTRA)
    validated: ConfigType = schema(config)
    return validated


CONFIG_SCHEMA: Final = _valid_configuration


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions and import the YAML credential; after the start, remove leftovers."""
    async_register_actions(hass)
    providers = await async_get_providers(hass)
    providers.on_write = lambda written: async_note_storage(hass, writable=written)
    async_dispatcher_connect(
        hass, SIGNAL_CONFIG_ENTRY_CHANGED, partial(async_forget_disabled, hass)
    )
    if (yaml := config.get(DOMAIN)) is not None:
        from .credentials.yaml_import import (  # noqa: PLC0415 - imported when the YAML was validated
            async_import_yaml_credential,
            async_keep_yaml,
        )

        async_keep_yaml(hass, yaml)
        await async_import_yaml_credential(hass)
    # After the start: leftovers do no harm, and there may be many files to go through.
    async_at_started(hass, _async_tidy)
    stored = async_stored_credentials(hass).values()
    if any(is_own_document(credential.client_id) for credential in stored):
        await _async_serve_client_document(hass)
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Convert an entry that an earlier version stored."""
    module = await async_import_module(hass, f"{__package__}.providers.migration")
    return bool(await module.async_migrate(hass, entry))


async def async_setup_entry(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry
) -> bool:
    """Set up an account."""
    check_entry(entry)
    health = AccountHealth(hass, entry)
    await health.async_begin()
    account = await _async_account(hass, entry, health)
    try:
        await _async_wait_for_token(hass, account)
        await _async_set_up_account(hass, entry, account, health)
    except Exception:
        # The next set-up must not refresh the same token set while this one still does.
        await account.close()
        raise
    return True


async def _async_set_up_account(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    account: Account,
    health: AccountHealth,
) -> None:
    resources = await async_make_coordinators(hass, entry, account)
    platforms = _platforms(hass, entry, resources.values())
    entry.runtime_data = Runtime(
        account=account, resources=resources, platforms=platforms
    )
    entry.async_on_unload(await health.async_look())
    account.on_forbidden = lambda response: health.async_note_forbidden(
        account.token_set, response
    )
    account.on_refused_host = health.note_host
    async_add_account_device(hass, entry, account.provider)
    await hass.config_entries.async_forward_entry_setups(entry, platforms)
    async_start_polling(hass, entry, resources.values())
    entry.async_on_unload(_async_reload_on_change(entry))
    if account.provider.renew != BEFORE_USE:
        entry.async_on_unload(async_keep_renewed(hass, account))


async def async_unload_entry(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry
) -> bool:
    """Unload an account; wait until a refresh in flight is saved."""
    unloaded = await hass.config_entries.async_unload_platforms(
        entry, entry.runtime_data.platforms
    )
    if unloaded:
        await entry.runtime_data.account.close()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Revoke the grant of a removed account; delete its client, token set and issues."""
    hass.data.get(_PAUSES, {}).pop(entry.entry_id, None)
    await async_import_module(hass, f"{__package__}.account.leftovers")
    from .account.leftovers import async_remove_account  # noqa: PLC0415 - imported just now, off the event loop

    await async_remove_account(hass, entry)


@callback
def _async_spawn(
    hass: HomeAssistant, renewal: Coroutine[Any, Any, TokenSet]
) -> asyncio.Task[TokenSet]:
    """Start a refresh. Home Assistant waits for it when it stops, but not when it starts."""
    if hass.state in _STARTING:
        return hass.async_create_background_task(renewal, f"{DOMAIN} refresh")
    return hass.async_create_task(renewal, f"{DOMAIN} refresh")


async def _async_wait_for_token(hass: HomeAssistant, account: Account) -> None:
    """Refresh an expired token.

    A server that does not answer delays the set-up for a limited time. The refresh goes on afterwards,
    and requests wait for it.
    """
    if not account.has_expired_token:
        return
    await async_import_module(hass, f"{__package__}.grant.refreshing")
    try:
        async with asyncio.timeout(_TOKEN_WAIT_SECONDS):
            await account.ensure_token_valid()
    except TimeoutError:
        _LOGGER.debug("%s waits for a new token", account.title)
    except OAuth2Error as err:
        await async_import_module(hass, f"{__package__}.errors")
        from .errors import as_set_up_error  # noqa: PLC0415 - imported just now, off the event loop

        raise as_set_up_error(err) from err


@callback
def _platforms(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    resources: Iterable[ResourceCoordinator],
) -> list[Platform]:
    """Return the platforms to set up.

    `binary_sensor` is also set up if no value has this platform any more, but entities of it are still
    registered: its set-up removes them.
    """
    wanted = {
        value.platform for resource in resources for value in resource.resource.values
    }
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    if Platform.BINARY_SENSOR in wanted.union(entity.domain for entity in registered):
        return [Platform.BINARY_SENSOR, *_PLATFORMS]
    return _PLATFORMS


async def _async_tidy(hass: HomeAssistant) -> None:
    """Import what is needed after the start, then remove what deleted accounts left behind."""
    for module in _IMPORTED_AFTER_START:
        await async_import_module(hass, f"{__package__}.{module}")
    await async_import_module(hass, f"{__package__}.account.leftovers")
    from .account.leftovers import async_tidy  # noqa: PLC0415 - imported just now, off the event loop

    await async_tidy(hass)


async def _async_serve_client_document(hass: HomeAssistant) -> None:
    await async_import_module(hass, f"{__package__}.account.client_document")
    from .account.client_document import async_serve_client_document  # noqa: PLC0415 - imported just now, off the event loop

    async_serve_client_document(hass)


async def _async_account(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry, health: AccountHealth
) -> Account:
    """Return the account of an entry, with the token set of the flow or of the store."""
    settings = AccountSettings.from_entry(entry)
    store = async_get_token_store(hass)
    tokens = AccountTokens(store, entry.entry_id)
    token_set = await async_take_token_set(hass, entry, tokens)
    if token_set.dpop_key is not None:
        # Off the event loop: `account/sending` would import it on the loop.
        await async_import_module(hass, f"{__package__}.wire.proofs")
    provider = await _async_provider(hass, entry, settings, health)
    await health.async_tell_endings(provider)
    renewal = Renewal(hass, entry, settings)
    client = await renewal.async_client()
    if (backoff := store.backoff(entry.entry_id)) is not None:
        # Off the event loop: the grant would import it on the loop, to continue the pause.
        await async_import_module(hass, f"{__package__}.grant.refreshing")
    clock = async_get_clock(hass)
    return Account(
        entry_id=entry.entry_id,
        title=entry.title,
        provider=provider.signed_in(token_set.values, settings.account_id(entry)),
        client=client,
        allowed_hosts=settings.allowed_hosts,
        grant=Grant(
            token_set,
            refresh=renewal,
            storage=tokens,
            report=partial(health.async_note_refresh, provider),
            spawn=partial(_async_spawn, hass),
            clock=clock,
            backoff=backoff,
            spread=random(),
            is_busy=lambda: hass.state in _STARTING,
            renew=provider.renew,
        ),
        transport=async_get_transport(hass),
        clock=clock,
        pauses=hass.data.setdefault(_PAUSES, {}).setdefault(entry.entry_id, {}),
    )


async def _async_provider(
    hass: HomeAssistant,
    entry: ConfigEntry,
    settings: AccountSettings,
    health: AccountHealth,
) -> Provider:
    """Return the provider with its variables filled in; bind the credential to it if it is unbound.

    Raises ConfigEntryError where the provider no longer exists.
    """
    providers = await async_get_providers(hass)
    binding, credential = settings.binding, settings.credential
    provider = await providers.async_complete_provider(binding)
    await health.async_note_provider(binding.provider if provider is None else None)
    if provider is None:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="unknown_provider",
            translation_placeholders={"provider": binding.provider},
        )
    is_unbound = async_is_stored(hass, credential) and not providers.binding(credential)
    if is_unbound or providers.is_draft(binding.provider):
        await async_import_module(hass, f"{__package__}.providers.store")
        from .providers.store import async_get_provider_store  # noqa: PLC0415 - imported just now, off the event loop

        store = await async_get_provider_store(hass)
        await store.async_keep_for_good(binding.provider)
        if is_unbound:
            await store.async_bind(credential, binding)
    return provider


@callback
def _async_reload_on_change(entry: OAuth2ClientConfigEntry) -> CALLBACK_TYPE:
    """Reload when resources or commands change. Flows that change the account reload it themselves."""
    before = _fingerprint(entry)

    async def async_changed(
        hass: HomeAssistant, changed: OAuth2ClientConfigEntry
    ) -> None:
        if _fingerprint(changed) != before:
            hass.config_entries.async_schedule_reload(changed.entry_id)

    return entry.add_update_listener(async_changed)


def _fingerprint(entry: OAuth2ClientConfigEntry) -> object:
    return {
        # Home Assistant never changes a subentry's data in place: it replaces the mapping.
        subentry_id: (subentry.title, subentry.data)
        for subentry_id, subentry in entry.subentries.items()
    }
