"""How long a server asks to wait."""

import json
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
        "-30.5",
        "-1;foo",
        ";foo",
        "inf",
        "nan",
        "30foo",
        "0x1e",
        "1.5.2",
        "1e3",
        "1 fortnight",
        "P",
        "PT",
        "24:00",
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
def test_a_header_that_is_neither_seconds_nor_a_date_says_nothing(value: str) -> None:
    assert _wait(value) is None


def test_without_a_header_there_is_no_wait() -> None:
    assert retry_after(Response(status=503), now=NOW) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        # Microsoft Graph sends fractions; others what their language makes of a duration.
        ("2.128", 2.128),
        ('"30"', 30),
        ("30s", 30),
        ("30 seconds", 30),
        ("in 30 seconds", 30),
        ("+30", 30),
        ("30;", 30),
        # Parameters, as some gateways append them.
        ("30;foo", 30),
        ('30; comment="rate limit, 5 per minute"', 30),
        ("Fri, 15 Jan 2027 08:00:30 GMT;q=1", 30),
        ("30.5", 30.5),
        ("500ms", 0.5),
        ("6m0s", 360),
        ("1h2m3.5s", 3723.5),
        ("1 minute, 30 seconds", 90),
        ("PT30S", 30),
        ("PT1M30S", 90),
        ("00:00:30", 30),
        # The time since the epoch in seconds, and in ever smaller parts of them.
        ("1800000030", 30),
        ("1800000030.5", 30.5),
        ("1800000030000", 30),
        ("1800000030000000", 30),
        ("1800000030000000000", 30),
        ("1700000000", 0),
        ("2027-01-15T08:00:30Z", 30),
        ("2027-01-15T08:00:30.250Z", 30.25),
        ("2027-01-15 08:00:30", 30),
        ("2027-01-15 08:00:30 UTC", 30),
        ("2027-01-15T09:00:30+01:00", 30),
    ],
)
def test_each_notation_of_a_wait_is_understood(value: str, seconds: float) -> None:
    assert _wait(value) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        # Headers that are repeated are joined with commas (RFC 9110, 5.3).
        ("30, 30", 30),
        ("30,60", 60),
        ("60, 30", 60),
        ("0, 30", 30),
        ("soon, 30", 30),
        ("Fri, 15 Jan 2027 08:01:00 GMT, Fri, 15 Jan 2027 08:00:30 GMT", 60),
        ("30, Fri, 15 Jan 2027 08:01:00 GMT", 60),
        ("Fri, 15 Jan 2027 08:00:30 GMT, 10", 30),
        ("30;foo, 60;bar", 60),
        ("soon, later", None),
    ],
)
def test_of_several_waits_the_longest_counts(value: str, seconds: float | None) -> None:
    assert _wait(value) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500"}, 1.5),
        ({"x-ms-retry-after-ms": "30000", "Retry-After": "86400"}, 30),
        ({"Retry-After-Ms": "234", "Retry-After": "1"}, 0.234),
        ({"retry-after-ms": "soon", "Retry-After": "7"}, 7),
        ({"X-Retry-After": "30"}, 30),
        ({"X-Rate-Limit-Retry-After-Seconds": "30"}, 30),
        ({"X-Rate-Limit-Retry-After-Milliseconds": "30000"}, 30),
        ({"X-RateLimit-Retry-After": "1800000030"}, 30),
        ({"Not-Retry-After-All": "30"}, None),
    ],
)
def test_headers_similar_to_retry_after_are_read(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(Response(status=429, headers=headers), now=NOW) == seconds


@pytest.mark.parametrize(
    ("date", "age", "seconds"),
    [
        # The server's clock is ten hours behind, and then a year ahead.
        ("Thu, 14 Jan 2027 22:00:00 GMT", None, 36060),
        ("Fri, 15 Jan 2027 08:00:30 GMT", None, 30),
        ("Fri, 15 Jan 2027 07:00:00 GMT", "3600", 60),
        ("Sat, 15 Jan 2028 08:00:00 GMT", None, 0),
        # One that makes a wait of years is not believed.
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, 60),
        ("some day", None, 60),
    ],
)
def test_a_date_is_compared_with_the_servers_own_clock(
    date: str, age: str | None, seconds: float
) -> None:
    headers = {"Date": date, "Retry-After": "Fri, 15 Jan 2027 08:01:00 GMT"}
    if age is not None:
        headers["Age"] = age

    assert retry_after(Response(status=503, headers=headers), now=NOW) == seconds
    # What is no date is not.
    headers["Retry-After"] = "45"
    assert retry_after(Response(status=503, headers=headers), now=NOW) == 45


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        ({"message": "You are being rate limited.", "retry_after": 64.57}, 64.57),
        ({"Retry-After": "30"}, 30),
        ({"retryAfterMs": 30000}, 30),
        ({"error": {"details": [{"@type": "RetryInfo", "retryDelay": "36s"}]}}, 36),
        ({"parameters": {"retry_after": 35}}, 35),
        ({"error": {"resets_at": 1800000030}}, 30),
        ({"retryAt": "2027-01-15T08:00:30Z"}, 30),
        ({"error": {"message": "Rate limit reached. Please try again in 6m0s."}}, 360),
        ({"message": "Please retry after 30 seconds."}, 30),
        ({"errors": ["Too many requests, wait 5 minutes"]}, 300),
        ("Try again in 20ms", 0.02),
        ({"error_id": 502, "backoff": 30}, 30),
        ({"seconds_until_reset": 30}, 30),
        ({"retry_after": True}, None),
        ({"retry_after": None, "message": "Busy"}, None),
        ({"retry": 5, "after": 5, "wait_list": 7}, None),
        ({"message": "Never again. 30 s is too much"}, None),
        ({"retry_after": -5}, None),
        ([], None),
    ],
)
def test_the_body_of_an_error_may_state_the_wait(
    document: object, seconds: float | None
) -> None:
    body = json.dumps(document).encode()

    assert retry_after(Response(status=429, body=body), now=NOW) == (
        None if seconds is None else pytest.approx(seconds)
    )
    # The header goes before it, and a success has none.
    told = Response(status=429, headers={"Retry-After": "9"}, body=body)
    assert retry_after(told, now=NOW) == 9
    assert retry_after(Response(status=200, body=body), now=NOW) is None


