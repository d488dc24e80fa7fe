"""What the form for a new credential says of a service."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.oauth2_client.catalogue import load_summaries
from custom_components.oauth2_client.credentials import redirect_uri
from custom_components.oauth2_client.flows.service.notes import (
    AT_CONSOLE,
    BEFORE,
    LATER,
    OF_REDIRECT_URI,
    async_notes,
)
from homeassistant.core import HomeAssistant

from ...account_flow import AccountFlow, redirect_uris, suggested
from ...catalogue.completed import every_provider
from ...fake_server import FakeServer
from ...translations import ENGLISH

WORDS = ENGLISH["selector"]["notes"]["options"]
KINDS = {*BEFORE, *OF_REDIRECT_URI, *AT_CONSOLE, *LATER}
# Those that the catalogue has under another key.
_ENDS = {"testing_days"}
HOME = "http://192.168.1.2:8123/auth/external/callback"
SERVICE = {
    "id": "acme",
    "name": "Acme",
    "authorize_url": "https://acme.example/authorize",
    "token_url": "https://acme.example/token",
    "api_base_url": "https://api.acme.example",
}


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of a test's own."""
    monkeypatch.setattr(
        "custom_components.oauth2_client.catalogue.load._FOLDER", tmp_path
    )
    load_summaries.cache_clear()
    yield tmp_path
    load_summaries.cache_clear()


async def _told(
    flow: AccountFlow, folder: Path, about: Any, **changed: Any
) -> dict[str, str]:
    """Return what the form says of a service with this about it."""
    service = {**SERVICE, "about": about, **changed}
    (folder / "home.json").write_text(json.dumps([service]))
    result = await flow.choose("Acme")
    assert result["step_id"].startswith("credential")
    told: dict[str, str] = result["description_placeholders"]
    return told


def test_every_kind_of_the_catalogue_has_its_place_and_none_is_left_over() -> None:
    used = {
        condition.kind
        for provider in every_provider()
        for condition in provider.about.conditions
    }

    assert used <= KINDS
    assert used >= KINDS - _ENDS


def test_every_kind_has_words() -> None:
    for kind in KINDS - {"quota"}:
        assert WORDS[kind].endswith(".")


async def test_of_an_ordinary_service_only_its_server_is_said(
    flow: AccountFlow, folder: Path
) -> None:
    told = await _told(flow, folder, {})

    assert told["developer_pages"] == (
        f"- {WORDS['no_console'].format(url='https://acme.example')}"
    )
    assert not told["before"] + told["at_console"] + told["later"]


async def test_that_nobody_has_to_register_is_said_before_how_to(
    flow: AccountFlow, server: FakeServer
) -> None:
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes["registration_endpoint"] = endpoint
    await flow.discover(server.base_url)
    result = await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    told = result["description_placeholders"]

    assert suggested(result)["register"] is True
    assert told["before"] == f"- {WORDS['by_itself']}\n\n"


@pytest.mark.parametrize("needs_https", [True, False])
async def test_where_a_service_wants_https_the_usual_redirect_uri_has_it(
    flow: AccountFlow, folder: Path, *, needs_https: bool
) -> None:
    # The browser is at https://example.com.
    conditions = [{"kind": "https_redirect"}] if needs_https else []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(redirect_uri, "_usual_redirect_uri", lambda _: HOME)
        told = await _told(flow, folder, {"conditions": conditions})

    usual = "https://example.com/auth/external/callback" if needs_https else HOME
    assert told["redirect_uri"] == f"`{usual}`"
    assert set(redirect_uris(flow.result)) >= {usual, HOME}


