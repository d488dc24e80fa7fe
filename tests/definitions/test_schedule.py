"""When a resource is fetched."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from custom_components.oauth2_client.definitions.resource import (
    LONGEST_INTERVAL_SECONDS,
    Resource,
    Schedule,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = Schedule(interval=3600, start=time(7), end=time(22))
WHOLE_DAY = Schedule(interval=3600, start=time(7), end=time(7))
NIGHT = Schedule(interval=3600, start=time(22), end=time(6))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_without_hours_it_is_always_open() -> None:
    assert Schedule(interval=60).is_open(_at("2026-11-24T03:00"))
    assert Schedule(interval=60).delay(_at("2026-11-24T03:00")) == 60


@pytest.mark.parametrize(
    ("schedule", "clock", "is_open"),
    [
        (DAY, "06:59", False),
        (DAY, "07:00", True),
        (DAY, "21:59", True),
        (DAY, "22:00", False),
        (NIGHT, "21:59", False),
        (NIGHT, "22:00", True),
        (NIGHT, "00:00", True),
        (NIGHT, "05:59", True),
        (NIGHT, "06:00", False),
        # As stored by hand: the form refuses equal times.
        (WHOLE_DAY, "06:59", True),
        (WHOLE_DAY, "07:00", True),
        (WHOLE_DAY, "23:59", True),
    ],
)
def test_it_is_open_from_its_start_to_before_its_end(
    schedule: Schedule, clock: str, is_open: bool
) -> None:
    assert schedule.is_open(_at(f"2026-11-24T{clock}")) is is_open


@pytest.mark.parametrize(
    ("schedule", "now", "next_fetch"),
    [
        (DAY, "2026-11-24T12:00", "2026-11-24T13:00"),
        (DAY, "2026-11-24T21:30", "2026-11-25T07:00"),
        (DAY, "2026-11-24T23:30", "2026-11-25T07:00"),
        (DAY, "2026-11-24T03:00", "2026-11-24T07:00"),
        (DAY, "2026-11-24T06:30", "2026-11-24T07:30"),
        (NIGHT, "2026-11-24T05:30", "2026-11-24T22:00"),
        (NIGHT, "2026-11-24T23:30", "2026-11-25T00:30"),
        # Daylight saving time ends in the first of these nights, and begins in the second.
        (DAY, "2026-10-24T21:30", "2026-10-25T07:00"),
        (DAY, "2027-03-27T21:30", "2027-03-28T07:00"),
    ],
)
def test_a_fetch_outside_the_hours_comes_when_they_begin(
    schedule: Schedule, now: str, next_fetch: str
) -> None:
    moment = _at(now)

    assert schedule.delay(moment) == _at(next_fetch).timestamp() - moment.timestamp()


def test_an_interval_longer_than_the_hours_still_meets_them() -> None:
    rare = Schedule(interval=24 * 3600, start=time(7), end=time(8))

    assert rare.delay(_at("2026-11-24T12:00")) == 43 * 3600


@pytest.mark.parametrize("interval", [1e300, 10**400, 10**12, LONGEST_INTERVAL_SECONDS])
def test_no_interval_is_too_long_for_a_date(interval: float) -> None:
    raw = {"url": "/me", "values": [], "interval": interval}
    for hours in ({}, {"start": "07:00:00", "end": "22:00:00"}):
        stored = Resource.from_dict("Me", {**raw, **hours}).schedule

        assert stored.interval == LONGEST_INTERVAL_SECONDS
        assert stored.delay(_at("2026-11-24T12:00")) <= LONGEST_INTERVAL_SECONDS
