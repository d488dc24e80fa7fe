"""Polls one resource."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache, partial
import logging
from typing import TYPE_CHECKING, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    HomeAssistantError,
    TemplateError,
)
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .account import Account
from .account.answers import Answer
from .account.reading import Renewing, async_read
from .api import ApiRequest, InvalidRequest
from .api.answer import ApiRefused, async_run_sized
from .const import DOMAIN
from .definitions.readings import Readings, ValueReader
from .definitions.request_template import RequestRenderer
from .definitions.resource import MIN_INTERVAL_SECONDS, Resource
from .document.parsing import UnreadableDocument
from .oauth2 import OAuth2Error
from .wire.clock import TimeLimit
from .wire.turns import async_get_timetable, async_get_turns

if TYPE_CHECKING:
    from .errors import FetchError

_LOGGER = logging.getLogger(__name__)

# Modules that redact values which are texts: a text may repeat a secret.
_REDACTORS: Final = ("api.redaction", "api.spellings", "definitions.redacted_readings")
# Home Assistant counts `retry_after` from the last full second and would retry up to a second too
# early. After a short pause that would be at once, again and again.
_ROUNDING_SECONDS: Final = 1.0
# The pause after a failure of the network, whose router may come up later than Home Assistant. It
# doubles with each in a row, up to the interval.
_FIRST_RETRY_SECONDS: Final = 10.0
_NETWORK_ERRORS: Final = frozenset({"cannot_connect", "host_busy", "timeout"})
# The pause between the first fetches of an account's resources while Home Assistant starts.
_FIRST_FETCH_SPACING_SECONDS: Final = 0.5
# The longest time over which these fetches are spread, however many there are.
_FIRST_FETCHES_SECONDS: Final = 30.0

# Writes a value with the context and the time (seconds since the epoch) of its answer, if it can.
type Shortcut = Callable[[object, Context, float], bool]

# Accounts of one provider often have the same resources.
_value_reader = lru_cache(64)(ValueReader)


class ResourceCoordinator(DataUpdateCoordinator[Readings]):
    """Polls one resource. Its `data` is None before the first successful answer."""

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
        )
        self.resource = resource
        self._account = account
        self._renewing = Renewing(account)
        self._turns = async_get_turns(hass)
        self._timetable = async_get_timetable(hass)
        self._unschedule = partial(self._timetable.remove, self)
        self._entry = entry
        self._renderer = RequestRenderer(hass, resource.request)
        self._reader = _value_reader(resource.values)
        self._templated = {value.key for value in resource.values if value.templates}
        self._version: int | None = None
        self._forced = False
        self._sent: ApiRequest | None = None
        # Ends the wait of the poll that is under way.
        self._poll: TimeLimit | None = None
        # How many fetches in a row did not reach the API.
        self._unreachable = 0
        # Keys of the values whose entities have yet to write the last update, None: all.
        self._unwritten: Collection[str] | None = None
        # The context and the time of the last new answer, in seconds since the epoch.
        self._context, self._updated_at = Context(), 0.0
        # By the key of a value: what writes it without its entity.
        self.shortcuts: dict[str, Shortcut] = {}
        # When a fetch last succeeded; when one last failed, and the key of its message.
        self.succeeded_at: float | None = None
        self.failed_at: float | None = None
        self.failure: str | None = None

    def concerns(self, key: str) -> bool:
        """Return whether the entity of a value has to write what the last update brought."""
        return self._unwritten is None or key in self._unwritten

    @callback
    @override
    def async_update_listeners(self) -> None:
        if self._unwritten is not None:
            self._unwritten = self._write_changed(self._unwritten) or ()
            if not self._unwritten:
                return
        super().async_update_listeners()

    def _write_changed(self, changed: Iterable[str]) -> set[str]:
        """Write changed values without their entities; return the keys that entities have to write."""
        values, context, updated_at = self.data.values, self._context, self._updated_at
        # A template may use more than the answer, for example the time.
        left = self._templated.copy()
        for key in changed:
            write = self.shortcuts.get(key)
            if write is None or not write(values[key], context, updated_at):
                left.add(key)
        return left

    @override
    async def async_refresh(self) -> None:
        await self._timetable.turn()
        await super().async_refresh()

    @callback
    @override
    def _schedule_refresh(self) -> None:
        if self._update_interval_seconds is None or self._entry.pref_disable_polling:
            return
        seconds, self._retry_after = self._retry_after, None
        if seconds is None:
            seconds = self._update_interval_seconds
        self._timetable.add(self, seconds)
        self._unsub_refresh = self._unschedule

    @callback
    def async_begin(self) -> None:
        """Poll in the background, as the timetable wants it."""
        self._entry.async_create_background_task(
            self.hass, self._handle_refresh_interval(), self.name
        )

    @override
    async def async_request_refresh(self) -> None:
        self._force_next_fetch()
        await super().async_request_refresh()

    async def async_fetch_now(self) -> None:
        """Fetch now: outside the schedule, and without reusing a recent answer.

        Raises UpdateFailed or ConfigEntryAuthFailed.
        """
        self._force_next_fetch()
        await self.async_refresh()
        # `last_exception` is kept after an update that succeeds.
        if not self.last_update_success and isinstance(
            self.last_exception, HomeAssistantError
        ):
            raise self.last_exception

    def _force_next_fetch(self) -> None:
        """Force the next fetch, since a person asked for it; end the poll that is under way."""
        self._forced = True
        if self._poll is not None:
            self._poll.end()
            self._poll = None

    @override
    async def _async_update_data(self) -> Readings:
        """Return the readings. Raises UpdateFailed and ConfigEntryAuthFailed."""
        forced, self._forced = self._forced, False
        before: Readings | None = self.data if self.last_update_success else None
        self._unwritten = None
        if (schedule := self.resource.schedule).has_hours:
            self.update_interval = timedelta(seconds=schedule.delay(dt_util.now()))
        try:
            readings = await self._renewing.get(self._async_read, before, forced)
        except (
            OAuth2Error,
            ApiRefused,
            UnreadableDocument,
            TemplateError,
            InvalidRequest,
        ) as err:
            failure = await self._async_failure(err)
        else:
            self._unreachable = 0
            self.succeeded_at = self._account.clock.now()
            if before is not None:
                self._unwritten = readings.changed_since(before)
            return readings
        self.failed_at = self._account.clock.now()
        self.failure = failure.translation_key
        # As `last_exception` it is kept: without `err`, whose frames hold tokens and answers.
        raise failure

    async def _async_failure(
        self, err: FetchError
    ) -> UpdateFailed | ConfigEntryAuthFailed:
        """Return the failure of a fetch; after a network failure, retry before the interval ends."""
        for module in ("account.preview", "errors"):
            await async_import_module(self.hass, f"{__package__}.{module}")
        from .account.preview import loggable_address  # noqa: PLC0415 - imported just now, off the event loop
        from .errors import as_update_failure  # noqa: PLC0415 - as above

        address = loggable_address(self._account, self._sent) if self._sent else ""
        failure = as_update_failure(err, address)
        if isinstance(err, OAuth2Error):
            self._account.note_host(self, err)
        if not isinstance(failure, UpdateFailed):
            return failure
        wait = failure.retry_after
        if isinstance(err, OAuth2Error) and err.code in _NETWORK_ERRORS:
            pause = _FIRST_RETRY_SECONDS * 2**self._unreachable
            if pause < self.resource.schedule.interval:
                self._unreachable += 1
                wait = max(pause, wait or 0.0)
        if isinstance(err, ApiRefused) and wait is not None:
            # A pause of 0 seconds would send requests in a loop.
            wait = max(wait, MIN_INTERVAL_SECONDS)
        failure.retry_after = None if wait is None else wait + _ROUNDING_SECONDS
        return failure

    async def _async_read(self, before: Readings | None, forced: bool) -> Readings:
        """Return the readings of a new answer, or `before` itself where the answer is the same."""
        self._sent = None
        resource, request = self.resource, self._renderer.render()
        self._sent = request
        fetch = partial(
            self._account.answers.fetch,
            request,
            pages=resource.pages,
            known=None if before is None else self._version,
        )
        answer = None if forced else await self._async_polled(fetch)
        if answer is None and before is not None and not forced:
            return before
        if answer is None:
            answer = await fetch()
        self._account.note_host(self, None)
        # Many answers may have arrived at once: they are read in turns.
        await self._turns.turn()
        if before is not None and answer.version == self._version:
            return before
        readings = await async_read(
            self.hass,
            self._account,
            request,
            answer,
            self._reader.read,
            is_found=lambda readings: readings.are_found,
            format=resource.format,
            pages=resource.pages,
        )
        if readings.may_have_secrets:
            readings = await self._async_redacted(readings, answer)
        self._version = answer.version
        self._context, self._updated_at = Context(), self._account.clock.now()
        return readings

    async def _async_redacted(self, readings: Readings, answer: Answer) -> Readings:
        for module in _REDACTORS:
            await async_import_module(self.hass, f"{__package__}.{module}")
        from .definitions.redacted_readings import redacted  # noqa: PLC0415 - imported just now, off the event loop

        redact = partial(redacted, readings, self._account.redaction())
        return await async_run_sized(self.hass, answer.responses, redact)

    async def _async_polled(
        self, fetch: Callable[..., Awaitable[Answer]]
    ) -> Answer | None:
        """Return the answer of a poll, None where a fetch that a person asked for ended the poll."""
        # Another resource may have sent an equal request just now.
        max_age = self.resource.schedule.interval / 2
        self._poll = TimeLimit()
        try:
            with self._poll:
                return await fetch(max_age=max_age, is_poll=True)
        except TimeoutError:
            return None
        finally:
            self._poll = None


@callback
def async_start_polling(
    hass: HomeAssistant,
    entry: ConfigEntry,
    coordinators: Collection[ResourceCoordinator],
) -> None:
    """Fetch each resource for the first time, in the background: no API delays the start.

    While Home Assistant starts, the fetches are spaced, and so are the later polls.
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
