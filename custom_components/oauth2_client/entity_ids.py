"""Gives an entity the id of the entity of another integration that it replaces."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.const import ATTR_RESTORED
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.event import (
    async_call_later,
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)
from homeassistant.helpers.start import async_at_started

from .const import DOMAIN, WAITS_FOR

# The integration whose entities may be replaced.
_REST: Final = "rest"
# A reload of YAML removes the old entity and adds it again within this time: until it is over, the id
# is not taken.
_SETTLE_SECONDS: Final = 10.0
# An option of the entity in the registry: the id that it has while it waits for the wanted one.
_WAITS_AS: Final = "waits_as"


@callback
def async_is_free(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an id is unused, or registered for an entity of `rest` that is not set up."""
    state = hass.states.get(entity_id)
    if (holder := er.async_get(hass).async_get(entity_id)) is None:
        return state is None
    if holder.platform != _REST or holder.disabled_by is not None:
        return False
    return state is None or bool(state.attributes.get(ATTR_RESTORED))


@callback
def async_free(hass: HomeAssistant, entity_id: str) -> None:
    """Remove the registered entity of `rest` that has an id."""
    registry = er.async_get(hass)
    if (holder := registry.async_get(entity_id)) and holder.platform == _REST:
        registry.async_remove(entity_id)


@callback
def async_take_entity_id(entity: Entity, wanted_id: str) -> None:
    """Give an entity the wanted id as soon as that is free.

    Once only: if the user gives it another id, before or afterwards, this one stays.
    """
    entry = entity.registry_entry
    if entry is None:
        return
    options: Mapping[str, Any] = entry.options.get(DOMAIN, {})
    if options.get(_WAITS_AS, entity.entity_id) == entity.entity_id:
        _Wait(entity, wanted_id)


class _Wait:
    """The wait of an entity for an id, which ends with the entity's removal at the latest."""

    def __init__(self, entity: Entity, wanted_id: str) -> None:
        self._entity = entity
        self._wanted_id = wanted_id
        self._cancel: CALLBACK_TYPE | None = None
        self._has_ended = False
        hass = entity.hass
        for stop in (
            async_track_state_change_event(hass, wanted_id, self._changed),
            async_track_entity_registry_updated_event(hass, wanted_id, self._changed),
            async_at_started(hass, self._started),
            self._end,
        ):
            entity.async_on_remove(stop)

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self._try_in(0 if self._is_new else _SETTLE_SECONDS)

    @property
    def _is_new(self) -> bool:
        """Whether no earlier set-up has tried to take the id."""
        entry = self._entity.registry_entry
        return entry is None or DOMAIN not in entry.options

    @callback
    def _changed(self, _event: Event[Any]) -> None:
        if self._entity.hass.is_running:
            self._try_in(_SETTLE_SECONDS)

    @callback
    def _try_in(self, seconds: float) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        # An event may still arrive after the wait has ended.
        if not self._has_ended:
            self._cancel = async_call_later(self._entity.hass, seconds, self._try)

    @callback
    def _end(self) -> None:
        self._has_ended = True
        if self._cancel is not None:
            self._cancel()

    @callback
    def _try(self, _now: datetime) -> None:
        self._cancel = None
        hass, entity_id = self._entity.hass, self._entity.entity_id
        registry = er.async_get(hass)
        has_id = entity_id == self._wanted_id
        takes_id = not has_id and async_is_free(hass, self._wanted_id)
        self._has_ended = has_id or takes_id
        waiting = {_WAITS_AS: entity_id, WAITS_FOR: self._wanted_id}
        registry.async_update_entity_options(
            entity_id, DOMAIN, {WAITS_FOR: ""} if self._has_ended else waiting
        )
        if takes_id:
            async_free(hass, self._wanted_id)
            registry.async_update_entity(entity_id, new_entity_id=self._wanted_id)
