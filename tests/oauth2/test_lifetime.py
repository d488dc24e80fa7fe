"""When a token expires, with and without a lifetime in the answer."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
import json
from typing import Any

import pytest

from custom_components.oauth2_client.oauth2.lifetime import (
    expires_at,
    refresh_expires_at,
)

NOW = 1_800_000_000.0
YEAR = 366 * 86400


def _jwt(claims: object) -> str:
    payload = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJub25lIn0.{payload}.c2lnbmF0dXJl"


def _lifetime(
    answer: Mapping[str, object],
    *,
    names: Mapping[str, str] | None = None,
    default: int | None = None,
    access_token: str = "opaque",
) -> float | None:
    expires = expires_at(
        answer,
        name=lambda field: (names or {}).get(field, field),
        now=NOW,
        default=default,
        access_token=access_token,
    )
    return None if expires is None else expires - NOW


@pytest.mark.parametrize(
    ("answer", "lifetime"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": 3600.5}, 3600.5),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": "3600.0"}, 3600),
        ({"expires_in": " 3600 "}, 3600),
        ({"expires_in": 1}, 1),
        ({"expires_in": NOW + 60}, 60),
        ({"expires_in": (NOW + 60) * 1000}, 60),
        ({"expires_at": NOW + 60}, 60),
        ({"expires_at": str(NOW + 60)}, 60),
        ({"expires_at": (NOW + 60) * 1000}, 60),
        ({"expires_on": NOW + 60}, 60),
        ({"expires_on": str(int(NOW) + 60)}, 60),
        ({"expires_at": "2027-01-15T08:01:00Z"}, 60),
        ({"expires_at": "2027-01-15T08:01:00"}, 60),
        ({"expires_at": "2027-01-15T09:01:00.000+01:00"}, 60),
        ({"expires_on": "2027-01-15 08:01:00"}, 60),
        ({"expires": 60}, 60),
        ({"expires": NOW + 60}, 60),
        ({"expires": (NOW + 60) * 1000}, 60),
    ],
)
def test_a_lifetime_is_read_however_it_is_written(
    answer: Mapping[str, object], lifetime: float
) -> None:
    assert _lifetime(answer) == lifetime


@pytest.mark.parametrize(
    ("answer", "lifetime"),
    [
        ({"expires_in": 60, "expires_at": NOW + 3600}, 60),
        ({"expires_in": None, "expires_at": NOW + 60}, 60),
        ({"expires_in": "soon", "expires_on": NOW + 60}, 60),
        ({"expires_at": NOW + 60, "expires": 3600}, 60),
        ({"expires_at": 60, "expires": 3600}, 3600),
    ],
)
def test_of_several_fields_the_first_that_can_be_read_counts(
    answer: Mapping[str, object], lifetime: float
) -> None:
    assert _lifetime(answer) == lifetime


@pytest.mark.parametrize("field", ["expires_in", "expires_at", "expires_on", "expires"])
@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "1" * 33,
        True,
        [],
        [3600],
        {},
        0,
        "0",
        -1,
        "-1",
        "nan",
        "inf",
        float("nan"),
        float("inf"),
        pytest.param(10**400, id="beyond-a-float"),
    ],
)
def test_a_value_that_is_not_a_time_counts_as_left_out(
    field: str, value: object
) -> None:
    assert _lifetime({field: value}) is None
    assert _lifetime({field: value}, default=60) == 60


@pytest.mark.parametrize("field", ["expires_in", "expires_at", "expires_on", "expires"])
def test_a_field_is_read_under_the_providers_name(field: str) -> None:
    assert _lifetime({"until": NOW + 60}, names={field: "until"}) == 60


def test_the_providers_lifetime_is_used_where_the_answer_has_none() -> None:
    assert _lifetime({}, default=7200) == 7200


def test_the_answer_takes_precedence_over_the_providers_lifetime() -> None:
    assert _lifetime({"expires_in": 60}, default=7200) == 60


def test_the_providers_lifetime_takes_precedence_over_a_jwt() -> None:
    token = _jwt({"exp": NOW + 60})

    assert _lifetime({}, default=7200, access_token=token) == 7200


def test_the_expiry_of_a_jwt_is_used_where_nothing_else_states_one() -> None:
    assert _lifetime({}, access_token=_jwt({"exp": NOW + 60})) == 60


@pytest.mark.parametrize(
    "token",
    [
        "opaque",
        "",
        "..",
        "a.b.c",
        "a.b.c.d",
        "header.é.signature",
        _jwt({}),
        _jwt([]),
        _jwt("text"),
        _jwt({"exp": None}),
        _jwt({"exp": "soon"}),
        _jwt({"exp": []}),
        "a." + "A" * 70_000 + ".c",
        "a." + urlsafe_b64encode(b"[" * 40_000).decode() + ".c",
    ],
    ids=lambda token: token[:40],
)
def test_without_any_lifetime_the_expiry_is_unknown(token: str) -> None:
    assert _lifetime({}, access_token=token) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"expires_in": 10 * YEAR},
        {"expires_in": 1e300},
        {"expires_at": 9_999_999_999},
        {"expires_at": 253_402_300_799_000},
        {"expires": 1e30},
    ],
)
def test_a_lifetime_is_at_most_a_year(answer: Mapping[str, Any]) -> None:
    assert _lifetime(answer) == YEAR


@pytest.mark.parametrize(
    ("answer", "token"),
    [
        ({"expires_at": NOW - 3600}, "opaque"),
        ({"expires": NOW - 3600}, "opaque"),
        ({}, _jwt({"exp": NOW - 3600})),
        ({}, _jwt({"exp": 5})),
    ],
    ids=["expires-at", "expires", "jwt", "jwt-with-a-lifetime"],
)
def test_a_date_in_the_past_counts_as_unknown(
    answer: Mapping[str, Any], token: str
) -> None:
    # Taken as expired, each use of the new token would refresh it again.
    assert _lifetime(answer, access_token=token) is None


@pytest.mark.parametrize(
    ("answer", "lifetime"),
    [
        ({"refresh_expires_in": 1800}, 1800),
        ({"refresh_token_expires_in": "7200"}, 7200),
        ({"x_refresh_token_expires_in": 8726400}, 8726400),
        ({"refresh_expires_in": 10**9 - 1}, YEAR),
        ({"refresh_expires_in": 0, "refresh_token_expires_in": 3600}, 3600),
        # Without an end, or nothing that can be used.
        ({}, None),
        ({"refresh_expires_in": 0}, None),
        ({"refresh_expires_in": -1}, None),
        ({"refresh_expires_in": None}, None),
        # What a session that nears its end has left; days.
        ({"refresh_expires_in": 599}, None),
        ({"refresh_token_expires_in": 90}, None),
        # A date.
        ({"refresh_expires_in": NOW + 3600}, None),
        ({"refresh_expires_in": "soon"}, None),
    ],
)
def test_the_lifetime_of_a_refresh_token_is_read(
    answer: Mapping[str, Any], lifetime: int | None
) -> None:
    expires = refresh_expires_at(answer, name=str, now=NOW)

    assert expires == (None if lifetime is None else NOW + lifetime)