@pytest.mark.parametrize(
    "body", [b"\xef\xbb\xbf{", b"\xff", b"[" * 50_000, b"9" * 5000]
)
def test_any_body_of_an_error_can_be_read(body: bytes) -> None:
    assert retry_after(Response(status=503, body=body), now=NOW) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000030"}, 30),
        ({"X-RateLimit-Reset": "1800000030"}, 30),
        ({"X-RateLimit-Reset-After": "1.25"}, 1.25),
        ({"RateLimit": '"burst";r=0;t=30, "day";r=9;t=3600'}, 30),
        ({"RateLimit": "limit=10, remaining=0, reset=30"}, 30),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s"}, 1),
        # Something else is used up, for less than this day.
        ({"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "1800080000"}, None),
    ],
)
def test_the_reset_of_a_used_up_limit_is_the_wait(
    headers: dict[str, str], seconds: float | None
) -> None:
    for status, waits in ((429, seconds), (503, seconds), (403, None)):
        response = Response(status=status, headers=headers)
        assert retry_after(response, now=NOW) == (
            None if waits is None else pytest.approx(waits, abs=1e-6)
        )


@pytest.mark.parametrize("name", ["retry-after", "RETRY-AFTER", "Retry-after"])
def test_the_headers_name_is_found_in_any_case(name: str) -> None:
    assert _wait("60", name) == 60


# The headers with which vendors tell of 30 seconds, in their documents.
IN_HEADERS = [
    {"X-Backoff": "30"},
    {"X-RateLimit-Retry-At": "1800000030"},
    {"X-Throttle-Wait-Seconds": "30"},
    {"X-Throttling-Reset": "30"},
    {"X-Quota-Reset": "1800000030"},
    {"x-ms-retry-after-ms": "30000"},
    {"X-RateLimit-TimeToReset": "30"},
    {"RateLimit-ResetTime": "Fri, 15 Jan 2027 08:00:30 GMT", "RateLimit-Remaining": "0"},
    {
        "X-HubSpot-RateLimit-Interval-Milliseconds": "30000",
        "X-HubSpot-RateLimit-Remaining": "0",
        "X-HubSpot-RateLimit-Daily-Remaining": "249000",
    },
    {"zendesk-ratelimit-tickets-index": "total=100; remaining=0; resets=30"},
    {
        "anthropic-ratelimit-requests-reset": "2027-01-15T08:00:30Z",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2027-01-16T08:00:00Z",
        "anthropic-ratelimit-tokens-remaining": "900",
    },
]  # fmt: skip


@pytest.mark.parametrize("headers", IN_HEADERS)
def test_thirty_seconds_are_told_in_many_headers(headers: dict[str, str]) -> None:
    assert retry_after(Response(status=429, headers=headers), now=NOW) == 30


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        ({"cooldown": 30}, 30),
        ({"available_in": "30s"}, 30),
        ({"blockedUntil": "2027-01-15T08:00:30Z"}, 30),
        ({"nextAllowedRequestAt": 1_800_000_030}, 30),
        ({"rate_limit": {"limit": 60, "reset": 1_800_000_030}}, 30),
        ({"secondsToWait": 30}, 30),
        ({"timeToWaitMs": 30_000}, 30),
        ({"detail": "Request was throttled. Expected available in 30 seconds."}, 30),
        ({"message": "Please retry after 2027-01-15T08:00:30Z"}, 30),
        ({"message": "The limit resets at 2027-01-15 08:00:30 UTC"}, 30),
        ({"message": "Please wait a minute"}, 60),
        ({"message": "Try again in an hour."}, 3600),
        # How often it was tried, and what is allowed, are no waits.
        ({"retry": 3, "retries": 5, "timeout": 30, "ttl": 30}, None),
        ({"message": "Only 5 requests per 30 seconds are allowed"}, None),
        ({"message": "Your trial began 2027-01-15T08:00:30Z"}, None),
        ({"message": "Try again with another key"}, None),
    ],
)
def test_a_refusals_words_may_say_it(document: object, seconds: float | None) -> None:
    body = json.dumps(document).encode()

    assert retry_after(Response(status=429, body=body), now=NOW) == seconds
