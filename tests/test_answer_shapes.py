"""Real answers, written by hand from their public documentation: ticked, and nothing changed."""

import json
from pathlib import Path
from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault
from .resources import SubentryFlow, entity_ids

_ANSWERS: Final = Path(__file__).parent / "answers"
_TICKED: Final[dict[str, list[str]]] = {
    "fitbit_day_summary": [
        "$.summary.steps",
        "$.summary.restingHeartRate",
        "$.summary.caloriesOut",
        "$.summary.sedentaryMinutes",
        "$.summary.distances[?@.activity == 'total'].distance",
        "$.goals.steps",
    ],
    "github_notifications": [
        "$",
        "$[0].subject.title",
        "$[0].updated_at",
        "$[0].unread",
    ],
    "github_user": [
        "$.followers",
        "$.public_repos",
        "$.created_at",
        "$.two_factor_authentication",
        "$.plan.name",
        "$.email",
    ],
    "google_calendar_events": [
        "$.items",
        "$.items[0].summary",
        "$.items[0].start.dateTime",
        "$.items[0].end.dateTime",
        "$.items[0].location",
        "$.items[-1].start.date",
        "$.updated",
    ],
    "microsoft_graph_presence": [
        "$.availability",
        "$.activity",
        "$.outOfOfficeSettings.isOutOfOffice",
    ],
    "monzo_balance": ["$.balance", "$.spend_today", "$.currency"],
    "netatmo_stations": [
        f"$.body.devices[?@._id == '70:ee:50:22:a3:00'].{rest}"
        for rest in (
            "dashboard_data.Temperature",
            "dashboard_data.CO2",
            "dashboard_data.Humidity",
            "dashboard_data.Noise",
            "dashboard_data.Pressure",
            "dashboard_data.time_utc",
            "reachable",
            "wifi_status",
            "modules[?@._id == '02:00:00:22:a3:01'].dashboard_data.Temperature",
            "modules[?@._id == '02:00:00:22:a3:01'].battery_percent",
        )
    ],
    "spotify_player": [
        "$.is_playing",
        "$.item.name",
        "$.item.artists[?@.id == '459INk8vcC0ebEef82WjIK'].name",
        "$.item.duration_ms",
        "$.progress_ms",
        "$.device.volume_percent",
        "$.device.name",
        "$.shuffle_state",
        "$.timestamp",
    ],
    "strava_athlete_stats": [
        "$.recent_ride_totals.count",
        "$.recent_ride_totals.distance",
        "$.recent_ride_totals.moving_time",
        "$.ytd_run_totals.distance",
        "$.biggest_climb_elevation_gain",
    ],
    "todoist_tasks": [
        "$.results",
        "$.results[0].content",
        "$.results[0].due.date",
        "$.results[0].checked",
        "$.results[0].added_at",
    ],
    "withings_measures": [
        "$.body.updatetime",
        "$.body.measuregrps[0].date",
        "$.body.measuregrps[0].measures",
        "$.body.measuregrps[0].measures[0].value",
    ],
}


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.mark.parametrize("name", _TICKED)
async def test_a_real_answer_makes_sensible_entities_with_no_edit(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    snapshot: SnapshotAssertion,
    name: str,
) -> None:
    document = json.loads((_ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    server.api_faults.extend([Fault.json(200, document)] * 2)
    adding = SubentryFlow(hass, account)
    await adding.start()
    await adding.submit(name="R", url="/it", interval=300)
    result = await adding.pick(*_TICKED[name])
    assert result["type"] is FlowResultType.CREATE_ENTRY

    [subentry] = account.subentries.values()
    states = [hass.states.get(each) for each in entity_ids(hass, subentry).values()]
    shown = {
        state.entity_id: [
            state.state,
            *(f"{key}: {value}" for key, value in sorted(state.attributes.items())),
        ]
        for state in states
        if state is not None
    }
    assert shown == snapshot
