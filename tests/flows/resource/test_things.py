"""Adding a known resource of a thing, whose address needs an id that another request gives."""

import asyncio
from collections.abc import Callable
from copy import replace
from typing import Any, Final

import pytest

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from ...fake_server import FakeServer, Fault
from ...resources import SubentryFlow, entity_ids, settle
from ...waiting import until

PUMPS: Final[dict[str, Any]] = {
    "url": "/pumps",
    "path": "$.pumps",
    "ids": {"pump": "id"},
    "name": ["name"],
}
LOG: Final[dict[str, Any]] = {
    "id": "log",
    "name": "Log",
    "url": "/echo/{pump}/log",
    "query": {"of": "{pump}"},
    "interval": 900,
    "of": [PUMPS],
    "values": [{"key": "path", "name": "Path", "path": "$.path"}],
}
ENERGY: Final[dict[str, Any]] = {
    **LOG,
    "id": "energy",
    "name": "Energy",
    "url": "/echo/{pump}/energy",
}
WEATHER: Final[dict[str, Any]] = {
    "id": "weather",
    "name": "Weather",
    "url": "/weather",
    "values": [{"key": "speed", "name": "Speed", "path": "$.wind.speed"}],
}
CELLAR: Final = {"id": "c 1", "name": "Cellar"}
ROOF: Final = {"id": "r/2", "name": "Roof"}

type Adding = Callable[..., Any]


def _know(account: ConfigEntry, *known: dict[str, Any]) -> None:
    connected = account.runtime_data.account
    connected.provider = replace(connected.provider, known_resources_json=known)


def _listed(*pumps: object) -> Fault:
    return Fault.json(200, {"pumps": pumps})


@pytest.fixture
def adding(hass: HomeAssistant, account: ConfigEntry, server: FakeServer) -> Adding:
    """Opens the form of known resources, with what the API answers to the next requests."""

    async def open_form(*known: dict[str, Any], answers: Any = ()) -> SubentryFlow:
        _know(account, *known)
        adding = SubentryFlow(hass, account)
        result = await adding.start()
        assert result["step_id"] == "user"
        server.api_faults.extend(answers)
        server.api_requests.clear()
        return adding

    return open_form


def _titles(account: ConfigEntry) -> list[str]:
    return [subentry.title for subentry in account.subentries.values()]


def _urls(account: ConfigEntry) -> list[str]:
    return [subentry.data["url"] for subentry in account.subentries.values()]


def _labels(result: Any) -> list[str]:
    options = result["data_schema"].schema["things"].config["options"]
    return [option["label"] for option in options]


def _ticked(result: Any, field: str) -> list[str]:
    keys = result["data_schema"].schema
    [key] = [key for key in keys if key == field]
    ticked: list[str] = key.description["suggested_value"]
    return ticked


