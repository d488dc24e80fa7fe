"""The runtime data of a loaded account, and how other integrations get the account."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_get_config_entry

from .account.account import Account
from .const import DOMAIN
from .coordinator import ResourceCoordinator
from .oauth2.frozen import Frozen

type OAuth2ClientConfigEntry = ConfigEntry[Runtime]


class Runtime(Frozen):
    """An account, its resources by the ids of their subentries, and the platforms that are set up."""

    account: Account
    resources: dict[str, ResourceCoordinator]
    platforms: Sequence[Platform]


@callback
def async_get_account(hass: HomeAssistant, entry_id: str) -> Account:
    """Return a signed-in account by the id of its config entry.

    Do not keep it: each reload of the entry makes a new one.

    Raises ServiceValidationError, translated, where there is no such account or it is not loaded.
    """
    entry: OAuth2ClientConfigEntry = async_get_config_entry(hass, DOMAIN, entry_id)
    return entry.runtime_data.account
