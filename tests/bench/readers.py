"""Who turns answers into states: our integration, core's rest, and the floor beneath both."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
import time
from types import MappingProxyType
from typing import Any, Final

import orjson

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.definitions.account import (
    ENTRY_MINOR_VERSION,
    ENTRY_VERSION,
)
from custom_components.oauth2_client.providers.store import async_get_provider_store
from custom_components.oauth2_client.sensor import ResourceSensor
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.components.sensor import DATA_COMPONENT as SENSORS
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.setup import async_setup_component

from ..resources import entity_ids, settle
from .answers import LARGE_PATHS, UNIT, quantities, read_numbers
from .site import HEADERS, TOKEN, Site

# Nobody asks but who measures.
_NEVER: Final = 10**7
LARGE: Final = "large"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Brings states up to date when asked; `entities` are in the order of the answer."""

    update: Callable[[], Awaitable[object]]
    entities: tuple[str, ...]


async def set_up_ours(
    hass: HomeAssistant, site: Site, counts: Iterable[int], *, large: bool
) -> dict[str, Reader]:
    """Set up one account with a resource for each answer, and return their readers by path."""
    resources = {str(count): _quantity_values(count) for count in counts}
    if large:
        resources[LARGE] = [
            _value(f"v{index}", path) for index, path in enumerate(LARGE_PATHS)
        ]
    entry = await set_up_account(hass, site, resources)
    readers: dict[str, Reader] = {}
    for subentry in entry.subentries.values():
        by_key = entity_ids(hass, subentry)
        path = subentry.title
        entities = tuple(by_key[value["key"]] for value in resources[path])
        sensor = hass.data[SENSORS].get_entity(entities[0])
        assert isinstance(sensor, ResourceSensor)
        readers[path] = Reader(
            update=sensor.coordinator.async_fetch_now, entities=entities
        )
    return readers


async def set_up_account(
    hass: HomeAssistant,
    site: Site,
    resources: Mapping[str, list[dict[str, Any]]],
    *,
    name: str = "Bench",
    token: Mapping[str, Any] = MappingProxyType({}),
) -> ConfigEntry:
    """Set up an account, with a credential and a provider of its own."""
    assert await async_setup_component(hass, DOMAIN, {})
    store = await async_get_provider_store(hass)
    provider = store.draft_provider(
        {
            "name": name,
            "authorize_url": site.url("authorize"),
            "token_url": site.url("token"),
            "api_base_url": site.base_url,
        }
    )
    await store.async_keep_provider(provider)
    credential = await hass.data[DATA_COMPONENT].async_create_item(
        {"domain": DOMAIN, "client_id": name, "client_secret": "bench"}
    )
    entry = ConfigEntry(
        domain=DOMAIN,
        title=name,
        version=ENTRY_VERSION,
        # Else each start would bring it up to date.
        minor_version=ENTRY_MINOR_VERSION,
        source=SOURCE_USER,
        unique_id=None,
        options={},
        discovery_keys=MappingProxyType({}),
        data={
            "auth_implementation": credential["id"],
            "provider": provider.id,
            "variables": {},
            "scopes": [],
            # Without an expiry it is used as it is.
            "token": {"access_token": TOKEN, "received_at": time.time(), **token},
        },
        subentries_data=[
            ConfigSubentryData(
                data={"url": f"/{path}", "interval": _NEVER, "values": values},
                subentry_type="resource",
                title=path,
                unique_id=None,
            )
            for path, values in resources.items()
        ],
    )
    await hass.config_entries.async_add(entry)
    assert entry.state is ConfigEntryState.LOADED
    await settle(hass)
    return entry


def _quantity_values(count: int) -> list[dict[str, Any]]:
    return [
        _value(quantity.name, f"$.{quantity.dotted}") for quantity in quantities(count)
    ]


def _value(key: str, path: str) -> dict[str, Any]:
    return {
        "key": key,
        "name": key,
        "path": path,
        "unit": UNIT,
        "device_class": "power",
    }


async def set_up_rest(
    hass: HomeAssistant, site: Site, counts: Iterable[int]
) -> dict[str, Reader]:
    """Set up core's rest with a resource for each answer, and return their readers by path."""
    counts = list(counts)
    if not counts:
        return {}
    assert await async_setup_component(
        hass, "rest", {"rest": rest_config(site, counts)}
    )
    await settle(hass)
    registry = er.async_get(hass)
    readers: dict[str, Reader] = {}
    for count, coordinator in zip(
        counts, hass.data["rest"]["coordinator"], strict=True
    ):
        found = [
            registry.async_get_entity_id("sensor", "rest", f"{count}_{quantity.name}")
            for quantity in quantities(count)
        ]
        entities = tuple(entity_id for entity_id in found if entity_id is not None)
        readers[str(count)] = Reader(
            update=coordinator.async_refresh, entities=entities
        )
    return readers


def rest_config(site: Site, counts: Iterable[int]) -> list[dict[str, Any]]:
    """Return the configuration of core's rest, a resource for each answer."""
    return [
        {
            "resource": site.url(str(count)),
            "headers": HEADERS,
            "scan_interval": _NEVER,
            "sensor": [
                {
                    "name": f"rest {count} {quantity.name}",
                    "unique_id": f"{count}_{quantity.name}",
                    "value_template": f"{{{{ value_json.{quantity.dotted} }}}}",
                    "unit_of_measurement": UNIT,
                    "device_class": "power",
                    "state_class": "measurement",
                }
                for quantity in quantities(count)
            ],
        }
        for count in counts
    ]


def set_up_floor(
    hass: HomeAssistant, site: Site, like: Mapping[str, Reader]
) -> dict[str, Reader]:
    """Return what nobody can save: the request, one parse, and writes of the states others write.

    The states are set directly, without entities, with the attributes of the states of `like`.
    """
    session = async_create_clientsession(hass)

    def reader(path: str, model: Reader) -> Reader:
        attributes = [_attributes(hass, entity_id) for entity_id in model.entities]
        entities = tuple(f"sensor.floor_{path}_v{n}" for n in range(len(attributes)))
        url = site.url(path)

        async def update() -> None:
            async with session.get(url, headers=HEADERS) as response:
                document = orjson.loads(await response.read())
            for entity_id, number, attribute in zip(
                entities, read_numbers(document), attributes, strict=True
            ):
                hass.states.async_set(entity_id, str(number), attribute)

        return Reader(update=update, entities=entities)

    return {path: reader(path, model) for path, model in like.items() if path != LARGE}


def check_alike(hass: HomeAssistant, ours: Reader, rest: Reader) -> None:
    """Make sure that both write as much: each state with the same attributes but for its name."""
    for pair in zip(ours.entities, rest.entities, strict=True):
        written = [
            {**state.attributes, "friendly_name": None}
            for entity_id in pair
            if (state := hass.states.get(entity_id)) is not None
        ]
        if len(written) != 2 or written[0] != written[1]:
            raise RuntimeError(f"Not alike: {written}")


def large_parser(hass: HomeAssistant, body: bytes) -> Callable[[], Awaitable[object]]:
    """Return the floor of a large answer: to parse it off the loop, and to drop it there."""

    def parse() -> None:
        orjson.loads(body)

    return lambda: hass.async_add_executor_job(parse)


def _attributes(hass: HomeAssistant, entity_id: str) -> Mapping[str, Any]:
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.attributes
