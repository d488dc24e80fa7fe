"""Polls one resource."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import timedelta
from functools import lru_cache, partial
import logging
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, State, StateMachine, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    HomeAssistantError,
    TemplateError,
)
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .account import Account
from .account.answers import Answer
from .account.reading import TokenRetry, async_read
from .api import ApiRequest, InvalidRequest
from .api.answer import ApiRefused, async_run_sized
from .definitions import RequestRenderer
from .definitions.readings import Readings, ValueReader
from .definitions.resource import MIN_INTERVAL_SECONDS, Resource
from .document.parsing import UnreadableDocument
from .oauth2 import OAuth2Error
from .wire.clock import TimeLimit
from .wire.turns import async_get_timetable, async_get_turns

if TYPE_CHECKING:
    from .errors import FetchError

_LOGGER = logging.getLogger(__name__)

# Modules that redact values that are texts, since a text may repeat a secret.
_REDACTORS: Final = ("api.redaction", "api.spellings", "definitions.redacted_readings")
# Home Assistant counts `retry_after` from the last full second, so it would retry up to a second too
# early: with a short pause at once, again and again.
_ROUNDING_SECONDS: Final = 1.0
# The pause after a failure of the network: after a power cut, the router may start more slowly than
# Home Assistant. It doubles with each failure in a row, up to the interval.
_FIRST_RETRY_SECONDS: Final = 10.0
# Larger integers are written by their entities, which refuse those with too many digits.
_DIRECT_INTEGER_LIMIT: Final = 2**63

# Accounts of one provider often have the same resources.
_value_reader = lru_cache(64)(ValueReader)


class Quantities:
    """Writes states of sensors that show a number of the answer unchanged, without the entities.

    What Home Assistant computes when an entity writes its state (attributes, names, categories) takes
    longer than the rest of an update (docs/decisions/0006). It has not changed as long as the state has
    the same attributes object, since each write by the entity makes a new one.
    """

    def __init__(self, states: StateMachine) -> None:
        self._states = states
        # By the key of the value: the entity's id and the attributes of its state.
        self._targets: dict[str, tuple[str, Mapping[str, Any]]] = {}

    @callback
    def add(self, key: str, state: State) -> None:
        """Write the next numbers of a value from now on, with the attributes of its current state."""
        self._targets[key] = state.entity_id, state.attributes

    @callback
    def discard(self, key: str) -> None:
        """Let the entity of a value write its state."""
        self._targets.pop(key, None)

    @callback
    def write(
        self,
        changed: Iterable[str],
        values: Mapping[str, object],
        context: Context,
        timestamp: float,
    ) -> list[str]:
        """Write the changed numbers of an answer; return the keys that their entities have to write.

        All states of an answer share one context. The logbook takes that for a common cause, but it
        does not show quantities. `timestamp` is in seconds since the epoch.
        """
        unwritten = []
        targets, read, write = self._targets, self._states.get, self._states.async_set
        for key in changed:
            number, target, text = values[key], targets.get(key), None
            if type(number) is float and isfinite(number):
                text = f"{number:.15}"
            elif type(number) is int and abs(number) < _DIRECT_INTEGER_LIMIT:
                text = str(number)
            if target is None or text is None:
                unwritten.append(key)
                continue
            entity_id, attributes = target
            last = read(entity_id)
            if last is None or last.attributes is not attributes:
                unwritten.append(key)
                continue
            write(
                entity_id,
                text,
                attributes,
                context=context,
                state_info=last.state_info,
                timestamp=timestamp,
            )
        return unwritten


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
        self._retry = TokenRetry(account)
        self._turns = async_get_turns(hass)
        self._timetable = async_get_timetable(hass)
        self._unschedule = partial(self._timetable.remove, self)
        self._entry = entry
        self._renderer = RequestRenderer(hass, resource.request)
        self._reader = _value_reader(resource.values)
        self._templated = {value.key for value in resource.values if value.templates}
        self._version: int | None = None
        self._is_forced = False
        # The request of the last fetch, None if it could not be rendered.
        self._request: ApiRequest | None = None
        # Ends the poll that is under way.
        self._poll_limit: TimeLimit | None = None
        self._network_failures = 0
        # The keys of the values whose entities have to write the last update, None: all.
        self._unwritten: Collection[str] | None = None
        # The context and the time of the last new answer, in seconds since the epoch.
        self._context, self._updated_at = Context(), 0.0
        self.quantities = Quantities(hass.states)
        # When a fetch last succeeded and last failed, and the translation key of the last failure.
        self.succeeded_at: float | None = None
        self.failed_at: float | None = None
        self.failure: str | None = None

    def must_write(self, key: str) -> bool:
        """Return whether the entity of a value has to write its state after the last update."""
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
        unwritten = self.quantities.write(
            changed, self.data.values, self._context, self._updated_at
        )
        # A template may use more than the answer, for example the time.
        return self._templated.union(unwritten)

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
        """Poll in the background. The timetable calls this when the poll is due."""
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
        """Let the next fetch reuse no answer and wait for no poll; end a poll that is under way."""
        self._is_forced = True
        if self._poll_limit is not None:
            self._poll_limit.end()
            self._poll_limit = None

    @override
    async def _async_update_data(self) -> Readings:
        """Return the readings. Raises UpdateFailed and ConfigEntryAuthFailed."""
        is_forced, self._is_forced = self._is_forced, False
        previous: Readings | None = self.data if self.last_update_success else None
        self._unwritten = None
        if (schedule := self.resource.schedule).has_hours:
            self.update_interval = timedelta(seconds=schedule.delay(dt_util.now()))
        try:
            readings = await self._retry.call(self._async_read, previous, is_forced)
        except (
            OAuth2Error,
            ApiRefused,
            UnreadableDocument,
            TemplateError,
            InvalidRequest,
        ) as err:
            failure = await self._async_failure(err)
        else:
            self._network_failures = 0
            self.succeeded_at = self._account.clock.now()
            if previous is not None:
                self._unwritten = readings.changed_since(previous)
            return readings
        self.failed_at = self._account.clock.now()
        self.failure = failure.translation_key
        # Outside of the `except` block, so that no context with frames of tokens and answers is kept.
        raise failure

    async def _async_failure(
        self, err: FetchError
    ) -> UpdateFailed | ConfigEntryAuthFailed:
        """Return the failure of a fetch; if the API was not reached, retry before the interval ends."""
        for module in ("account.preview", "errors"):
            await async_import_module(self.hass, f"{__package__}.{module}")
        from .account.preview import loggable_address  # noqa: PLC0415 - imported just now, off the event loop
        from .errors import as_update_failure, is_unreachable  # noqa: PLC0415 - as above

        request = self._request
        address = loggable_address(self._account, request) if request else ""
        failure = as_update_failure(err, address)
        if isinstance(err, OAuth2Error):
            self._account.note_host(self, err)
        if not is_unreachable(err):
            self._network_failures = 0
        if not isinstance(failure, UpdateFailed):
            return failure
        retry_after = failure.retry_after
        if is_unreachable(err):
            pause = _FIRST_RETRY_SECONDS * 2**self._network_failures
            if pause < self.resource.schedule.interval:
                self._network_failures += 1
                retry_after = max(pause, retry_after or 0.0)
        if isinstance(err, ApiRefused) and retry_after is not None:
            # A pause of 0 seconds would send requests in a loop.
            retry_after = max(retry_after, MIN_INTERVAL_SECONDS)
        if retry_after is not None:
            failure.retry_after = retry_after + _ROUNDING_SECONDS
        return failure

    async def _async_read(self, previous: Readings | None, is_forced: bool) -> Readings:
        """Return the readings of a new answer, or `previous` itself if the answer is the same."""
        self._request = None
        resource, request = self.resource, self._renderer.render()
        self._request = request
        fetch = partial(
            self._account.answers.fetch,
            request,
            pages=resource.pages,
            known_version=None if previous is None else self._version,
        )
        answer = None if is_forced else await self._async_polled(fetch)
        if answer is None and previous is not None and not is_forced:
            return previous
        if answer is None:
            answer = await fetch()
        self._account.note_host(self, None)
        # Many answers may have arrived at once: they are read in turns.
        await self._turns.turn()
        if previous is not None and answer.version == self._version:
            return previous
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
        # A text may also be a number as people write it, which a sensor reads in the event loop.
        for module in (*_REDACTORS, "document.quantities"):
            await async_import_module(self.hass, f"{__package__}.{module}")
        from .definitions.redacted_readings import redacted  # noqa: PLC0415 - imported just now, off the event loop

        redact = partial(redacted, readings, self._account.redaction())
        return await async_run_sized(self.hass, answer.responses, redact)

    async def _async_polled(
        self, fetch: Callable[..., Awaitable[Answer]]
    ) -> Answer | None:
        """Return the answer of a poll, None if a forced fetch has ended the poll."""
        # Another resource may have sent an equal request just now.
        max_age = self.resource.schedule.interval / 2
        self._poll_limit = TimeLimit()
        try:
            with self._poll_limit:
                return await fetch(max_age=max_age, is_poll=True)
        except TimeoutError:
            return None
        finally:
            self._poll_limit = None