async def test_a_home_without_https_is_told_what_to_do_where_a_service_wants_it(
    flow: AccountFlow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redirect_uri, "_usual_redirect_uri", lambda _: HOME)
    monkeypatch.setattr(redirect_uri, "_other_redirect_uris", lambda _: iter(()))
    about = {"conditions": [{"kind": "https_redirect"}]}
    told = await _told(flow, folder, about)

    assert WORDS["https_redirect_missing"] in told["at_console"]
    assert WORDS["https_redirect"] not in told["at_console"]
    result = await flow.submit(
        client_id="",
        details={"scopes": []},
        redirect_uri="paste",
        other_redirect_uri="https://localhost/callback",
    )
    told = result["description_placeholders"]
    assert told["redirect_uri"] == "`https://localhost/callback`"
    assert WORDS["https_redirect"] in told["at_console"]


async def test_what_was_turned_off_is_not_turned_on_again(
    flow: AccountFlow, server: FakeServer
) -> None:
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes["registration_endpoint"] = endpoint
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    result = await flow.to_sign_in("", "", register=False)

    assert result["errors"] == {"client_id": "client_id_missing"}
    assert suggested(result)["register"] is False


async def test_what_stops_a_person_comes_first(flow: AccountFlow, folder: Path) -> None:
    told = await _told(
        flow,
        folder,
        {
            "confirmed": False,
            "integration": "spotify",
            "conditions": [
                {"kind": "approval"},
                {"kind": "secret_once"},
                {"kind": "paid", "since": "2026-02"},
            ],
        },
    )
    own, paid, approval, unconfirmed = told["before"].strip().split("\n")

    assert "[Spotify](/config/integrations/dashboard/add?domain=spotify)" in own
    assert paid == f"- {WORDS['paid']} Since 2026-02."
    assert approval == f"- {WORDS['approval']}"
    assert "issues/new?template=known_service.yml&service=acme)" in unconfirmed
    assert told["at_console"].endswith(f"\n\n- {WORDS['secret_once']}\n\n")