async def test_the_only_thing_is_taken_without_asking(
    hass: HomeAssistant, account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    form = await adding(LOG, answers=[_listed(CELLAR)])
    result = await form.submit(known=["log"])

    assert (result["type"], result["title"]) == (
        FlowResultType.CREATE_ENTRY,
        "Sandbox log",
    )
    [subentry] = account.subentries.values()
    # What is stored is the request alone, as if a person had entered it.
    assert subentry.data == {
        "url": "/echo/c%201/log",
        "method": "GET",
        "query": {"of": "c 1"},
        "headers": {},
        "body": None,
        "interval": 900,
        "start": None,
        "end": None,
        "format": "auto",
        "pages": None,
        "values": [
            {"key": "path", "name": "Path", "path": "$.path", "platform": "sensor"}
        ],
    }
    assert set(entity_ids(hass, subentry)) == {"path"}
    assert [each.path for each in server.api_requests[:2]] == [
        "/api/pumps",
        "/api/echo/c 1/log",
    ]


@pytest.mark.parametrize("id_", ["a/b", "a b", "ä", "50%", "%2F", "a?b&c", "{{ 1 }}"])
async def test_any_id_arrives_as_it_is(
    hass: HomeAssistant,
    account: ConfigEntry,
    adding: Adding,
    server: FakeServer,
    id_: str,
) -> None:
    form = await adding(LOG, answers=[_listed({"id": id_})])
    await form.submit(known=["log"])
    await settle(hass)

    [state] = hass.states.async_all("sensor")
    assert state.state == f"/api/echo/{id_}/log"
    [own, polled] = server.api_requests[1:]
    assert (own.path, own.query) == (polled.path, polled.query)


async def test_of_several_things_each_that_is_ticked_is_a_device(
    hass: HomeAssistant, account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    form = await adding(LOG, answers=[_listed(CELLAR, ROOF, {"id": 3})])
    result = await form.submit(known=["log"])

    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "things")
    assert _labels(result) == ["Cellar log", "Roof log", "3 log"]
    assert result["description_placeholders"]["more"] == ""
    # Nothing but the list was asked for yet.
    assert len(server.api_requests) == 1
    result = await form.submit(things=["log_1", "log_3"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert sorted(_titles(account)) == ["Sandbox 3 log", "Sandbox cellar log"]
    await settle(hass)
    assert hass.states.get("sensor.sandbox_cellar_log_path")


async def test_a_second_visit_offers_the_things_that_are_left(
    hass: HomeAssistant, account: ConfigEntry, adding: Adding
) -> None:
    listed = _listed(CELLAR, ROOF, {"id": 3})
    form = await adding(LOG, answers=[listed])
    await form.submit(known=["log"])
    await form.submit(things=["log_2"])
    form = await adding(LOG, answers=[listed])
    result = await form.submit(known=["log"])

    assert _labels(result) == ["Cellar log", "3 log"]
    await form.submit(things=["log_1"])
    form = await adding(LOG, answers=[listed])
    # The last one is taken without asking, and has its name all the same.
    result = await form.submit(known=["log"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert sorted(_titles(account)) == [
        "Sandbox 3 log",
        "Sandbox cellar log",
        "Sandbox roof log",
    ]
    form = await adding(LOG, answers=[listed])
    result = await form.submit(known=["log"])
    assert result["errors"] == {"base": "all_added", "known": "not_added"}


async def test_what_is_of_the_same_things_asks_for_them_once(
    account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    form = await adding(LOG, ENERGY, answers=[_listed(CELLAR, ROOF)])
    result = await form.submit(known=["log", "energy"])

    assert _labels(result) == [
        "Cellar log",
        "Roof log",
        "Cellar energy",
        "Roof energy",
    ]
    assert len(server.api_requests) == 1
    await form.submit(things=["log_1", "energy_2"])
    assert sorted(_urls(account)) == ["/echo/c%201/log", "/echo/r%2F2/energy"]


@pytest.mark.parametrize(
    "answer",
    [_listed(), _listed({"name": "No id"}, {"id": ".."}, {"id": {}}), Fault(204)],
)
async def test_where_nothing_is_listed_that_is_told(
    account: ConfigEntry, adding: Adding, answer: Fault
) -> None:
    form = await adding(LOG, WEATHER, answers=[answer])
    result = await form.submit(known=["log"])

    assert result["errors"] == {"base": "nothing_listed", "known": "not_added"}
    assert result["description_placeholders"]["failed"] == "Log"
    assert (_ticked(result, "known"), _titles(account)) == (["log"], [])


async def test_a_list_that_fails_is_told_as_other_requests_are(
    account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    form = await adding(LOG, WEATHER, answers=[Fault.json(500, {"message": "Oh"})])
    result = await form.submit(known=["log", "weather"])

    assert result["errors"] == {"base": "api_refused", "known": "not_added"}
    told = result["description_placeholders"]
    assert told["address"] == f"{server.api_base_url}/pumps"
    assert (_ticked(result, "known"), _titles(account)) == (
        ["log"],
        ["Sandbox weather"],
    )


async def test_an_error_in_place_of_a_list_is_told(
    account: ConfigEntry, adding: Adding
) -> None:
    error = Fault.json(200, {"error": {"code": 403, "message": "Not yours"}})
    form = await adding(LOG, answers=[error])
    result = await form.submit(known=["log"])

    assert result["errors"]["base"] == "api_forbidden"
    assert "Not yours" in result["description_placeholders"]["quotation"]


async def test_a_list_that_needs_more_scopes_says_which_and_a_repair_asks_for_them(
    hass: HomeAssistant, account: ConfigEntry, adding: Adding
) -> None:
    known = {**LOG, "scopes": ["read", "pumps:read"]}
    form = await adding(known, answers=[Fault.json(403, {})])
    result = await form.submit(known=["log"])

    assert result["errors"] == {"base": "list_needs_scopes", "known": "not_added"}
    assert result["description_placeholders"]["scopes"] == "pumps:read"
    issue_id = f"scope_missing_{account.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.data == {"entry_id": account.entry_id, "add_scopes": "pumps:read"}


async def test_a_thing_that_fails_leaves_the_others(
    account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    form = await adding(LOG, answers=[_listed(CELLAR, ROOF, {"id": 3})])
    await form.submit(known=["log"])
    server.api_faults.append(Fault.json(500, {}))
    result = await form.submit(things=["log_1", "log_2"])

    assert result["errors"] == {"base": "api_refused", "things": "not_added"}
    assert result["description_placeholders"]["failed"] == "Cellar log"
    assert _titles(account) == ["Sandbox roof log"]
    assert _labels(result) == ["Cellar log", "3 log"]
    assert _ticked(result, "things") == ["log_1"]
    result = await form.submit(things=["log_1"])
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_no_thing_ticked_is_told(account: ConfigEntry, adding: Adding) -> None:
    form = await adding(LOG, answers=[_listed(CELLAR, ROOF)])
    await form.submit(known=["log"])
    result = await form.submit()

    assert result["errors"] == {"things": "nothing_ticked"}


async def test_the_form_of_things_leads_back(
    account: ConfigEntry, adding: Adding
) -> None:
    form = await adding(LOG, WEATHER, answers=[_listed(CELLAR, ROOF)])
    await form.submit(known=["log"])
    result = await form.submit(way="user")

    assert (result["step_id"], result["errors"]) == ("user", {})


async def test_what_else_is_ticked_is_added_before_a_person_is_asked(
    account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    form = await adding(LOG, WEATHER, answers=[_listed(CELLAR, ROOF)])
    result = await form.submit(known=["log", "weather", "other"])

    assert (result["step_id"], _titles(account)) == ("things", ["Sandbox weather"])
    result = await form.submit(things=["log_1", "log_2"])
    # And an address is entered afterwards.
    assert result["step_id"] == "address"
    assert len(account.subentries) == 3


async def test_what_several_things_are_in_is_asked_for_first(
    account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    homes = {
        "url": "/homes",
        "path": "$",
        "ids": {"home": "id"},
        "name": ["name"],
    }
    rooms = {**PUMPS, "url": "/homes/{home}/pumps", "path": "$"}
    known = {**LOG, "url": "/echo/{home}/{pump}/log", "of": [homes, rooms]}
    both = Fault.json(200, [CELLAR, ROOF])
    first = Fault.json(200, [{"id": 1, "name": "Home"}, {"id": 2, "name": "Cabin"}])
    form = await adding(known, answers=[first, both, both])
    result = await form.submit(known=["log"])

    assert _labels(result) == [
        "Home Cellar log",
        "Home Roof log",
        "Cabin Cellar log",
        "Cabin Roof log",
    ]
    paths = [each.path for each in server.api_requests]
    assert paths[0] == "/api/homes"
    assert sorted(paths[1:]) == ["/api/homes/1/pumps", "/api/homes/2/pumps"]
    await form.submit(things=["log_1"])
    assert _urls(account) == ["/echo/1/c%201/log"]


async def test_no_more_than_ten_lists_are_asked_for_three_at_a_time(
    adding: Adding, server: FakeServer
) -> None:
    homes = {"url": "/homes", "path": "$", "ids": {"home": "id"}}
    rooms = {**PUMPS, "url": "/homes/{home}/pumps"}
    known = {**LOG, "url": "/echo/{home}/{pump}/log", "of": [homes, rooms]}
    let = asyncio.Event()
    held = replace(_listed(CELLAR), let=let)
    first = Fault.json(200, [{"id": number} for number in range(100_000)])
    form = await adding(known, answers=[first, *[held] * 20])
    submitted = asyncio.create_task(form.submit(known=["log"]))
    await until(lambda: len(server.api_requests) == 4)
    await asyncio.sleep(0.05)

    assert len(server.api_requests) == 4
    let.set()
    result = await submitted
    assert len(server.api_requests) == 11
    assert len(_labels(result)) == 10
    assert "50 at most" in result["description_placeholders"]["more"]


async def test_of_a_list_without_end_only_some_are_offered(
    adding: Adding,
) -> None:
    many = [{"id": number, "name": "x" * 10_240} for number in range(60)]
    form = await adding(LOG, answers=[_listed(*many)])
    result = await form.submit(known=["log"])

    labels = _labels(result)
    assert len(labels) == 50
    assert max(map(len, labels)) < 100
    assert labels[1].endswith("x 2 log")
    assert "50 at most" in result["description_placeholders"]["more"]


async def test_the_values_of_a_thing_may_be_those_of_each_in_a_list(
    hass: HomeAssistant, account: ConfigEntry, adding: Adding, server: FakeServer
) -> None:
    known = {
        **LOG,
        "each": {"path": "$.rooms", "key": "id", "name": ["name"]},
        "values": [{"key": "level", "name": "Level", "path": "$.rooms[0].level"}],
    }
    rooms = [
        {"id": "a", "name": "Bath", "level": 1},
        {"id": "b", "name": "Hall", "level": 2},
    ]
    answer = Fault.json(200, {"rooms": rooms})
    form = await adding(known, answers=[_listed(CELLAR), answer, answer])
    await form.submit(known=["log"])

    [subentry] = account.subentries.values()
    names = [value["name"] for value in subentry.data["values"]]
    assert names == ["Bath level", "Hall level"]
    form = await adding(known, answers=[_listed(CELLAR)])
    result = await form.submit(known=["log"])
    assert result["errors"]["base"] == "all_added"
