"""How long a server asks to wait."""

import time

import pytest

from custom_components.oauth2_client.oauth2 import Response, retry_after

# Friday, 15 January 2027, 08:00:00 UTC.
NOW = 1_800_000_000.0
DAY = 86400


def _wait(value: str, name: str = "Retry-After") -> float | None:
    return retry_after(Response(status=503, headers={name: value}), now=NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("0120", 120),
        # The three forms of RFC 9110, 5.6.7.
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60),
        ("Friday, 15-Jan-27 08:01:00 GMT", 60),
        ("Fri Jan 15 08:01:00 2027", 60),
        ("Fri, 15 Jan 2027 09:01:00 +0100", 60),
    ],
)
def test_seconds_and_dates_are_understood(value: str, seconds: float) -> None:
    assert _wait(value) == seconds


@pytest.mark.parametrize(
    "value", ["Fri Jan 15 08:01:00 2027", "Fri, 15 Jan 2027 08:01:00 -0000"]
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_a_date_without_a_zone_is_in_utc(
    value: str, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as local:
        local.setenv("TZ", zone)
        time.tzset()
        waits = _wait(value)
    time.tzset()

    assert waits == 60


@pytest.mark.parametrize(
    "value", ["Fri, 15 Jan 2027 07:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_a_date_in_the_past_means_now(value: str) -> None:
    assert _wait(value) == 0


@pytest.mark.parametrize("value", ["86401", "9" * 64, "Fri, 15 Jan 2100 08:00:00 GMT"])
def test_no_wait_is_longer_than_a_day(value: str) -> None:
    assert _wait(value) == DAY


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "soon",
        "-1",
        "1.5",
        "1e3",
        "١٢",
        "²",
        "9" * 65,
        "Fri, 99 Jan 2027 08:00:00 GMT",
        "Fri, 15 Jan 2027 99:00:00 GMT",
        "Fri, 15 Jan 99999 08:00:00 GMT",
        "Fri, 15 Jan 2027 08:00:00 +99999999999999",
        "\x00",
        ",",
        "Fri,",
    ],
)
def test_what_is_neither_says_nothing(value: str) -> None:
    assert _wait(value) is None


def test_no_header_says_nothing() -> None:
    assert retry_after(Response(status=503), now=NOW) is None


@pytest.mark.parametrize("name", ["retry-after", "RETRY-AFTER", "Retry-after"])
def test_the_headers_name_is_found_in_any_case(name: str) -> None:
    assert _wait("60", name) == 60
