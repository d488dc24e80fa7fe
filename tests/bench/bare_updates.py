"""What an update takes at best: core's coordinator, a request, one parse, and nothing else.

The states are written with as little work as `async_set` can be called with, or by plain sensors.
"""

from collections.abc import Mapping
from datetime import timedelta
import logging
import time
from typing import Final, override

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
import orjson

from homeassistant.components.sensor import (
    DATA_COMPONENT as SENSORS,
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.update_coordinator import (
    CoordinatorEntity,
    DataUpdateCoordinator,
)

from .answers import UNIT, read_numbers
from .figures import BEST, PLAIN
from .readers import LARGE, Reader
from .site import HEADERS, Site

_LOGGER = logging.getLogger(__name__)

# Nobody asks but who measures.
_NEVER: Final = timedelta(days=100)
# A timer of its own for each request takes longer than ours does, which has one for all.
_NO_TIMEOUT: Final = ClientTimeout(total=None)


class _Coordinator(DataUpdateCoordinator[list[object]]):
    def __init__(self, hass: HomeAssistant, session: ClientSession, url: str) -> None:
        super().__init__(
            hass, _LOGGER, config_entry=None, name=url, update_interval=_NEVER
        )
        self._session = session
        self._url = url

    @override
    async def _async_update_data(self) -> list[object]:
        async with self._session.get(
            self._url, headers=HEADERS, timeout=_NO_TIMEOUT
        ) as response:
            return list(read_numbers(orjson.loads(await response.read())))


class _PlainSensor(CoordinatorEntity[_Coordinator], SensorEntity):
    _attr_device_class = SensorDeviceClass.POWER
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = UNIT

    def __init__(self, coordinator: _Coordinator, entity_id: str, place: int) -> None:
        super().__init__(coordinator)
        self.entity_id = entity_id
        self._attr_name = entity_id.partition(".")[2]
        self._place = place

    @property
    @override
    def native_value(self) -> float:
        number = self.coordinator.data[self._place]
        assert isinstance(number, float)
        return number


async def set_up_bare_updates(
    hass: HomeAssistant, site: Site, like: Mapping[str, Reader]
) -> dict[str, dict[str, Reader]]:
    """Return readers by path, of those who write alone and of plain sensors."""
    session = async_create_clientsession(hass, cookie_jar=DummyCookieJar())
    best, plain = {}, {}
    for path, model in like.items():
        if path != LARGE:
            best[path] = await _writes(
                hass, _Coordinator(hass, session, site.url(path)), path, model
            )
            plain[path] = await _sensors(
                hass, _Coordinator(hass, session, site.url(path)), path, model
            )
    return {BEST: best, PLAIN: plain}


async def _writes(
    hass: HomeAssistant, coordinator: _Coordinator, path: str, model: Reader
) -> Reader:
    """Return who writes with the attributes of before, and with one context and time for all."""
    states = hass.states
    entities = tuple(f"sensor.best_{path}_v{n}" for n in range(len(model.entities)))
    for entity_id, alike in zip(entities, model.entities, strict=True):
        state = states.get(alike)
        assert state is not None, alike
        states.async_set(entity_id, "0", state.attributes)

    def write() -> None:
        context, now = Context(), time.time()
        for entity_id, number in zip(entities, coordinator.data, strict=True):
            last = states.get(entity_id)
            assert last is not None
            states.async_set(
                entity_id,
                f"{number:.15}",
                last.attributes,
                context=context,
                state_info=last.state_info,
                timestamp=now,
            )

    coordinator.async_add_listener(write)
    return Reader(update=coordinator.async_refresh, entities=entities)


async def _sensors(
    hass: HomeAssistant, coordinator: _Coordinator, path: str, model: Reader
) -> Reader:
    """Return who has a sensor for each number that knows its class and unit, and nothing else."""
    await coordinator.async_refresh()
    entities = tuple(f"sensor.plain_{path}_v{n}" for n in range(len(model.entities)))
    await hass.data[SENSORS].async_add_entities(
        _PlainSensor(coordinator, entity_id, place)
        for place, entity_id in enumerate(entities)
    )
    return Reader(update=coordinator.async_refresh, entities=entities)
