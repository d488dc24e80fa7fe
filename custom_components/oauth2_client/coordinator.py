"""Polls one resource."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .account.account import Account
from .api.answer import async_read_answer
from .api.refusal import ApiRefused, refusal_key
from .const import DOMAIN, SUBENTRY_RESOURCE
from .definitions.readings import Readings, ValueReader
from .definitions.request_template import RequestRenderer
from .definitions.resource import Resource, has_pages
from .definitions.schedule import MIN_INTERVAL
from .definitions.stored import InvalidDefinition
from .document.parsing import UnreadableDocument
from .errors import as_update_failure
from .oauth2 import OAuth2Error

_LOGGER = logging.getLogger(__name__)

# Home Assistant counts `retry_after` from the last full second, so that it would fetch up to a second
# too early: for a short pause at once, again and again.
_ROUNDING_SECONDS: Final = 1.0
# Between the first fetches of two resources of an account.
_APART_SECONDS: Final = 0.5


class ResourceCoordinator(DataUpdateCoordinator[Readings]):
    """Keeps the readings of one resource; there are none before the first good answer."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        account: Account,
        resource: Resource,
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=resource.name,
            update_interval=timedelta(seconds=resource.schedule.interval),
            # A template may show more than the answer.
            always_update=any(value.template for value in resource.values),
        )
        self.resource = resource
        self._account = account
        self._renderer = RequestRenderer(hass, resource.request)
        self._reader = ValueReader(resource.values)
        self._templated = {value.key for value in resource.values if value.template}
        self._version: int | None = None
        self._forced = False
        # Keys of the values that the last update changed; None where any may have changed.
        self._changed: frozenset[str] | None = None
        # Of the last update; `updated_at` is in seconds since the epoch.
        self.context = Context()
        self.updated_at = 0.0

    def concerns(self, key: str) -> bool:
        """Tell whether the last update may have changed what an entity shows."""
        return self._changed is None or key in self._changed

    @override
    async def async_request_refresh(self) -> None:
        self._forced = True
        await super().async_request_refresh()

    async def async_fetch_now(self) -> None:
        """Fetch whatever the schedule says, and whatever has been fetched just now.

        Raises UpdateFailed or ConfigEntryAuthFailed where it fails.
        """
        self._forced = True
        await self.async_refresh()
        # The exception stays there when a later update succeeds.
        if not self.last_update_success and isinstance(
            self.last_exception, HomeAssistantError
        ):
            raise self.last_exception

    @override
    async def _async_update_data(self) -> Readings:
        forced, self._forced = self._forced, False
        before: Readings | None = self.data if self.last_update_success else None
        self._changed = None
        self.update_interval = timedelta(
            seconds=self.resource.schedule.delay(dt_util.now())
        )
        try:
            readings = await self._async_read(before, forced)
        except OAuth2Error as err:
            raise _later(as_update_failure(err)) from err
        except ApiRefused as err:
            raise _later(_update_failure(err)) from err
        except UnreadableDocument as err:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key=f"answer_{err.reason}"
            ) from err
        except TemplateError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="template_failed"
            ) from err
        if before is not None:
            self._changed = readings.changed_since(before) | self._templated
        return readings

    async def _async_read(self, before: Readings | None, forced: bool) -> Readings:
        """Return what the API answers now; what it answered before, where that is the same."""
        resource, request = self.resource, self._renderer.render()
        answer = await self._account.answers.fetch(
            request,
            pages=resource.pages,
            # Another resource may have asked the same just now.
            max_age=0 if forced else resource.schedule.interval / 2,
            known=None if before is None else self._version,
        )
        if before is not None and answer.version == self._version:
            return before
        self._account.check_answer(request, answer)
        redaction = self._account.redaction()
        readings = await async_read_answer(
            self.hass,
            answer.responses,
            lambda document: self._reader.read(document).redacted(redaction),
            format=resource.format,
            pages=resource.pages,
        )
        self._version = answer.version
        self.context, self.updated_at = Context(), self._account.clock.now()
        return readings


async def async_make_coordinators(
    hass: HomeAssistant, entry: ConfigEntry, account: Account
) -> dict[str, ResourceCoordinator]:
    """Return the coordinators of an account's resources by the ids of their subentries.

    One that is stored wrongly is told in the log, and left out.
    """
    subentries = list(entry.get_subentries_of_type(SUBENTRY_RESOURCE))
    if any(map(has_pages, subentries)):
        await async_import_module(hass, f"{__package__}.api.paging")
    coordinators = {}
    for subentry in subentries:
        try:
            resource = Resource.from_subentry(subentry)
        except InvalidDefinition as err:
            _LOGGER.error(
                "Resource %s is stored wrongly at %s", subentry.subentry_id, err
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
    coordinators: Iterable[ResourceCoordinator],
) -> None:
    """Fetch each resource for the first time, in the background: no API holds up the start.

    While Home Assistant starts, one after another: they are polled at different times from then on.
    """
    for place, coordinator in enumerate(coordinators):
        fetch = partial(_async_first_fetch, hass, entry, coordinator)
        if hass.is_running or not place:
            fetch()
            continue
        delay = min(place * _APART_SECONDS, coordinator.resource.schedule.interval / 2)
        entry.async_on_unload(async_call_later(hass, delay, fetch))


@callback
def _async_first_fetch(
    hass: HomeAssistant,
    entry: ConfigEntry,
    coordinator: ResourceCoordinator,
    _now: datetime | None = None,
) -> None:
    entry.async_create_background_task(
        hass, coordinator.async_refresh(), f"{DOMAIN} first fetch of a resource"
    )


async def async_fetch_all_now(coordinators: Iterable[ResourceCoordinator]) -> None:
    """Fetch resources whatever their schedules say; one that fails does not stop the others.

    Raises what the first one that failed raised, once all have been tried.
    """
    results = await asyncio.gather(
        *(coordinator.async_fetch_now() for coordinator in coordinators),
        return_exceptions=True,
    )
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _update_failure(err: ApiRefused) -> UpdateFailed:
    # A pause of no time would be a loop of requests.
    pause = None if err.retry_after is None else max(err.retry_after, MIN_INTERVAL)
    return UpdateFailed(
        retry_after=pause,
        translation_domain=DOMAIN,
        translation_key=refusal_key(err.status),
        # Without the API's own words: this message goes to the log.
        translation_placeholders={"status": str(err.status), "message": ""},
    )


def _later[Failure: HomeAssistantError](failure: Failure) -> Failure:
    """Return a failure with its pause made so long that Home Assistant's rounding does not cut it."""
    if isinstance(failure, UpdateFailed) and failure.retry_after is not None:
        failure.retry_after += _ROUNDING_SECONDS
    return failure
