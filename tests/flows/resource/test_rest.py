"""Moving over from `rest`: what is done differently is said, and entity ids can be kept."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ...fake_server import FakeServer, Fault
from ...resources import (
    SubentryFlow,
    change_values,
    entity_ids,
    settle,
    state_of,
    ticks,
)

OLD = "sensor.outside"


def _rest(server: FakeServer, **entity: Any) -> dict[str, Any]:
    sensor = {
        "name": "Outside",
        "value_template": "{{ value_json.counters.devices }}",
        **entity,
    }
    return {"rest": {"resource": f"{server.api_base_url}/usage", "sensor": [sensor]}}


async def _start(
    hass: HomeAssistant, account: ConfigEntry, rest: Any
) -> tuple[SubentryFlow, Any]:
    adding = SubentryFlow(hass, account)
    await adding.start()
    return adding, await adding.submit(interval=300, **{"import": {"rest": rest}})


async def _add(
    hass: HomeAssistant, account: ConfigEntry, rest: Any, *, keep: bool = True
) -> str:
    """Import, and return the id of the one entity."""
    adding, _ = await _start(hass, account, rest)
    result = await adding.submit(keep_entity_ids=keep)
    result = await adding.pick(*ticks(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await settle(hass)
    *_, subentry = account.subentries.values()
    [entity_id] = entity_ids(hass, subentry).values()
    return entity_id


def _entity_id(hass: HomeAssistant, account: ConfigEntry) -> str:
    *_, subentry = account.subentries.values()
    [entity_id] = entity_ids(hass, subentry).values()
    return entity_id


async def _later(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=10_000))
    await settle(hass)


async def test_what_is_done_differently_is_said_before_values_are_picked(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    rest = _rest(server, picture="weather.png")
    rest["rest"] |= {"verify_ssl": False, "username": "ada"}
    _, result = await _start(hass, account, rest)

    assert result["step_id"] == "rest"
    shown = result["description_placeholders"]
    notes = shown["notes"].split("\n")
    assert [note.partition(":")[0] for note in notes] == [
        "- `Outside`",
        "- `username`",
        "- `verify_ssl`",
    ]
    assert "Certificates are always checked" in notes[2]
    assert shown["entity_ids"].replace("\\", "") == OLD


async def test_where_nothing_is_different_that_is_said(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    _, result = await _start(hass, account, _rest(server))

    notes = result["description_placeholders"]["notes"]
    assert notes == "- Everything is taken over."


async def test_every_note_has_words(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    name = "A `name` with\nodd {braces} and *stars*"
    _, result = await _start(
        hass, account, _rest(server, name=name, icon="{{ this.state }}")
    )

    notes = result["description_placeholders"]["notes"]
    assert "{braces} and *stars*`: `icon` depends on the former state" in notes


@pytest.mark.parametrize(
    "icon",
    [
        "{{ 'mdi:lan' if value_json.counters.devices > 5 else 'mdi:lan-off' }}",
        "mdi:{% if value_json.counters.devices | int > 5 %}lan{% else %}lan-off{% endif %}",
        # These need more of the answer than the state does.
        "{{ 'mdi:lan' if value_json.counters['devices'] > 5 else 'mdi:lan-off' }}",
        "{{ 'mdi:lan' if value_json['counters'].devices > 5 else 'mdi:lan-off' }}",
        "{{ 'mdi:lan' if '7' in value else 'mdi:lan-off' }}",
    ],
)
async def test_an_icon_that_a_template_chooses_changes_with_the_state(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, icon: str
) -> None:
    await _add(hass, account, _rest(server, icon=icon))
    [coordinator] = account.runtime_data.resources.values()
    before = hass.states.get(OLD)
    server.api_faults.append(Fault.json(200, {"counters": {"devices": 1}}))
    await coordinator.async_fetch_now()
    after = hass.states.get(OLD)

    assert before is not None
    assert after is not None
    assert (before.state, before.attributes["icon"]) == ("7", "mdi:lan")
    assert (after.state, after.attributes["icon"]) == ("1", "mdi:lan-off")


async def test_what_is_no_icon_is_none(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    await _add(hass, account, _rest(server, icon="{{ value_json.counters }}"))
    state = hass.states.get(OLD)

    assert state is not None
    assert "icon" not in state.attributes


async def test_an_id_that_is_free_is_given_at_once(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    assert await _add(hass, account, _rest(server)) == OLD
    assert state_of(hass, OLD) == "7"


async def test_without_being_asked_for_no_id_is_kept(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    hass.states.async_set(OLD, "5")
    entity_id = await _add(hass, account, _rest(server), keep=False)
    hass.states.async_remove(OLD)
    await _later(hass)

    assert _entity_id(hass, account) == entity_id != OLD


async def test_an_id_is_given_once_the_old_sensor_is_gone(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    hass.states.async_set(OLD, "5")
    first = await _add(hass, account, _rest(server))
    await _later(hass)
    assert first != OLD
    assert _entity_id(hass, account) == first

    hass.states.async_remove(OLD)
    await _later(hass)

    assert _entity_id(hass, account) == OLD
    assert state_of(hass, OLD) == "7"


async def test_an_old_sensor_that_was_only_reloaded_keeps_its_id(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    hass.states.async_set(OLD, "5")
    first = await _add(hass, account, _rest(server))
    await _later(hass)

    hass.states.async_remove(OLD)
    await hass.async_block_till_done()
    hass.states.async_set(OLD, "5")
    await _later(hass)

    assert _entity_id(hass, account) == first


async def test_the_id_of_an_old_sensor_is_known_by_its_unique_id(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    old = entity_registry.async_get_or_create(
        "sensor", "rest", "outside-1", suggested_object_id="renamed_by_me"
    )
    hass.states.async_set(old.entity_id, "5")
    rest = _rest(server, unique_id="outside-1")
    first = await _add(hass, account, rest)
    await _later(hass)
    assert first != old.entity_id

    # As Home Assistant does where the YAML has no such sensor any more.
    hass.states.async_set(old.entity_id, "unavailable", {"restored": True})
    await _later(hass)

    assert _entity_id(hass, account) == "sensor.renamed_by_me"
    assert state_of(hass, "sensor.renamed_by_me") == "7"


async def test_an_id_of_another_integration_is_never_taken(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    other = entity_registry.async_get_or_create(
        "sensor", "mqtt", "1", suggested_object_id="outside"
    )
    assert other.entity_id == OLD
    adding, result = await _start(hass, account, _rest(server))
    assert result["description_placeholders"]["entity_ids"] == ("none that can be kept")
    result = await adding.submit()
    await adding.pick(*ticks(result))
    await settle(hass)
    await _later(hass)

    assert entity_registry.async_get(OLD) == other
    assert _entity_id(hass, account) != OLD


async def test_an_id_that_the_user_has_changed_meanwhile_stays(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    hass.states.async_set(OLD, "5")
    first = await _add(hass, account, _rest(server))
    await _later(hass)
    entity_registry.async_update_entity(first, new_entity_id="sensor.mine")
    await settle(hass)

    hass.states.async_remove(OLD)
    await _later(hass)
    await hass.config_entries.async_reload(account.entry_id)
    await settle(hass)
    await _later(hass)

    assert _entity_id(hass, account) == "sensor.mine"


async def test_an_id_that_was_given_and_then_changed_stays_changed(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    await _add(hass, account, _rest(server))
    await _later(hass)
    entity_registry.async_update_entity(OLD, new_entity_id="sensor.mine")
    await settle(hass)
    await hass.config_entries.async_reload(account.entry_id)
    await settle(hass)
    await _later(hass)

    assert _entity_id(hass, account) == "sensor.mine"


async def test_after_a_restart_it_waits_until_all_is_set_up(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    hass.states.async_set(OLD, "5")
    first = await _add(hass, account, _rest(server))
    await _later(hass)
    await hass.config_entries.async_unload(account.entry_id)
    # YAML is not set up yet: its sensor is not there.
    hass.set_state(CoreState.starting)
    hass.states.async_remove(OLD)
    await hass.config_entries.async_setup(account.entry_id)
    await settle(hass)
    await _later(hass)
    assert _entity_id(hass, account) == first

    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await settle(hass)
    await _later(hass)

    assert _entity_id(hass, account) == OLD


def _several(server: FakeServer) -> list[dict[str, Any]]:
    """Return definitions of three addresses, of which the last belongs to another service."""
    return [
        {
            "resource": url,
            "sensor": {
                "name": name,
                "value_template": f"{{{{ value_json.{key} }}}}",
            },
        }
        for name, url, key in (
            ("Outside", f"{server.api_base_url}/usage", "counters.devices"),
            ("Weather", f"{server.api_base_url}/weather", "current.temperature"),
            ("Elsewhere", "https://elsewhere.example/", "a"),
        )
    ]


async def test_of_several_those_of_the_service_are_ticked_and_added_at_once(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    adding, result = await _start(hass, account, {"rest": _several(server)})
    assert result["step_id"] == "rest_choice"
    [(key, field), _] = result["data_schema"].schema.items()
    assert [option["label"] for option in field.config["options"]] == [
        f"Outside · {server.api_base_url}/usage",
        f"Weather · {server.api_base_url}/weather",
        "Elsewhere · https://elsewhere.example/",
    ]
    assert key.default() == ["0", "1"]

    result = await adding.submit(chosen=key.default())
    for name in ("Outside", "Weather"):
        assert result["step_id"] == "rest"
        assert result["description_placeholders"]["resource"] == name
        assert not account.subentries
        result = await adding.submit(keep_entity_ids=True)
        result = await adding.pick(*ticks(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass)

    titles = sorted(subentry.title for subentry in account.subentries.values())
    assert titles == ["Outside", "Weather"]
    assert state_of(hass, OLD) == "7"
    assert float(state_of(hass, "sensor.weather") or 0) > 20


async def test_one_that_cannot_be_fetched_is_told_and_can_be_left_out(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    adding, _ = await _start(hass, account, {"rest": _several(server)})
    await adding.submit(chosen=["0", "1", "2"])
    for _ in range(2):
        result = await adding.submit(keep_entity_ids=False)
        result = await adding.pick(*ticks(result))
    assert result["step_id"] == "rest_choice"
    assert result["errors"] == {"chosen": "host_not_allowed"}

    result = await adding.submit(chosen=[])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass)
    titles = sorted(subentry.title for subentry in account.subentries.values())
    assert titles == ["Outside", "Weather"]


async def test_without_a_tick_nothing_is_moved(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    adding, _ = await _start(hass, account, {"rest": _several(server)})
    result = await adding.submit(chosen=[])

    assert result["errors"] == {"chosen": "nothing_ticked"}


@pytest.mark.parametrize(
    ("url", "attributes", "path", "shown"),
    [
        ("/list", ["id", "name"], "$", {"id": "a", "name": "One"}),
        ("/nested", ["id"], "$.items", {"id": "a"}),
        ("/plain", ["id"], "$.item", {"id": "a"}),
    ],
)
async def test_attributes_of_a_list_are_those_of_its_first_element(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    url: str,
    attributes: list[str],
    path: str,
    shown: dict[str, str],
) -> None:
    items = [{"id": "a", "name": "One"}, {"id": "b", "name": "Two"}]
    answers = {
        "/list": items,
        "/nested": {"items": items},
        "/plain": {"item": items[0]},
    }
    server.api_faults.extend([Fault.json(200, answers[url])] * 4)
    rest = _rest(
        server,
        value_template="OK",
        json_attributes=attributes,
        json_attributes_path=path,
    )
    rest["rest"]["resource"] = f"{server.api_base_url}{url}"
    entity_id = await _add(hass, account, rest)

    state = hass.states.get(entity_id)
    assert state is not None
    assert state.state == "OK"
    assert shown.items() <= dict(state.attributes).items()


async def test_an_edited_value_still_waits_for_its_id(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    hass.states.async_set(OLD, "5")
    first = await _add(hass, account, _rest(server))
    await _later(hass)
    [subentry] = account.subentries.values()
    value = {"name": "Changed", "path": "$.counters.devices"}
    await change_values(hass, account, subentry, [value])
    await settle(hass)
    assert _entity_id(hass, account) == first

    hass.states.async_remove(OLD)
    await _later(hass)

    assert _entity_id(hass, account) == OLD
