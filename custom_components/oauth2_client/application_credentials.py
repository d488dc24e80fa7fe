"""Home Assistant's application credentials platform: the four hooks."""

from typing import Final

from homeassistant.components.application_credentials import (
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.helpers.importlib import async_import_module

from .catalogue import Provider
from .const import DOMAIN
from .credentials.implementation import implementation_at
from .credentials.yaml_import import async_get_yaml_credential
from .definitions.account import AccountSettings
from .providers.store import async_get_provider_store

DOCUMENTATION_URL: Final = "https://github.com/oauth2-client/oauth2_client#readme"


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Return the authorization server of the only provider in use.

    Raises HomeAssistantError where accounts use no provider or several.
    """
    if (provider := await _async_only_provider(hass)) is None:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="which_provider"
        )
    return AuthorizationServer(
        authorize_url=provider.server.authorize_url, token_url=provider.server.token_url
    )


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return the implementation of a stored credential.

    One without a known provider gets an implementation that raises when it is used: Home Assistant
    asks for all credentials at once, so an exception here would hide the others.
    """
    store = await async_get_provider_store(hass)
    binding = store.binding(auth_domain)
    if (
        binding is None
        or (provider := await store.async_complete_provider(binding)) is None
    ):
        module = f"{__package__}.credentials.unbound_implementation"
        await async_import_module(hass, module)
        from .credentials.unbound_implementation import UnboundImplementation  # noqa: PLC0415 - imported just now, off the event loop

        return UnboundImplementation(auth_domain, credential)
    return implementation_at(
        provider,
        auth_domain,
        credential,
        hass=hass,
        method=store.client_authentication(auth_domain),
        redirect_uri=store.redirect_uri(auth_domain),
    )


async def async_get_client_credential(hass: HomeAssistant) -> ClientCredential | None:
    """Return the credential of configuration.yaml, if there is one. `async_setup` imports it."""
    return async_get_yaml_credential(hass)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return the placeholders of Home Assistant's own credentials dialog."""
    await async_import_module(hass, f"{__package__}.credentials.redirect_uri")
    from .credentials.redirect_uri import (  # noqa: PLC0415 - imported just now, off the event loop
        UNKNOWN_REDIRECT_URI,
        as_markdown_list,
        async_redirect_uris,
    )

    uris = async_redirect_uris(hass) or [UNKNOWN_REDIRECT_URI]
    return {
        "redirect_uris": as_markdown_list(uris),
        "more_info_url": DOCUMENTATION_URL,
    }


async def _async_only_provider(hass: HomeAssistant) -> Provider | None:
    bindings = {
        binding.identity: binding
        for binding in (
            AccountSettings.from_entry(entry).binding
            for entry in hass.config_entries.async_entries(DOMAIN)
        )
    }
    if len(bindings) != 1:
        return None
    [binding] = bindings.values()
    store = await async_get_provider_store(hass)
    return await store.async_complete_provider(binding)
