"""What is said of services that cannot be connected, and where it leads."""

import pytest

from custom_components.oauth2_client.catalogue import Gone, load_gone
from custom_components.oauth2_client.providers import listing
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ...account_flow import AccountFlow
from ...rows import row

GONE = {each.id: each for each in load_gone()}


def _became(flow: AccountFlow) -> str:
    became: str = flow.result["description_placeholders"]["became"]
    return became


@pytest.mark.parametrize("typed", ["Fitbit", "fitbit", " FITBIT "])
async def test_a_service_that_ended_is_found_by_its_name(
    flow: AccountFlow, typed: str
) -> None:
    result = await flow.choose(typed)

    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "gone")
    assert GONE["fitbit"].since in _became(flow)


async def test_its_successor_is_named_and_connected(flow: AccountFlow) -> None:
    await flow.choose("Fitbit")
    assert "**Google Health**" in _became(flow)
    assert flow.result["description_placeholders"]["successor"] == "Google Health"
    result = await flow.submit(next_step_id="successor")

    assert result["step_id"] == "credential"
    assert result["description_placeholders"]["provider"] == "Google Health"


async def test_it_is_found_by_a_part_of_its_name(flow: AccountFlow) -> None:
    result = await flow.choose("bosch smart")

    assert result["step_id"] == "gone"


async def test_a_misspelling_is_asked_about(flow: AccountFlow) -> None:
    result = await flow.choose("fitbitt")
    assert result["step_id"] == "which_service"
    result = await flow.submit(provider="fitbit")

    assert result["step_id"] == "gone"


async def test_it_is_in_the_list_and_says_there_that_it_is_gone(
    flow: AccountFlow,
) -> None:
    await flow.start()
    result = await flow.submit(next_step_id="catalogue")
    options = result["data_schema"].schema["provider"].config["options"]
    labels = {option["value"]: option["label"] for option in options}

    assert labels["Fitbit"] == "Fitbit · Cannot be connected"
    assert {each.name for each in GONE.values()} < set(labels)


async def test_home_assistants_own_integration_is_linked(flow: AccountFlow) -> None:
    await flow.choose("Xbox")

    assert "[Xbox](/config/integrations/dashboard/add?domain=xbox)" in _became(flow)


async def test_an_integration_of_yaml_is_linked_by_its_documentation(
    flow: AccountFlow,
) -> None:
    await flow.choose("Starling Bank")
    told = _became(flow)

    assert "[Starling Bank](https://www.home-assistant.io/integrations/starling" in told
    assert "[RESTful](https://www.home-assistant.io/integrations/rest" in told


async def test_what_became_of_each_is_told_and_each_leads_back(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    for gone in GONE.values():
        with row(gone.id):
            await _check_told_and_back(flow, gone)
            hass.config_entries.flow.async_abort(flow.result["flow_id"])


async def _check_told_and_back(flow: AccountFlow, gone: Gone) -> None:
    result = await flow.choose(gone.name)

    became, *instead = _became(flow).split("\n\n")
    assert gone.since in became
    assert instead
    assert "{" not in _became(flow)
    assert ("successor" in result["menu_options"]) is (gone.successor is not None)
    result = await flow.submit(next_step_id="catalogue")
    assert result["step_id"] == "catalogue"


async def test_whoever_has_a_client_enters_it_by_hand(flow: AccountFlow) -> None:
    await flow.choose("Deezer")
    result = await flow.submit(next_step_id="manual")

    name = next(key for key in result["data_schema"].schema if key == "name")
    assert name.description == {"suggested_value": "Deezer"}


async def test_a_service_of_ones_own_with_such_a_name_is_connected(
    flow: AccountFlow,
) -> None:
    entry = await flow.add_account(name="Fitbit")
    await flow.hass.config_entries.async_remove(entry.entry_id)
    await flow.hass.async_block_till_done()
    result = await flow.choose("Fitbit")

    assert result["step_id"] in ("credential", "stored_credential")


async def test_it_is_found_by_another_name(
    flow: AccountFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = Gone(
        id="acme", name="Acme", what="ended", since="2026-01", aliases=("Roadrunner",)
    )
    monkeypatch.setattr(listing, "load_gone", lambda: (acme,))
    result = await flow.choose("roadrunner")

    assert result["step_id"] == "gone"
    assert "**Acme**" in _became(flow)
