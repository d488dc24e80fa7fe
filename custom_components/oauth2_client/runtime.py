"""What an account's config entry has while it is loaded."""

from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_get_config_entry

from .account.account import Account
from .const import DOMAIN
from .coordinator import ResourceCoordinator

type OAuth2ClientConfigEntry = ConfigEntry[Runtime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """An account, and its resources by the ids of their subentries."""

    account: Account
    resources: dict[str, ResourceCoordinator] = field(default_factory=dict)


@callback
def async_get_account(hass: HomeAssistant, entry_id: str) -> Account:
    """Return a signed-in account by the id of its config entry.

    Ask for it when you need it rather than keeping it: a reload makes a new one.

    Raises ServiceValidationError, translated, where there is no such account or it is not loaded.
    """
    entry: OAuth2ClientConfigEntry = async_get_config_entry(hass, DOMAIN, entry_id)
    return entry.runtime_data.account
