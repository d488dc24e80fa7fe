"""Rate limits in the headers of responses."""

from collections.abc import Mapping

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.account.rate_limit import RateLimit, rate_limit
from custom_components.oauth2_client.oauth2 import Response

NOW = 1_800_000_000.0
GITHUB = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": "1800000060",
}
REDDIT = {"x-ratelimit-remaining": "299.0", "x-ratelimit-reset": "60"}
STRAVA = {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "10,500"}
DRAFT_3 = {"RateLimit-Limit": "10", "RateLimit-Remaining": "1", "RateLimit-Reset": "7"}
DRAFT_7 = {"RateLimit": "limit=10, remaining=1, reset=7"}
DRAFT_8 = {"RateLimit": '"default";r=1;t=7'}


def _response(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=status, headers=headers or {}, body=b"")


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (GITHUB, RateLimit(remaining=4999, limit=5000, resets_at=NOW + 60)),
        (REDDIT, RateLimit(remaining=299, resets_at=NOW + 60)),
        # A quarter of an hour, and a day in UTC: it was eight o'clock.
        (STRAVA, RateLimit(remaining=190, limit=200, resets_at=NOW + 900)),
        (DRAFT_3, RateLimit(remaining=1, limit=10, resets_at=NOW + 7)),
        (DRAFT_7, RateLimit(remaining=1, limit=10, resets_at=NOW + 7)),
        (DRAFT_8, RateLimit(remaining=1, resets_at=NOW + 7)),
        # Of several windows, the one with the fewest requests left counts.
        (
            {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "10,2000"},
            RateLimit(remaining=0, limit=2000, resets_at=NOW + 16 * 3600),
        ),
        # Reading has limits of its own beside the others.
        (
            {
                **STRAVA,
                "X-ReadRateLimit-Limit": "100,1000",
                "X-ReadRateLimit-Usage": "10,995",
            },
            RateLimit(remaining=5, limit=1000, resets_at=NOW + 16 * 3600),
        ),
        (
            {
                **STRAVA,
                "X-ReadRateLimit-Limit": "300,3000",
                "X-ReadRateLimit-Usage": "10,500",
            },
            RateLimit(remaining=190, limit=200, resets_at=NOW + 900),
        ),
        (
            {"RateLimit": '"burst";r=5;t=1, "day";r=2;t=3600'},
            RateLimit(remaining=2, resets_at=NOW + 3600),
        ),
        (
            {"RateLimit": '"day;r=1";r=2;t=3600, "burst";r=5;t=1'},
            RateLimit(remaining=2, resets_at=NOW + 3600),
        ),
        (
            {"RateLimit-Limit": "10, 10;w=1, 1000;w=3600", "RateLimit-Remaining": "3"},
            RateLimit(remaining=3, limit=10),
        ),
        (
            {
                "Fitbit-Rate-Limit-Limit": "150",
                "Fitbit-Rate-Limit-Remaining": "149",
                "Fitbit-Rate-Limit-Reset": "1478",
            },
            RateLimit(remaining=149, limit=150, resets_at=NOW + 1478),
        ),
        (
            {"X-Rate-Limit-Remaining": "3", "X-Rate-Limit-Reset": "1800000060000"},
            RateLimit(remaining=3, resets_at=NOW + 60),
        ),
        (
            {"RateLimit": "unlimited", **REDDIT},
            RateLimit(remaining=299, resets_at=NOW + 60),
        ),
        # A date is not read as the number that it begins with.
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2027-01-15T08:01:00Z"},
            RateLimit(remaining=0, resets_at=NOW + 60),
        ),
        (
            {
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": "Fri, 15 Jan 2027 08:01:00 GMT",
            },
            RateLimit(remaining=0, resets_at=NOW + 60),
        ),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "tomorrow"},
            RateLimit(remaining=0),
        ),
        # Zoho, Twitch, Spotify's and others' resets, in ever smaller parts of a second.
        (
            {
                "X-RATELIMIT-LIMIT": "200",
                "X-RATELIMIT-REMAINING": "0",
                "X-RATELIMIT-RESET": "1800000060000",
            },
            RateLimit(remaining=0, limit=200, resets_at=NOW + 60),
        ),
        (
            {
                "Ratelimit-Limit": "800",
                "Ratelimit-Remaining": "799",
                "Ratelimit-Reset": "1800000001",
            },
            RateLimit(remaining=799, limit=800, resets_at=NOW + 1),
        ),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000060000000"},
            RateLimit(remaining=0, resets_at=NOW + 60),
        ),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-Ms": "30000"},
            RateLimit(remaining=0, resets_at=NOW + 30),
        ),
        # Discord: the time since the epoch, and beside it how long that is.
        (
            {
                "X-RateLimit-Limit": "5",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": "1900000000.123",
                "X-RateLimit-Reset-After": "1.5",
                "X-RateLimit-Bucket": "abcd1234",
            },
            RateLimit(remaining=0, limit=5, resets_at=NOW + 1.5),
        ),
        (
            {
                "x-ratelimit-limit-requests": "60",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "6m0s",
                "x-ratelimit-limit-tokens": "150000",
                "x-ratelimit-remaining-tokens": "149984",
                "x-ratelimit-reset-tokens": "20ms",
            },
            RateLimit(remaining=0, limit=60, resets_at=NOW + 360),
        ),
        # Several windows: in headers of their own, in lists, and in those that were repeated.
        (
            {
                "X-RateLimit-Limit-Minute": "20",
                "X-RateLimit-Remaining-Minute": "19",
                "X-RateLimit-Limit-Hour": "500",
                "X-RateLimit-Remaining-Hour": "7",
            },
            RateLimit(remaining=7, limit=500),
        ),
        (
            {
                "X-RateLimit-Limit": "100, 1000",
                "X-RateLimit-Remaining": "99, 0",
                "X-RateLimit-Reset": "10, 3600",
            },
            RateLimit(remaining=0, limit=1000, resets_at=NOW + 3600),
        ),
        (
            {"X-RateLimit-Remaining": "39/40", "X-RateLimit-Limit": "40/60s"},
            RateLimit(remaining=39, limit=40),
        ),
        # The limit and the longest time to its reset may stand in the policy of that name.
        (
            {
                "RateLimit": '"burst";r=50, "day";r=900;t=3600',
                "RateLimit-Policy": '"burst";q=100;w=60, "day";q=1000;w=86400',
            },
            RateLimit(remaining=50, limit=100, resets_at=NOW + 60),
        ),
        (
            {**DRAFT_3, "RateLimit-Policy": "10;w=1, 1000;w=3600"},
            RateLimit(remaining=1, limit=10, resets_at=NOW + 7),
        ),
        # The server's clock is two hours ahead of ours; what is less than a minute is no difference.
        (
            {**GITHUB, "Date": "Fri, 15 Jan 2027 10:00:01 GMT"}
            | {"x-ratelimit-reset": "1800007260"},
            RateLimit(remaining=4999, limit=5000, resets_at=NOW + 60),
        ),
        (
            {**GITHUB, "Date": "Fri, 15 Jan 2027 07:59:40 GMT"},
            RateLimit(remaining=4999, limit=5000, resets_at=NOW + 60),
        ),
        # No limit lasts for years.
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "999999999"},
            RateLimit(remaining=0),
        ),
        ({}, None),
        ({"X-RateLimit-Limit": "10"}, None),
        ({"RateLimit": "unlimited"}, None),
        ({"X-RateLimit-Remaining": "many"}, None),
        ({"X-RateLimit-Remaining": "-1"}, None),
        ({"X-RateLimit-Remaining": "9" * 400}, None),
    ],
)
def test_it_is_read_as_apis_write_it(
    headers: dict[str, str], limit: RateLimit | None
) -> None:
    assert rate_limit(_response(200, headers), now=NOW) == limit


_FIELDS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet='0123456789.,;="rt -a', max_size=80),
    st.integers().map(str),
)


@given(_FIELDS, _FIELDS, _FIELDS)
def test_whatever_stands_there_is_a_limit_or_none(one: str, two: str, all: str) -> None:
    headers = {
        "RateLimit": all,
        "X-RateLimit-Remaining": one,
        "X-RateLimit-Reset": two,
    }
    for kept in (headers, dict(list(headers.items())[1:])):
        limit = rate_limit(_response(200, kept), now=NOW)
        assert limit is None or limit.remaining >= 0
