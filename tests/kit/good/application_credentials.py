"""Who this integration is at its provider."""

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import async_get_redirect_uri

from .implementation import Implementation


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> Implementation:
    """Return an implementation that reads answers generously."""
    return Implementation(hass, auth_domain, credential)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the dialog for credentials shows."""
    return {
        "console_url": "https://auth.good.example/console",
        "redirect_uri": async_get_redirect_uri(hass),
    }
