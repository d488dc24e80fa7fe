"""The redirect URI, which the user registers at the provider."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    async_get_redirect_uri,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url


@callback
def async_describe_redirect_uri(hass: HomeAssistant) -> str:
    """Return the redirect URI to register at the provider: the one a sign-in now would use."""
    try:
        return async_get_redirect_uri(hass)
    except RuntimeError:
        # Outside of a request of the frontend, as in Home Assistant's own credentials dialog.
        pass
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return f"https://<HOME_ASSISTANT>{AUTH_CALLBACK_PATH}"
