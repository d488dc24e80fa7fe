"""What the forms of values show of the answer, and what they say of templates."""

from typing import Any

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ....fake_server import FakeServer, Fault
from ....resources import (
    CONDITION,
    LEVEL,
    TEMPERATURE,
    WEATHER,
    SubentryFlow,
    add_resource,
    value_form,
)


def _labels(flow: SubentryFlow) -> list[str]:
    options = flow.result["data_schema"].schema["value"].config["options"]
    return [each["label"] for each in options if each["value"].isdecimal()]


def _now(flow: SubentryFlow) -> str:
    now: str = flow.result["description_placeholders"]["now"]
    return now


async def _to_values(
    hass: HomeAssistant, account: ConfigEntry, **form: Any
) -> SubentryFlow:
    """Open the list of a stored resource's values."""
    changing = SubentryFlow(hass, account)
    await changing.change(await add_resource(hass, account, **form))
    await changing.choose("values")
    return changing


def _with(template: str) -> dict[str, Any]:
    return value_form({**TEMPERATURE, "template": template})


async def test_the_list_has_what_each_value_shows_now_and_sends_nothing_for_it(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    changing = await _to_values(hass, account)
    sent = len(server.api_requests)

    assert _labels(changing) == [
        "Temperature · 21.7 °C — $.current.temperature",
        "Condition · partly cloudy — $.current.condition",
    ]
    await changing.submit(value="0")
    assert _now(changing) == " The answer has `21.7` there now."
    assert len(server.api_requests) == sent


async def test_what_a_template_makes_of_a_value_is_seen_before_it_is_stored(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    changing = await _to_values(hass, account)
    await changing.submit(value="0")
    await changing.submit(**_with("{{ value * 2 }}"), remove=False)

    assert _labels(changing)[0] == "Temperature · 43.4 °C — $.current.temperature"
    await changing.submit(value="0")
    assert _now(changing) == (
        " The answer has `21.7` there now, and the template makes `43.4` of it."
    )


async def test_a_template_that_fails_on_the_value_says_so(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    changing = await _to_values(hass, account)
    await changing.submit(value="0")
    await changing.submit(**_with("{{ value.a.b }}"), remove=False)

    assert _labels(changing)[0] == (
        "Temperature · its template fails — $.current.temperature"
    )
    await changing.submit(value="0")
    assert "the template fails on it: " in _now(changing)
    assert "Error" not in _now(changing)


@pytest.mark.parametrize(
    ("field", "error"),
    [("template", "value_template"), ("availability", "availability_template")],
)
async def test_a_template_that_cannot_be_read_is_told_in_a_sentence(
    hass: HomeAssistant, account: ConfigEntry, field: str, error: str
) -> None:
    changing = await _to_values(hass, account)
    await changing.submit(value="0")
    form = value_form({**TEMPERATURE, field: "{{ value / }}"})
    result = await changing.submit(**form, remove=False)

    assert (result["step_id"], result["errors"]["more"]) == ("value", error)
    reason = result["description_placeholders"]["reason"]
    assert reason and "Error" not in reason and "\n" not in reason


async def test_a_new_value_is_shown_from_the_answer_that_was_fetched_for_its_path(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    changing = await _to_values(hass, account)
    sent = len(server.api_requests)
    await changing.submit(value="new")
    assert _now(changing) == ""
    await changing.submit(**value_form({"name": "Station", "path": "$.station"}))

    assert _labels(changing)[2].startswith("Station · ")
    assert len(server.api_requests) == sent + 1


async def test_a_path_that_now_is_another_values_does_not_show_the_old_value(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    changing = await _to_values(hass, account)
    await changing.submit(value="0")
    await changing.submit(
        **value_form({"name": "Sky", "path": CONDITION["path"]}), remove=False
    )

    assert _labels(changing)[0] == "Sky — $.current.condition"


async def test_values_of_a_new_resource_are_shown_too(
    adding: SubentryFlow, server: FakeServer
) -> None:
    await adding.submit(**{key: WEATHER[key] for key in ("name", "url", "interval")})
    await adding.pick("$.current.temperature", adjust=True)
    sent = len(server.api_requests)

    assert _labels(adding) == ["Temperature · 21.5 °C — $.current.temperature"]
    assert len(server.api_requests) == sent


async def test_without_an_answer_the_list_has_the_names(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    server.api_faults.extend([Fault.json(200, {"level": 5}), Fault(503)])
    changing = await _to_values(hass, account, **LEVEL)

    assert _labels(changing) == ["Level — $.level"]
    await changing.submit(value="0")
    assert _now(changing) == ""


async def test_a_list_is_shown_by_its_length_and_a_text_as_it_is(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    answer = Fault.json(200, {"level": [1, 2], "note": "**`bold`**"})
    server.api_faults.extend([answer] * 3)
    values = [
        {"name": "Level", "path": "$.level"},
        {"name": "Note", "path": "$.note"},
    ]
    changing = await _to_values(hass, account, **{**LEVEL, "values": values})

    assert _labels(changing)[0] == "Level · 2 items — $.level"
    await changing.submit(value="1")
    assert _now(changing) == " The answer has `` **`bold`** `` there now."
    await changing.submit(
        **value_form({**values[1], "template": "{{ '# x' }}"}), remove=False
    )
    await changing.submit(value="1")
    assert _now(changing).endswith("and the template makes `# x` of it.")


async def test_how_a_template_names_the_other_values_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    items = {"name": "Items", "path": "$.station"}
    changing = await _to_values(hass, account, values=[TEMPERATURE, CONDITION, items])
    result = await changing.submit(value="0")
    others = result["description_placeholders"]["others"]
    assert others == " The other values are `values.condition`, `values['items']`."
    template = "{{ values.condition }} {{ values['items'] }}"
    await changing.submit(**_with(template), remove=False)
    await changing.submit(value="0")

    assert "makes `partly cloudy " in _now(changing)


async def test_a_single_value_has_no_others(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    changing = await _to_values(hass, account, values=[TEMPERATURE])
    result = await changing.submit(value="0")

    assert result["description_placeholders"]["others"] == ""
