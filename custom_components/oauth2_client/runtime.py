"""What a loaded entry has: its account, the coordinators of its resources, its device."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.service import async_get_config_entry

from .account import Account
from .const import DOMAIN, SUBENTRY_RESOURCE
from .coordinator import ResourceCoordinator
from .definitions import InvalidDefinition
from .definitions.resource import Resource, has_pages
from .oauth2.frozen import Frozen

_LOGGER = logging.getLogger(__name__)

# The time between the first fetches of an account's resources while Home Assistant starts.
_FIRST_FETCH_SPACING_SECONDS: Final = 0.5
# All of them are begun within this time, however many there are.
_FIRST_FETCHES_SECONDS: Final = 30.0
_TEMPLATES: Final = f"{__package__}.definitions.template_texts"

type OAuth2ClientConfigEntry = ConfigEntry[Runtime]


class Runtime(Frozen):
    """An account, its coordinators by the ids of their subentries, and the platforms that are set up."""

    account: Account
    resources: dict[str, ResourceCoordinator]
    platforms: Sequence[Platform]


async def async_is_loaded(entry: ConfigEntry) -> bool:
    """Return whether an account is loaded, after a reload that is under way.

    A flow that has just added a subentry causes a reload.
    """
    if entry.state is not ConfigEntryState.LOADED:
        async with entry.setup_lock:
            pass
    return entry.state is ConfigEntryState.LOADED


@callback
def async_get_account(hass: HomeAssistant, entry_id: str) -> Account:
    """Return a signed-in account by the id of its config entry.

    Do not keep it: each reload of the entry makes a new one.

    Raises ServiceValidationError, translated, where there is no such account or it is not loaded.
    """
    entry: OAuth2ClientConfigEntry = async_get_config_entry(hass, DOMAIN, entry_id)
    return entry.runtime_data.account


@callback
def account_device(hass: HomeAssistant, entry: ConfigEntry) -> dr.DeviceEntry | None:
    """Return the device of an account, None once the user has deleted it."""
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, entry.entry_id), entry.entry_id
    )


async def async_make_coordinators(
    hass: HomeAssistant, entry: ConfigEntry, account: Account
) -> dict[str, ResourceCoordinator]:
    """Return the coordinators of an account's resources by the ids of their subentries.

    A resource with invalid data is logged and left out.
    """
    subentries = list(entry.get_subentries_of_type(SUBENTRY_RESOURCE))
    if any(map(has_pages, subentries)):
        await async_import_module(hass, f"{__package__}.api.paging")
    coordinators = {}
    for subentry in subentries:
        try:
            resource = Resource.from_subentry(subentry)
            if resource.request.has_templates:
                await async_import_module(hass, _TEMPLATES)
        except InvalidDefinition as err:
            _LOGGER.error(
                "Resource %s of %s (%s) is stored wrongly at %s: restore a backup, or delete it and add it "
                "again",
                subentry.title,
                entry.title,
                subentry.subentry_id,
                err,
            )
            continue
        coordinators[subentry.subentry_id] = ResourceCoordinator(
            hass, entry, account, resource
        )
    return coordinators


@callback
def async_start_polling(
    hass: HomeAssistant,
    entry: ConfigEntry,
    coordinators: Collection[ResourceCoordinator],
) -> None:
    """Fetch each resource for the first time, in the background, so that no API delays the start.

    While Home Assistant starts, the fetches are spread over time, and so are the polls that follow.
    """
    waiting = deque(coordinators)
    spacing = 0.0
    if not hass.is_running and waiting:
        spacing = min(
            _FIRST_FETCH_SPACING_SECONDS, _FIRST_FETCHES_SECONDS / len(waiting)
        )
    cancel: CALLBACK_TYPE | None = None

    @callback
    def fetch_next(_now: datetime | None = None) -> None:
        nonlocal cancel
        cancel = None
        while waiting:
            entry.async_create_background_task(
                hass,
                waiting.popleft().async_refresh(),
                f"{DOMAIN} first fetch of a resource",
            )
            if spacing and waiting:
                cancel = async_call_later(hass, spacing, fetch_next)
                return

    @callback
    def stop() -> None:
        if cancel is not None:
            cancel()

    fetch_next()
    if waiting:
        entry.async_on_unload(stop)


async def async_fetch_all_now(coordinators: Iterable[ResourceCoordinator]) -> None:
    """Fetch resources now; one that fails does not stop the others.

    After all have been tried, raises the error of the first one that failed.
    """
    results = await asyncio.gather(
        *(coordinator.async_fetch_now() for coordinator in coordinators),
        return_exceptions=True,
    )
    for result in results:
        if isinstance(result, BaseException):
            raise result
