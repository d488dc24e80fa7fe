"""Home Assistant's application credentials platform: the four hooks."""

from contextvars import ContextVar
from typing import Final

from homeassistant.components.application_credentials import (
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    AbstractOAuth2Implementation,
    async_get_redirect_uri,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .catalogue import Provider
from .const import CONF_PROVIDER, CONF_VARIABLES, DOMAIN
from .implementation import ProviderImplementation
from .provider_store import Binding, async_get_provider_store
from .unbound_implementation import UnboundImplementation
from .yaml_credential import async_get_yaml_credential

DOCUMENTATION_URL: Final = "https://github.com/oauth2-client/oauth2_client#readme"

# The provider, complete, that the running flow has chosen.
chosen_provider: ContextVar[Provider | None] = ContextVar(
    "chosen_provider", default=None
)


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Return the authorization server of the running flow's provider, else of the only one in use.

    Raises HomeAssistantError where that is not one provider.
    """
    provider = chosen_provider.get() or await _async_only_provider(hass)
    if provider is None:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="which_provider"
        )
    return AuthorizationServer(
        authorize_url=provider.server.authorize_url, token_url=provider.server.token_url
    )


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return the implementation of a stored credential; there is one for each."""
    store = await async_get_provider_store(hass)
    binding = store.binding(auth_domain)
    if (
        binding is None
        or (provider := await store.async_complete_provider(binding)) is None
    ):
        return UnboundImplementation(auth_domain, credential)
    return ProviderImplementation(hass, auth_domain, credential, provider)


async def async_get_client_credential(hass: HomeAssistant) -> ClientCredential | None:
    """Return the credential of configuration.yaml. Our own set-up asks, core no longer does."""
    return async_get_yaml_credential(hass)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what Home Assistant's own credentials dialog shows."""
    return {
        "redirect_uri": async_describe_redirect_uri(hass),
        "more_info_url": DOCUMENTATION_URL,
    }


async def _async_only_provider(hass: HomeAssistant) -> Provider | None:
    in_use = {
        (entry.data[CONF_PROVIDER], tuple(sorted(entry.data[CONF_VARIABLES].items())))
        for entry in hass.config_entries.async_entries(DOMAIN)
    }
    if len(in_use) != 1:
        return None
    provider_id, variables = in_use.pop()
    store = await async_get_provider_store(hass)
    binding = Binding(provider=provider_id, variables=dict(variables))
    return await store.async_complete_provider(binding)


@callback
def async_describe_redirect_uri(hass: HomeAssistant) -> str:
    """Return the redirect URI to register at the provider: the one a sign-in now would use."""
    try:
        return async_get_redirect_uri(hass)
    except RuntimeError:
        # No request of a frontend at hand: Home Assistant's own dialog asks over its websocket.
        pass
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return f"https://<HOME_ASSISTANT>{AUTH_CALLBACK_PATH}"