async def test_an_account_that_there_is_is_not_sent_to_another_integration(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    spotify = next(each for each in every_provider() if each.id == "spotify")
    told: dict[str, bool] = {"browser": True, "has_https": True, "by_itself": False}
    changed = await async_notes(hass, spotify, new_account=False, **told)
    new = await async_notes(hass, spotify, new_account=True, **told)

    assert "domain=spotify" in new["before"]
    assert "domain=spotify" not in changed["before"]


async def test_with_an_error_what_was_read_before_does_not_push_it_out_of_view(
    flow: AccountFlow, folder: Path
) -> None:
    about = {
        "integration": "spotify",
        "redirect_field": "Callback URL",
        "conditions": [
            {"kind": "paid"},
            {"kind": "quota", "values": {"count": "60", "per": "hour"}},
        ],
        "looked_up": "2026-11-20",
    }
    first = await _told(flow, folder, about)
    assert "domain=spotify" in first["before"]
    assert first["later"]
    result = await flow.submit(client_id="", details={"scopes": []})

    again = result["description_placeholders"]
    assert result["errors"] == {"client_id": "client_id_missing"}
    assert again["later"] == ""
    # What may be the reason stays.
    assert again["before"] == f"- {WORDS['paid']}\n\n"
    assert again["at_console"] == first["at_console"]


async def test_an_integration_that_home_assistant_does_not_have_is_not_named(
    flow: AccountFlow, folder: Path
) -> None:
    told = await _told(flow, folder, {"integration": "no_such_integration"})

    assert told["before"] == ""


async def test_the_field_of_the_console_is_named_letter_by_letter(
    flow: AccountFlow, folder: Path
) -> None:
    told = await _told(flow, folder, {"redirect_field": "Redirect_URI's *"})

    assert r"*Redirect\_URI\'s \**" in told["at_console"]


async def test_without_a_browser_nothing_is_said_of_redirect_uris(
    flow: AccountFlow, folder: Path
) -> None:
    about = {
        "redirect_field": "Callback URL",
        "conditions": [{"kind": "https_redirect"}],
    }
    told = await _told(flow, folder, about, grants=["client_credentials"])

    assert told["at_console"] == ""


async def test_what_comes_later_is_dated_once(flow: AccountFlow, folder: Path) -> None:
    since = {"since": "2026-11-20"}
    told = await _told(
        flow,
        folder,
        {
            "looked_up": "2026-11-20",
            "conditions": [
                {"kind": "quota", "values": {"count": "60", "per": "hour"}, **since},
                {"kind": "users", "values": {"count": "5"}, "since": "2027-01"},
                {"kind": "testing", "url": "https://acme.example/testing"},
            ],
        },
        grant_ends={"testing": 7, "always": 180},
    )
    listed, looked_up = told["later"].split("\n\n")[1:]
    notes = listed.split("\n")

    assert " 7 days. [More](https://acme.example/testing)" in notes[0]
    assert notes[1].endswith("From 2027-01 on.")
    assert " 180 days" in notes[2]
    assert notes[3:] == ["- The API takes 60 requests an hour."]
    assert looked_up.startswith("Looked up: 2026-11-20.")


async def test_a_subscription_is_not_told_twice(
    flow: AccountFlow, folder: Path
) -> None:
    about = {"conditions": [{"kind": "paid"}, {"kind": "subscription"}]}
    told = await _told(flow, folder, about)

    assert told["before"] == f"- {WORDS['subscription']}\n\n"


async def test_the_scopes_to_tick_in_the_console_are_named(
    flow: AccountFlow, folder: Path
) -> None:
    about = {"conditions": [{"kind": "console_scopes"}]}
    told = await _told(flow, folder, about, scopes=["a:read", "b"])
    assert "`a:read`, `b`" in told["at_console"]
    told = await _told(flow, folder, about)
    assert WORDS["console_scopes"] in told["at_console"]


async def test_the_client_id_that_a_service_has_for_everybody_is_told(
    flow: AccountFlow, folder: Path
) -> None:
    about = {"conditions": [{"kind": "shared_client"}]}
    told = await _told(flow, folder, about, shared_client_id="for-all")

    assert "`for-all`" in told["before"]


async def test_suggestions_are_offered_and_not_preset(
    flow: AccountFlow, folder: Path
) -> None:
    about = {"scopes": ["a:read"], "console_url": "https://acme.example/apps"}
    told = await _told(flow, folder, about)
    details = flow.result["data_schema"].schema["details"].schema.schema

    assert details["scopes"].config["options"] == ["a:read"]
    assert WORDS["scopes"] in told["later"]
    assert told["developer_pages"] == (
        f"- {WORDS['console'].format(url='https://acme.example/apps')}"
    )
    [field] = [key for key in details if key == "scopes"]
    assert field.description == {"suggested_value": []}


async def test_what_is_written_wrong_is_logged_and_left_out(
    flow: AccountFlow, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = await _told(flow, folder, {"conditions": "none"})

    assert told["before"] == ""
    assert "entry of acme in the catalogue is wrong" in caplog.text


async def test_an_entry_that_cannot_be_read_leads_to_the_other_ways(
    flow: AccountFlow, folder: Path
) -> None:
    (folder / "home.json").write_text(json.dumps([{**SERVICE, "pkce": "yes"}]))
    result = await flow.choose("Acme")

    assert result["step_id"] == "not_listed"


async def test_in_a_language_without_words_the_english_ones_are_shown(
    hass: HomeAssistant, flow: AccountFlow, folder: Path
) -> None:
    hass.config.language = "tlh"
    told = await _told(flow, folder, {"conditions": [{"kind": "paid"}]})

    assert told["before"] == f"- {WORDS['paid']}\n\n"


async def test_of_a_service_of_ones_own_nothing_is_said(flow: AccountFlow) -> None:
    told = (await flow.to_credential())["description_placeholders"]

    assert not told["before"] + told["at_console"] + told["later"]


@pytest.mark.parametrize(("days", "told"), [(1, "every day."), (2, "every 2 days.")])
async def test_one_day_is_not_told_as_one_of_several(
    flow: AccountFlow, folder: Path, days: int, told: str
) -> None:
    notes = await _told(flow, folder, {}, grant_ends={"always": days})

    assert f"You sign in again {told}" in notes["later"]
