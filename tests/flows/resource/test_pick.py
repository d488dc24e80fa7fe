"""Picking values: what is offered, in which groups, and what a search keeps."""

import re
from typing import Any, Final

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM

from ...fake_server import FakeServer, Fault
from ...resources import SubentryFlow, add_resource, entity_ids, offered, settle, ticks

HOUSE: Final[dict[str, Any]] = {
    "name": "Home",
    "outside": {
        "temperature": 4.5,
        "humidity": 80,
        "wind": {"speed": 3, "unit": "m/s"},
    },
    "rooms": [
        {"id": "kitchen", "temperature": 21.2, "humidity": 40, "window": False},
        {"id": "bath", "temperature": 23.0, "humidity": 60, "window": True},
    ],
}


async def _to_pick(adding: SubentryFlow, server: FakeServer, answer: Any) -> Any:
    # For the form, for paths that are typed, and for the coordinator.
    server.api_faults.extend([Fault.json(200, answer)] * 3)
    result = await adding.submit(name="House", url="/house", interval=60)
    assert result["step_id"] == "pick", result
    return result


def _groups(result: Any) -> dict[str, list[str]]:
    """Return the labels of each group by what the group is called."""
    names = result["description_placeholders"]
    return {
        names.get(f"{key}_name", str(key)): [
            option["label"] for option in part.schema.schema["ticked"].config["options"]
        ]
        for key, part in result["data_schema"].schema.items()
        if isinstance(part, section) and key != "answer"
    }


def _open(result: Any) -> list[str]:
    return [
        str(key)
        for key, part in result["data_schema"].schema.items()
        if isinstance(part, section) and not part.options["collapsed"]
    ]


async def test_a_label_is_what_the_value_becomes_in_the_group_that_the_answer_has(
    adding: SubentryFlow, server: FakeServer
) -> None:
    groups = _groups(await _to_pick(adding, server, HOUSE))

    assert groups["top"] == ["Name · Home — name"]
    assert groups["Outside (4)"] == [
        "Temperature · 4.5 °C — temperature",
        "Humidity · 80 % — humidity",
        "Wind speed · 3 m/s — wind.speed",
        "Wind unit · m/s — wind.unit",
    ]
    assert "Kitchen temperature" in " ".join(groups["Rooms › kitchen (4)"])


async def test_an_element_with_an_id_that_tells_little_is_called_as_its_values_are(
    adding: SubentryFlow, server: FakeServer
) -> None:
    rooms = [
        {"id": "5f2c", "name": "Living room", "temperature": 21, "humidity": 40},
        {"id": "5f2d", "name": "Bath", "temperature": 23, "humidity": 60},
        {"id": "5f2e", "temperature": 24, "humidity": 61},
    ]
    groups = _groups(await _to_pick(adding, server, {"rooms": rooms}))

    assert list(groups) == [
        "Rooms (1)",
        "Rooms › Living room · 5f2c (4)",
        "Rooms › Bath · 5f2d (4)",
        "Rooms › 5f2e (3)",
    ]


async def test_the_answer_is_below_the_values_and_closed(
    adding: SubentryFlow, server: FakeServer
) -> None:
    result = await _to_pick(adding, server, HOUSE)

    assert [*result["data_schema"].schema][-1] == "answer"
    assert "answer" not in _open(result)


async def test_an_element_is_not_offered_as_the_third_and_as_the_last(
    adding: SubentryFlow, server: FakeServer
) -> None:
    result = await _to_pick(adding, server, {"prices": [1, 2, 3]})

    assert list(offered(result)) == [
        "$.prices",
        "$.prices[0]",
        "$.prices[1]",
        "$.prices[2]",
    ]


async def test_five_hundred_values_are_in_groups_of_which_the_first_are_open(
    adding: SubentryFlow, server: FakeServer
) -> None:
    rooms = {
        f"room_{room}": {f"value_{number}": number for number in range(25)}
        for room in range(20)
    }
    result = await _to_pick(adding, server, rooms)

    assert len(offered(result)) == 500
    assert list(_groups(result)) == [f"Room {room} (25)" for room in range(20)]
    assert _open(result) == ["group_1", "group_2"]


async def test_a_search_narrows_the_list_and_keeps_the_ticks(
    hass: HomeAssistant,
    account: ConfigEntry,
    adding: SubentryFlow,
    server: FakeServer,
) -> None:
    answer = {f"value_{number}": number for number in range(60)}
    await _to_pick(adding, server, answer)
    result = await adding.pick("$.value_7", search="VALUE 42")
    assert list(offered(result)) == ["$.value_42"]
    result = await adding.pick("$.value_42", search="")
    assert len(offered(result)) == 60
    assert ticks(result) == ["$.value_7", "$.value_42"]
    result = await adding.pick("$.value_7", "$.value_42", search="value 59")
    assert list(offered(result)) == ["$.value_59"]
    result = await adding.pick(search="value 59")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = account.subentries.values()
    assert set(entity_ids(hass, subentry)) == {"value_7", "value_42"}


