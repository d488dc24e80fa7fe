"""Numbers, times, days and flags are read in the many ways in which APIs write them."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document import as_number
from custom_components.oauth2_client.document.flags import as_flag
from custom_components.oauth2_client.document.times import as_day, as_moment

ZONE = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)
# Characters of which numbers and times are made, so that a text is almost one.
ALMOST = st.text("0123456789-+:.,TZWe /GMTUCSunMar", max_size=40)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (-2.5, -2.5),
        ("21.5", 21.5),
        (" -3 ", -3),
        ("+4", 4),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("007", 7),
    ],
)
def test_a_number_may_be_text(value: object, number: float) -> None:
    assert as_number(value) == number


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "",
        "warm",
        "1_000",
        "1,5",
        "٣",
        "0x10",
        ".",
        "e5",
        "1-2",
        "+-1",
        "nan",
        "1e999",
        "9" * 81,
        10**400,
        float("inf"),
        [1],
        {},
    ],
)
def test_what_is_no_finite_number_is_none(value: object) -> None:
    assert as_number(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01t12:00:00z",
        "2026-03-01T13:00:00.000000000+01:00",
        "2026-03-01T04:00:00-0800",
        "20260301T120000Z",
        "2026-03-01 12:00:00.000+00:00",
        "2026-03-01 13:00:00 +0100",
        "2026-03-01 12:00:00 UTC",
        "2026-03-01 04:00:00",
        "2026-03-01T04:00",
        "Sun, 01 Mar 2026 12:00:00 GMT",
        "Sun, 1 Mar 2026 13:00:00 +0100",
        "01 Mar 2026 12:00:00 -0000",
        "Sunday, 01-Mar-26 12:00:00 GMT",
        "Sun Mar  1 04:00:00 2026",
        "Sun Mar 01 12:00:00 +0000 2026",
        1772366400,
        1772366400.0,
        1772366400000,
        1772366400000000,
        1772366400000000000,
        "1772366400",
        "1772366400000",
    ],
)
def test_a_moment_is_text_or_a_number_since_the_epoch(value: object) -> None:
    moment = as_moment(value, zone=ZONE)

    assert moment == NOON
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "",
        "12:00",
        "2026-02-30T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-03-01T12:00:00Z" + " " * 80,
        "Sun, 31 Feb 2026 12:00:00 GMT",
        "Sun, 01 Mar 2026 12:00:00 +99999999999",
        "may 5 people 12:00",
        10**30,
        -(10**30),
        float("nan"),
        True,
        None,
        [],
        {},
    ],
)
def test_what_is_no_moment_is_none(value: object) -> None:
    assert as_moment(value, zone=ZONE) is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01",
        "20260301",
        "2026-W09-7",
        "2026-03-01T23:30:00-08:00",
        "2026-03-01T23:30:00",
        "Sun, 01 Mar 2026 23:30:00 GMT",
        # 23:30 in ZONE, when it is March 2 in UTC.
        1772436600,
        "1772436600",
    ],
)
def test_a_day_is_that_of_the_offset_it_is_written_with(value: object) -> None:
    assert as_day(value, zone=ZONE) == date(2026, 3, 1)


def test_the_day_of_a_number_is_that_of_the_zone() -> None:
    east = timezone(timedelta(hours=10))

    assert as_day(1772436600, zone=east) == date(2026, 3, 2)


@pytest.mark.parametrize(
    "value", ["soon", "", "2026-02-30", "2026-3-1", 10**30, True, None, []]
)
def test_what_is_no_day_is_none(value: object) -> None:
    assert as_day(value, zone=ZONE) is None


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        (True, False),
        (1, 0),
        (1.0, 0.0),
        ("true", "false"),
        ("1", "0"),
        ("ON", "Off"),
        ("yes", "no"),
        ("open", "closed"),
        ("AJAR", "CLOSED"),
        ("Online", "OFFLINE"),
        ("connected", "disconnected"),
        ("enabled", "disabled"),
        ("active", "inactive"),
        ("unlocked", "locked"),
        ("detected", "not_detected"),
        ("home", "Not-Home"),
        (" plugged  in ", "unplugged"),
    ],
)
def test_a_flag_may_be_a_number_or_a_word(yes: object, no: object) -> None:
    assert (as_flag(yes), as_flag(no)) == (True, False)


@pytest.mark.parametrize(
    "value", [None, 2, -1, "", "maybe", "on" * 50, [], {}, [1], "1.0"]
)
def test_what_is_no_flag_is_none(value: object) -> None:
    assert as_flag(value) is None


@given(JSON | ALMOST)
def test_any_value_is_read_or_none(value: object) -> None:
    number = as_number(value)
    assert number is None or abs(number) < float("inf")
    moment = as_moment(value, zone=ZONE)
    assert moment is None or moment.tzinfo is UTC
    day = as_day(value, zone=ZONE)
    assert day is None or type(day) is date
    assert as_flag(value) in {True, False, None}


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_what_isoformat_writes_is_read_back(local: datetime, minutes: int) -> None:
    moment = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert as_moment(moment.isoformat(), zone=ZONE) == moment
    assert as_day(moment.isoformat(), zone=ZONE) == local.date()
