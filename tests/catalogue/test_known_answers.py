"""The known resources of the catalogue: Home Assistant accepts what each makes of an answer."""

from copy import deepcopy
import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.oauth2_client.api import content_type
from custom_components.oauth2_client.catalogue import KnownResource, parse_provider
from custom_components.oauth2_client.catalogue.load import read_entries
from custom_components.oauth2_client.definitions.fitting import check_value
from custom_components.oauth2_client.definitions.readings import (
    ValueReader,
    render_value,
)
from custom_components.oauth2_client.definitions.resource import Resource
from custom_components.oauth2_client.document.guessing.tables.vocabulary import (
    BEGINS_AGAIN,
)
from custom_components.oauth2_client.document.guessing.words import words_of
from custom_components.oauth2_client.document.paths import MISSING, compile_path
from custom_components.oauth2_client.providers.elements import first_path, for_each
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template

from ..rows import check_rows

_ANSWERS: Final = Path(__file__).parents[1] / "answers"
_OF_SERVICES: Final = Path(__file__).parent / "known_answers"
# The file in tests/answers that each is tested with. All others have theirs in `known_answers`, in the file
# of their service.
_ANSWER_OF: Final = {
    "dropbox.account": "dropbox_account",
    "dropbox.space": "dropbox_space",
    "fitbit.device": "fitbit_devices",
    "fitbit.sleep": "fitbit_sleep",
    "fitbit.today": "fitbit_day_summary",
    "github.account": "github_user",
    "github.notifications": "github_notifications",
    "github.rate_limit": "github_rate_limit",
    "gitlab.counts": "gitlab_counts",
    "gitlab.issues": "gitlab_issues",
    "google.calendar": "google_calendar_events",
    "google.inbox": "google_gmail_inbox",
    "google.tasks": "google_tasks",
    "microsoft.presence": "microsoft_graph_presence",
    "microsoft.inbox": "microsoft_inbox",
    "microsoft.calendar": "microsoft_calendar",
    "microsoft.drive": "microsoft_drive",
    "netatmo.home_coach": "netatmo_home_coach",
    "netatmo.outdoor": "netatmo_stations",
    "netatmo.rain_gauge": "netatmo_stations",
    "netatmo.station": "netatmo_stations",
    "spotify.player": "spotify_player",
    "spotify.top_track": "spotify_top_tracks",
    "spotify.recently_played": "spotify_recently_played",
    "strava.athlete": "strava_athlete",
    "strava.latest_activity": "strava_activities",
    "todoist.tasks": "todoist_tasks",
    "todoist.today": "todoist_tasks",
    "todoist.productivity": "todoist_productivity",
    "withings.activity": "withings_activity",
    "withings.body": "withings_body",
    "withings.sleep": "withings_sleep",
}
_PROVIDERS: Final = {
    raw["id"]: parse_provider(raw, category=category)
    for category, raw in read_entries()
}
_KNOWN: Final = {
    f"{provider.id}.{known.id}": known
    for provider in _PROVIDERS.values()
    for known in provider.known_resources
}
# What these take needs no body.
_WITHOUT_BODY: Final = frozenset({"dropbox", "simkl", "google_health"})


def _answer(name: str) -> Any:
    if (file := _ANSWER_OF.get(name)) is not None:
        return json.loads((_ANSWERS / f"{file}.json").read_text("utf-8"))
    service, _, resource = name.partition(".")
    answers = json.loads((_OF_SERVICES / f"{service}.json").read_text("utf-8"))
    return answers[resource]


def test_45_services_have_two_or_more() -> None:
    counts = [len(each.known_resources_json) for each in _PROVIDERS.values()]
    assert sum(count >= 2 for count in counts) >= 45


def test_no_answer_is_left_over() -> None:
    for path in _OF_SERVICES.iterdir():
        for resource in json.loads(path.read_text("utf-8")):
            assert f"{path.stem}.{resource}" in _KNOWN


def test_its_request_goes_where_the_token_may_go() -> None:
    def check(name: str) -> None:
        known, provider = _KNOWN[name], _PROVIDERS[name.partition(".")[0]]
        host = urlsplit(known.url).netloc
        assert not host or host in provider.api_hosts
        assert host or provider.api_base_url
        assert known.method == "GET" or known.body or provider.id in _WITHOUT_BODY

    check_rows({name: name for name in _KNOWN}, check)


def test_what_begins_again_each_day_or_month_is_no_total() -> None:
    def check(known: KnownResource) -> None:
        for value in known.values:
            words = {*words_of(known.name), *words_of(value.name)}
            is_of_a_period = not BEGINS_AGAIN.isdisjoint(words)
            is_a_balance = not words.isdisjoint({"balance", "assign"})
            if value.state_class == "total":
                assert is_a_balance or not is_of_a_period, value.name

    check_rows(_KNOWN, check)