async def test_a_search_that_finds_nothing_shows_all(
    adding: SubentryFlow, server: FakeServer
) -> None:
    answer = {f"value_{number}": number for number in range(60)}
    await _to_pick(adding, server, answer)
    result = await adding.pick("$.value_7", search="nowhere")

    assert result["errors"] == {"search": "nothing_found", "answer": "see_above"}
    assert len(offered(result)) == 60
    assert ticks(result) == ["$.value_7"]


async def test_few_values_need_no_search(
    adding: SubentryFlow, server: FakeServer
) -> None:
    result = await _to_pick(adding, server, {"a": 1, "b": 2})

    assert "search" not in result["data_schema"].schema


async def test_nothing_ticked_is_told_above_all(
    adding: SubentryFlow, server: FakeServer
) -> None:
    await _to_pick(adding, server, HOUSE)

    assert (await adding.pick())["errors"]["base"] == "no_values"


async def test_a_path_that_finds_nothing_opens_the_section_it_was_typed_in(
    adding: SubentryFlow, server: FakeServer
) -> None:
    await _to_pick(adding, server, HOUSE)
    result = await adding.pick("$.name", typed=["$.gone"])

    # The section is out of view.
    error = "path_not_found"
    assert result["errors"] == {"answer": error, "base": error}
    assert "answer" in _open(result)
    assert ticks(result) == ["$.name"]
    assert result["data_schema"].schema["answer"].schema.schema


async def test_what_was_picked_and_is_gone_stands_apart_and_stays_ticked(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    subentry = await add_resource(hass, account)
    server.api_faults.extend([Fault.json(200, {"current": {"temperature": 1}})] * 2)
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    result = await changing.choose("pick")

    assert _groups(result)["lost"] == ["Condition — $.current.condition"]
    assert ticks(result) == ["$.current.condition", "$.current.temperature"]
    result = await changing.pick("$.current.temperature")
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    assert set(entity_ids(hass, subentry)) == {"temperature"}


async def test_a_value_that_was_picked_by_another_spelling_is_offered_once(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(
        hass, account, values=[{"name": "Seen", "path": "updated"}]
    )
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    result = await changing.choose("pick")

    assert "updated" in offered(result)
    assert "$.updated" not in offered(result)


@pytest.mark.parametrize(
    ("query", "is_imperial_home", "label"),
    [
        ("", False, "Temperature · 21 °C"),
        ("", True, "Temperature · 21"),
        ("?units=imperial", False, "Temperature · 21 °F"),
        ("?units=metric", True, "Temperature · 21 °C"),
    ],
)
async def test_the_query_and_the_home_tell_the_unit_that_an_answer_leaves_out(
    hass: HomeAssistant,
    server: FakeServer,
    adding: SubentryFlow,
    query: str,
    is_imperial_home: bool,
    label: str,
) -> None:
    if is_imperial_home:
        hass.config.units = US_CUSTOMARY_SYSTEM
    server.api_faults.append(Fault.json(200, {"temp": 21}))
    result = await adding.submit(url=f"/tank{query}")

    assert _groups(result) == {"top": [f"{label} — temp"]}


@pytest.mark.parametrize(("count", "is_far"), [(12, False), (16, True)])
async def test_an_error_far_above_the_button_is_pointed_at_beside_it(
    server: FakeServer, adding: SubentryFlow, count: int, is_far: bool
) -> None:
    await _to_pick(adding, server, {f"key{number}": number for number in range(count)})
    result = await adding.pick()

    expected = {"base": "no_values"} | ({"answer": "see_above"} if is_far else {})
    assert result["errors"] == expected


async def test_what_is_closed_takes_one_row(
    server: FakeServer, adding: SubentryFlow
) -> None:
    # Of so many values, only the first groups are open.
    answer = {
        f"group{number}": {f"key{inside}": inside for inside in range(40)}
        for number in range(3)
    }
    await _to_pick(adding, server, answer)
    result = await adding.pick()

    assert result["errors"] == {"base": "no_values", "answer": "see_above"}
    result = await adding.pick(
        "$.group2.key1",
        typed=["$."],
    )
    assert result["errors"] == {"answer": "invalid_path", "base": "invalid_path"}


@pytest.mark.parametrize(
    ("key", "moment", "shown"),
    [
        ("seen_at", 1_767_225_600, "2025-12-31 16:00"),
        ("seen_at", 1_767_225_605_123, "2025-12-31 16:00:05"),
        ("seen_at", "2026-01-01T00:00:00Z", "2025-12-31 16:00"),
        ("seen_at", "2026-01-01T09:30:00+09:00", "2025-12-31 16:30"),
        ("seen_at", "Thu, 01 Jan 2026 00:00:00 GMT", "2025-12-31 16:00"),
        ("seen_on", "2026-01-01", "2026-01-01"),
        ("build", 1_767_225_600, "1767225600"),
        ("opens", "08:30", "08:30"),
    ],
)
async def test_a_point_in_time_is_shown_as_the_clock_at_home_does(
    hass: HomeAssistant,
    server: FakeServer,
    adding: SubentryFlow,
    key: str,
    moment: object,
    shown: str,
) -> None:
    await hass.config.async_set_time_zone("America/Los_Angeles")
    result = await _to_pick(adding, server, {key: moment})

    [[label]] = _groups(result).values()
    assert label.partition(" · ")[2] == f"{shown} — {key}"


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("America/Los_Angeles", "0001-01-01T00:00:00Z"),
        ("Asia/Tokyo", "9999-12-31T23:59:59Z"),
    ],
)
async def test_a_time_that_the_clock_at_home_does_not_have_is_shown_as_it_came(
    hass: HomeAssistant,
    server: FakeServer,
    adding: SubentryFlow,
    zone: str,
    moment: str,
) -> None:
    await hass.config.async_set_time_zone(zone)
    result = await _to_pick(adding, server, {"expires_at": moment})

    [[label]] = _groups(result).values()
    assert label.partition(" · ")[2] == f"{moment} — expires_at"


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ({"temp": 21, "name": "Home"}, "the whole answer"),
        ([1, 2], "the whole answer"),
        ({"data": {"now": {"temp": 21, "name": "Home"}}}, "$.data.now"),
    ],
)
async def test_a_list_of_values_says_where_in_the_answer_they_are(
    server: FakeServer, adding: SubentryFlow, answer: object, place: str
) -> None:
    result = await _to_pick(adding, server, answer)

    assert result["description_placeholders"]["top_path"] == place


