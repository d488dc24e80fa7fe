"""Names a resource, and so its device, where the user gave no name."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import slugify

from ..const import DOMAIN, SUBENTRY_RESOURCE
from ..definitions.account import AccountSettings
from ..document.numbering import numbered_names
from ..runtime import OAuth2ClientConfigEntry


@callback
def default_name(hass: HomeAssistant, entry: OAuth2ClientConfigEntry, name: str) -> str:
    """Return the name of the service followed by `name`.

    Where the service has several accounts, the account's name is in it as well. No other resource,
    account or device has the name: Home Assistant would number the ids of the second one's entities.
    """
    entries = hass.config_entries.async_entries(DOMAIN)
    service = entry.runtime_data.account.provider.name
    provider = AccountSettings.from_entry(entry).binding.provider
    is_one_of_several = any(
        AccountSettings.from_entry(other).binding.provider == provider
        for other in entries
        if other.entry_id != entry.entry_id
    )
    names = [other.title for other in entries]
    for other in entries:
        resources = other.get_subentries_of_type(SUBENTRY_RESOURCE)
        names += [resource.title for resource in resources]
    registry = dr.async_get(hass)
    for other in hass.config_entries.async_entries():
        devices = dr.async_entries_for_config_entry(registry, other.entry_id)
        names += [device.name_by_user or device.name or "" for device in devices]
    taken = {slugify(each) for each in names}
    of_account = _named(entry.title.replace(" · ", " "), name)
    preferred = of_account if is_one_of_several else _named(service, name)
    is_free = slugify(preferred) not in taken
    candidates = [preferred] if is_free else numbered_names(of_account, " ")
    return next(each for each in candidates if slugify(each) not in taken)


def _named(owner: str, name: str) -> str:
    """Return `GitHub account` of `GitHub` and `Account`. A name that begins with its owner stays.

    Names with capitals inside, such as OneDrive, keep their first one.
    """
    if name.casefold().startswith(owner.casefold()):
        return name
    first = name.partition(" ")[0]
    is_word = first[1:].islower()
    return f"{owner} {name[:1].lower() + name[1:] if is_word else name}"