def test_it_is_a_resource_that_home_assistant_takes() -> None:
    def check(known: KnownResource) -> None:
        resource = Resource.from_dict(known.name, known.as_dict())
        assert [value.as_dict() for value in resource.values] == [
            {"platform": "sensor", **value.as_dict()} for value in known.values
        ]
        for value in resource.values:
            check_value(value)

    check_rows(_KNOWN, check)


def test_each_value_is_in_a_real_answer() -> None:
    def check(name: str) -> None:
        known = _KNOWN[name]
        resource = Resource.from_dict(known.name, known.as_dict())
        found = ValueReader(resource.values).read(_answer(name))
        missing = {key for key, value in found.values.items() if value is MISSING}
        assert missing == set()

    check_rows({name: name for name in _KNOWN}, check)


_LISTS: Final = {name: known for name, known in _KNOWN.items() if known.each}


def _twice(known: KnownResource, name: str) -> Any:
    """Return an answer that lists its first thing once more, with another key."""
    answer = deepcopy(_answer(name))
    assert known.each is not None
    listed = compile_path(known.each.path).find(answer)
    assert isinstance(listed, list)
    other = deepcopy(listed[0])
    key = other[known.each.key]
    other[known.each.key] = key + 1 if isinstance(key, int) else f"{key}-2"
    listed[1:] = [other]
    return answer


def _names_of(known: KnownResource) -> set[str]:
    """Return the paths to what a thing is called, which is in the names of its values."""
    assert known.each is not None
    return {f"{known.each.path}[0].{name}" for name in known.each.name}


@pytest.mark.parametrize("name", _LISTS)
def test_each_thing_that_an_answer_lists_has_the_values(name: str) -> None:
    known = _LISTS[name]
    answer = _twice(known, name)
    both = for_each(known, answer)
    resource = Resource.from_dict(known.name, both.as_dict())
    found = ValueReader(resource.values).read(answer)

    own = [each for each in known.values if each.path not in _names_of(known)]
    assert known.each is not None
    first = f"{known.each.path}[0]"
    listed = sum(each.path.startswith(first) for each in own)
    assert len(resource.values) == len(own) + listed
    assert MISSING not in found.values.values()
    assert len({value.name for value in both.values}) == len(both.values)
    # And what was added is known again.
    paths = {first_path(known, value.path) for value in both.values}
    assert paths == {first_path(known, value.path) for value in own}


async def test_each_body_is_told_for_what_it_is(hass: HomeAssistant) -> None:
    for name, known in _KNOWN.items():
        body = Template(known.body or "null", hass).async_render(parse_result=False)

        assert not content_type(body).startswith("text/plain"), name


@pytest.mark.parametrize(
    ("name", "key", "shown"),
    [
        ("google.tasks", "open", "1"),
        ("microsoft.calendar", "next_event_start", "2026-11-24T16:00:00Z"),
        ("netatmo.home_coach", "health", "fine"),
        ("todoist.productivity", "completed_today", "3"),
        ("withings.body", "fat_ratio", "19.23"),
        ("withings.body", "weight", "65.75"),
    ],
)
async def test_a_template_makes_what_a_person_reads(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    name: str,
    key: str,
    shown: str,
) -> None:
    freezer.move_to("2026-11-24T12:00:00-08:00")
    known = _KNOWN[name]
    resource = Resource.from_dict(known.name, known.as_dict())
    readings = ValueReader(resource.values).read(_answer(name))
    [value] = [each for each in resource.values if each.key == key]

    template = Template(value.template or "", hass)
    assert render_value(template, readings.values[key], readings) == shown


async def test_templates_work(hass: HomeAssistant) -> None:
    for name, known in _KNOWN.items():
        for text in (known.url, *known.query.values(), known.body or ""):
            assert "{{" not in Template(text, hass).async_render(parse_result=False)
        resource = Resource.from_dict(known.name, known.as_dict())
        readings = ValueReader(resource.values).read(_answer(name))
        for value in resource.values:
            template = value.template and Template(value.template, hass)
            found = readings.values[value.key]
            shown = render_value(template, found, readings) if template else found
            assert shown not in (None, "", "None"), f"{name}: {value.key}"
            assert not isinstance(shown, list | dict), f"{name}: {value.key}"


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ({"value": 68, "unit": "F"}, "20.0"),
        ({"value": 20.5, "unit": "C"}, "20.5"),
        # A device that was never online.
        ({"value": None}, "None"),
    ],
)
async def test_a_temperature_of_smartthings_is_in_degrees_celsius(
    hass: HomeAssistant, status: dict[str, Any], shown: str
) -> None:
    known = _KNOWN["smartthings.devices"]
    resource = Resource.from_dict(known.name, known.as_dict())
    readings = ValueReader(resource.values).read(_answer("smartthings.devices"))
    [value] = [each for each in resource.values if each.key == "temperature"]

    template = Template(value.template or "", hass)
    assert str(render_value(template, status, readings)) == shown
