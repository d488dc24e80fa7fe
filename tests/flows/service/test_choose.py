"""From a name that was typed to a service, or to another way to add it."""

from typing import Any

import pytest

from homeassistant.data_entry_flow import FlowResultType

from ...account_flow import AccountFlow, suggested
from ...fake_server import FakeServer, Fault


def _values(result: Any, field: str) -> list[str]:
    options = result["data_schema"].schema[field].config["options"]
    return [each if isinstance(each, str) else each["value"] for each in options]


async def test_the_list_shows_other_names_and_chooses_nothing_by_itself(
    flow: AccountFlow,
) -> None:
    await flow.start()
    result = await flow.submit(next_step_id="catalogue")
    options = result["data_schema"].schema["provider"].config["options"]
    labels = {option["value"]: option["label"] for option in options}

    assert "Outlook" in labels["Microsoft"]
    assert "Gmail" in labels["Google"]
    # Not Gitea / Forgejo (Forgejo, Codeberg).
    assert labels["Gitea / Forgejo"].startswith("Gitea / Forgejo (Codeberg)")
    assert list(labels)[-2:] == ["discover", "manual"]
    assert suggested(result) == {"way": "chosen"}


@pytest.mark.parametrize("typed", [{}, {"provider": "GitHub"}])
async def test_the_list_leads_back_to_the_menu(
    flow: AccountFlow, typed: dict[str, str]
) -> None:
    await flow.start()
    await flow.submit(next_step_id="catalogue")
    result = await flow.submit(**typed, way="user")

    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "user")


async def test_nothing_chosen_is_told_at_the_field(flow: AccountFlow) -> None:
    await flow.start()
    await flow.submit(next_step_id="catalogue")
    result = await flow.submit()

    assert (result["step_id"], result["errors"]) == (
        "catalogue",
        {"provider": "service_missing"},
    )


@pytest.mark.parametrize("typed", ["outlook", "Azure", "microsoft"])
async def test_another_name_leads_to_the_service(flow: AccountFlow, typed: str) -> None:
    result = await flow.choose(typed)

    assert result["step_id"] == "tenant"


async def test_several_services_are_offered(flow: AccountFlow) -> None:
    result = await flow.choose("git")
    *found, discover, manual, again = _values(result, "provider")
    assert {"github", "gitlab"} <= set(found)
    assert (discover, manual, again) == ("discover", "manual", "catalogue")
    result = await flow.submit()
    assert result["errors"] == {"provider": "service_missing"}
    result = await flow.submit(provider="gitlab")

    assert result["description_placeholders"]["provider"] == "GitLab"


@pytest.mark.parametrize("way", ["discover", "manual"])
async def test_a_service_that_is_not_listed_is_added_in_another_way(
    flow: AccountFlow, way: str
) -> None:
    await flow.start()
    await flow.submit(next_step_id="catalogue")
    result = await flow.submit(provider=way)

    assert result["step_id"] == way


async def test_a_name_that_nobody_has_is_kept_for_the_form(flow: AccountFlow) -> None:
    result = await flow.choose("Acme Cloud")
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "not_listed")
    assert result["description_placeholders"]["service"] == "Acme Cloud"
    result = await flow.submit(next_step_id="manual")

    assert suggested(result)["name"] == "Acme Cloud"


async def test_a_name_that_looks_like_an_address_is_searched_at(
    flow: AccountFlow,
) -> None:
    await flow.choose("cloud.acme.example")
    result = await flow.submit(next_step_id="discover")

    assert suggested(result)["address"] == "cloud.acme.example"


@pytest.mark.parametrize(
    ("step", "answers", "way", "next_step"),
    [
        ("discover", {}, "manual", "manual"),
        ("discover", {"address": "x.example"}, "catalogue", "catalogue"),
        ("manual", {"details": {}}, "discover", "discover"),
        ("manual", {"details": {}}, "catalogue", "catalogue"),
    ],
)
async def test_each_form_has_a_way_to_another_one(
    flow: AccountFlow,
    step: str,
    answers: dict[str, Any],
    way: str,
    next_step: str,
) -> None:
    await flow.start()
    await flow.submit(next_step_id=step)
    result = await flow.submit(**answers, way=way)

    assert (result["step_id"], result["errors"]) == (next_step, {})


async def test_what_was_typed_is_there_again_after_another_way(
    flow: AccountFlow, server: FakeServer
) -> None:
    form = flow.manual_form(name="Sandbox", scopes="one two")
    await flow.enter_by_hand()
    await flow.submit(**{**form, "way": "discover"})
    result = await flow.submit(address="nowhere.example", way="manual")
    shown = suggested(result)

    assert (shown["name"], shown["scopes"]) == ("Sandbox", "one two")
    assert shown["token_url"] == server.token_url


async def test_what_was_found_can_be_left_for_the_form_by_hand(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.discover(server.base_url)
    result = await flow.confirm_found(name="Sandbox", way="manual")

    assert result["step_id"] == "manual"
    assert suggested(result)["token_url"] == server.token_url


async def test_a_service_with_a_variable_can_be_left(flow: AccountFlow) -> None:
    await flow.choose("Microsoft")
    result = await flow.submit(way="catalogue")

    assert result["step_id"] == "catalogue"


async def test_what_is_missing_is_told_at_each_field(flow: AccountFlow) -> None:
    await flow.enter_by_hand()
    result = await flow.submit(details={"grants": ["client_credentials"]})

    assert result["errors"] == {
        "name": "name_missing",
        "token_url": "address_missing",
        "api_base_url": "address_missing",
    }


async def test_a_section_with_an_error_is_open(flow: AccountFlow) -> None:
    result = await flow.enter_by_hand()
    section = result["data_schema"].schema["details"]
    assert section.options["collapsed"]
    result = await flow.submit(**flow.manual_form(grants=[]))

    assert result["errors"] == {"details": "no_grant", "base": "no_grant"}
    assert not result["data_schema"].schema["details"].options["collapsed"]


async def test_a_section_without_an_error_stays_closed(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.token_faults.append(Fault(404))
    result = await flow.to_credential()

    assert result["errors"] == {"token_url": "not_oauth2_server"}
    assert result["data_schema"].schema["details"].options["collapsed"]
