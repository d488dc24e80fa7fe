"""Each form of a resource leads back to the one before, with what was entered there."""

from typing import Any, Final

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ...account_flow import suggested
from ...fake_server import FakeServer
from ...resources import (
    CONDITION,
    TEMPERATURE,
    WEATHER,
    SubentryFlow,
    add_resource,
    offered,
    ticks,
    value_form,
)

_REQUEST: Final = {key: each for key, each in WEATHER.items() if key != "values"}


@pytest.fixture
async def changing(hass: HomeAssistant, account: ConfigEntry) -> SubentryFlow:
    """The menu of a change of the weather."""
    changing = SubentryFlow(hass, account)
    await changing.change(await add_resource(hass, account))
    return changing


def _options(field: Any) -> list[str]:
    return [
        option if isinstance(option, str) else option["value"]
        for option in field.config["options"]
    ]


async def test_the_values_of_an_answer_lead_back_to_the_address_as_it_was_entered(
    adding: SubentryFlow, account: ConfigEntry
) -> None:
    await adding.submit(**_REQUEST, request={"query": {"days": "2"}})
    result = await adding.pick(way="address")

    assert (result["step_id"], result["errors"]) == ("address", {})
    answers = suggested(result)
    assert answers.items() >= _REQUEST.items()
    assert answers["request"]["query"] == {"days": "2"}
    # Another one may be entered.
    result = await adding.submit(**_REQUEST | {"url": "/usage", "name": "Usage"})
    assert "$.counters.devices" in offered(result)
    result = await adding.pick("$.counters.devices")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = account.subentries.values()
    assert (subentry.title, subentry.data["url"]) == ("Usage", "/usage")


async def test_an_address_leads_back_to_nothing_where_nothing_is_known(
    adding: SubentryFlow,
) -> None:
    assert "way" not in adding.result["data_schema"].schema


async def test_the_list_of_values_leads_back_to_the_ticks(adding: SubentryFlow) -> None:
    await adding.submit(**_REQUEST)
    await adding.pick(TEMPERATURE["path"], adjust=True)
    result = await adding.submit(value="pick")

    assert (result["step_id"], result["errors"]) == ("pick", {})
    assert ticks(result) == [TEMPERATURE["path"]]
    result = await adding.pick(CONDITION["path"])
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("choice", ["0", "new"])
async def test_a_value_leads_back_to_the_list_whatever_is_entered(
    adding: SubentryFlow, choice: str
) -> None:
    await adding.submit(**_REQUEST)
    await adding.pick(TEMPERATURE["path"], adjust=True)
    listed = adding.result["data_schema"].schema["value"].config["options"]
    await adding.submit(value=choice)
    form = value_form({"name": " ", "path": "not a path ["})
    assert (await adding.submit(**form))["errors"]
    result = await adding.submit(**form, way="values")

    assert (result["step_id"], result["errors"]) == ("values", {})
    assert result["data_schema"].schema["value"].config["options"] == listed


async def test_a_new_value_leads_back_while_it_is_empty(adding: SubentryFlow) -> None:
    await adding.submit(**_REQUEST)
    await adding.pick(TEMPERATURE["path"], adjust=True)
    await adding.submit(value="new")

    result = await adding.submit(platform="sensor", more={}, way="values")
    assert (result["step_id"], result["errors"]) == ("values", {})


@pytest.mark.parametrize("step", ["pick", "values", "request"])
async def test_each_form_of_a_change_leads_back_to_what_can_be_changed(
    account: ConfigEntry, changing: SubentryFlow, step: str
) -> None:
    [before] = [{**each.data} for each in account.subentries.values()]
    await changing.choose(step)
    if step == "pick":
        result = await changing.pick(way="reconfigure")
    elif step == "values":
        await changing.submit(value="0")
        changed = suggested(changing.result) | {"remove": True}
        await changing.submit(**changed)
        result = await changing.submit(value="reconfigure")
    else:
        result = await changing.submit(**_REQUEST | {"url": "/?"}, way="reconfigure")

    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "reconfigure")
    # Nothing of it was stored, nor is it kept for the next form.
    assert [{**each.data} for each in account.subentries.values()] == [before]
    result = await changing.choose("values")
    assert len(_options(result["data_schema"].schema["value"])) == 5
    result = await changing.submit(value="reconfigure")
    result = await changing.choose("request")
    assert suggested(result)["url"] == "/weather"


async def test_values_that_a_new_request_lacks_lead_back_to_the_request(
    changing: SubentryFlow,
) -> None:
    await changing.choose("request")
    result = await changing.submit(**_REQUEST | {"url": "/usage"})
    assert result["step_id"] == "pick"
    result = await changing.pick(way="request")

    assert (result["step_id"], result["errors"]) == ("request", {})
    assert suggested(result)["url"] == "/usage"


async def test_an_import_leads_back_to_what_was_pasted(
    account: ConfigEntry, adding: SubentryFlow, server: FakeServer
) -> None:
    pasted = [
        {"resource": f"{server.api_base_url}{url}", "sensor": [{"name": url[1:]}]}
        for url in ("/weather", "/usage")
    ]
    result = await adding.submit(interval=300, **{"import": {"rest": pasted}})
    assert result["step_id"] == "rest_choice"
    result = await adding.submit(way="address")
    assert suggested(result)["import"] == {"rest": pasted}
    await adding.submit(**suggested(result))
    result = await adding.submit(chosen=["0"])
    assert result["step_id"] == "rest"
    result = await adding.submit(way="address")
    assert suggested(result)["import"] == {"rest": pasted}
    # An address in its place is no import.
    result = await adding.submit(**_REQUEST)
    assert result["step_id"] == "pick"
    await adding.pick(TEMPERATURE["path"])
    assert [each.title for each in account.subentries.values()] == ["Weather"]
