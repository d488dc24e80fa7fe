"""An integration as core's own are: Home Assistant's OAuth2 helper, and nothing more.

Its client and server are in configuration.yaml, so that only the token set has to outlive a kill.
"""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2ImplementationWithPkce,
    OAuth2Session,
    async_get_config_entry_implementation,
    async_register_implementation,
)
from homeassistant.helpers.typing import ConfigType

DOMAIN: Final = "core_account"

type CoreAccountEntry = ConfigEntry[OAuth2Session]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the client, and the action that uses an account."""
    client: dict[str, Any] = config[DOMAIN]
    async_register_implementation(
        hass,
        DOMAIN,
        LocalOAuth2ImplementationWithPkce(
            hass,
            DOMAIN,
            client["client_id"],
            client["authorize_url"],
            client["token_url"],
            client_secret=client["client_secret"],
        ),
    )

    async def request(call: ServiceCall) -> ServiceResponse:
        entry: CoreAccountEntry | None = hass.config_entries.async_get_entry(
            call.data["account"]
        )
        assert entry is not None
        session = entry.runtime_data
        async with await session.async_request("GET", call.data["url"]) as response:
            return {"status": response.status}

    hass.services.async_register(
        DOMAIN, "request", request, supports_response=SupportsResponse.ONLY
    )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: CoreAccountEntry) -> bool:
    """Set up an account: a grant that has ended asks for a new sign-in."""
    implementation = await async_get_config_entry_implementation(hass, entry)
    session = OAuth2Session(hass, entry, implementation)
    await session.async_ensure_token_valid()
    entry.runtime_data = session
    return True


async def async_unload_entry(_hass: HomeAssistant, _entry: CoreAccountEntry) -> bool:
    """Unload an account."""
    return True
