"""Which services a text may mean."""

import pytest

from custom_components.oauth2_client.catalogue import Summary, load_summaries
from custom_components.oauth2_client.flows.service.search import (
    is_certain,
    services_like,
)


def _found(text: str) -> list[str]:
    return [summary.id for summary in services_like(load_summaries(), text)]


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        ("GitHub", "github"),
        (" github ", "github"),
        ("azure", "microsoft"),
        ("Office", "microsoft"),
        ("office 365", "microsoft"),
        ("office365", "microsoft"),
        ("outlook", "microsoft"),
        ("OneDrive", "microsoft"),
        ("teams", "microsoft"),
        ("gmail", "google"),
        ("g-mail", "google"),
        ("google drive", "google"),
        ("google calendar", "google"),
        ("Spotify Web API", "spotify"),
        ("twitch.tv", "twitch"),
        ("git hub", "github"),
    ],
)
def test_a_service_is_found_by_what_people_call_it(typed: str, service: str) -> None:
    [summary] = services_like(load_summaries(), typed)

    assert summary.id == service
    assert is_certain(summary, typed)


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        ("gihtub", "github"),
        ("netatmoo", "netatmo"),
        ("spottify", "spotify"),
        ("nextcluod", "nextcloud"),
        ("outlok", "microsoft"),
    ],
)
def test_a_misspelling_is_found_and_kept_apart(typed: str, service: str) -> None:
    [summary] = services_like(load_summaries(), typed)

    assert summary.id == service
    assert not is_certain(summary, typed)


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        ("spot", "spotify"),
        ("Calendar", "google"),
        # A doorbell is meant, washing machines are, and mail.
        ("ring", "ringcentral"),
        ("mi home", "miele"),
        ("libre", "mercado_libre"),
    ],
)
def test_the_beginning_or_the_end_of_a_name_is_asked_about(
    typed: str, service: str
) -> None:
    [summary] = services_like(load_summaries(), typed)

    assert summary.id == service
    assert not is_certain(summary, typed)


@pytest.mark.parametrize(
    "typed",
    # Brands of things at home, which are like names of other things by chance.
    [
        "kia",
        "vw",
        "eon",
        "ikea",
        "emby",
        "plex",
        "arlo",
        "tapo",
        "ohme",
        "zappi",
        "miio",
        "steam",
        "wetter",
        "polestar",
        "chargepoint",
        "melcloud",
        "icloud",
    ],
)
def test_another_brand_is_no_misspelling(typed: str) -> None:
    assert _found(typed) == []


def test_the_beginning_of_several_names_finds_them_all() -> None:
    assert {"github", "gitlab"} < set(_found("git"))


@pytest.mark.parametrize(
    "typed", ["", "  ", "…", "frobnicator", "my own server", "x" * 100_000]
)
def test_what_is_no_known_service_finds_none(typed: str) -> None:
    assert _found(typed) == []


def test_a_service_of_exactly_this_name_comes_alone() -> None:
    summaries = [
        Summary(id="a", name="Home", category="home"),
        Summary(id="b", name="Home Connect", category="home"),
    ]

    assert [each.id for each in services_like(summaries, "home")] == ["a"]