async def test_a_search_says_how_many_of_all_values_it_found(
    server: FakeServer, adding: SubentryFlow
) -> None:
    many = {
        f"{word}_{number}": number for word in ("in", "out") for number in range(15)
    }
    result = await _to_pick(adding, server, many)
    # A list with all values says nothing of their number.
    assert result["description_placeholders"]["matches"] == ""

    result = await adding.pick(search="out")
    told = " The search finds 15 of 30 values."
    assert result["description_placeholders"]["matches"] == told

    result = await adding.pick(search="nowhere")
    assert result["description_placeholders"]["matches"] == ""


@pytest.mark.parametrize(
    ("rooms", "told"),
    [
        (19, ""),
        (30, " The answer has 780 values, of which 500 are listed."),
    ],
)
async def test_a_list_that_is_cut_says_how_many_values_there_are(
    server: FakeServer, adding: SubentryFlow, rooms: int, told: str
) -> None:
    answer = {
        f"room_{room}": {f"value_{number}": number for number in range(26)}
        for room in range(rooms)
    }
    result = await _to_pick(adding, server, answer)

    assert result["description_placeholders"]["not_listed"].partition(" For")[0] == told


@pytest.mark.parametrize(
    ("rooms", "told"),
    [(2, ""), (30, " The answer has 750 values, of which 480 are listed.")],
)
async def test_what_is_masked_counts_neither_as_listed_nor_as_a_value(
    server: FakeServer, adding: SubentryFlow, rooms: int, told: str
) -> None:
    answer = {
        f"room_{room}": {
            "access_token": "planted-masked",
            **{f"value_{number}": number for number in range(25)},
        }
        for room in range(rooms)
    }
    result = await _to_pick(adding, server, answer)

    assert result["description_placeholders"]["not_listed"].partition(" For")[0] == told
    assert len(offered(result)) == min(rooms * 25, 480)


async def test_elements_that_are_not_listed_are_counted(
    server: FakeServer, adding: SubentryFlow
) -> None:
    result = await _to_pick(adding, server, {"prices": [*range(2000)]})

    told = result["description_placeholders"]["not_listed"]
    assert "has 2001 values" in told
    assert f"{len(offered(result))} are listed" in told


async def test_what_is_no_number_and_no_text_is_shown_in_words(
    server: FakeServer, adding: SubentryFlow
) -> None:
    answer = {
        "active": True,
        "paused": False,
        "temperature": None,
        "prices": [1, 2],
        "days": ["Monday"],
        "alerts": [],
        "sentence": "true",
    }
    [labels] = _groups(await _to_pick(adding, server, answer)).values()

    assert [label.partition(" — ")[0] for label in labels] == [
        "Active · yes",
        "Paused · no",
        "Temperature · no value now",
        "Prices count · 2 items",
        "Prices 1 · 1",
        "Prices 2 · 2",
        "Days count · 1 item",
        "Days 1 · Monday",
        "Alerts count · 0 items",
        "Sentence · true",
    ]


async def test_what_is_long_can_be_broken_or_is_cut_so_that_it_fits_on_a_phone(
    server: FakeServer, adding: SubentryFlow
) -> None:
    answer = {
        "user": {"measurements": [{"resting": {"heartRateOfYesterday": 61}}]},
        "x" * 200: "y" * 200,
    }
    [labels] = _groups(await _to_pick(adding, server, answer)).values()
    parts = [re.split(r"[ \u200b]", label) for label in labels]

    assert max(len(part) for label in parts for part in label) < 40
    # Nothing is lost of what can be broken.
    path = "user.measurements[0].resting.heartRateOfYesterday"
    assert any(label.replace("\u200b", "").endswith(path) for label in labels)
