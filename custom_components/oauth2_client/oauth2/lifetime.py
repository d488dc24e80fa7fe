"""Reads when a token expires, which servers state in many ways."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Final

from .jwt_claims import unverified_claims

# From here on, a number is a date and not a lifetime: as a lifetime it would be 30 years.
_FIRST_EPOCH: Final = 1_000_000_000.0
# From here on, a date is in milliseconds: in seconds it would be after the year 5000.
_FIRST_MILLISECONDS: Final = 100_000_000_000.0
# Longer lifetimes mean that the token does not expire. Renewing it once a year does no harm.
_LONGEST_LIFETIME_SECONDS: Final = 366 * 86400.0
_LONGEST_TEXT: Final = 32
# No RFC has a field for this. Keycloak has the first, many others the second, Intuit the third.
_REFRESH_LIFETIMES: Final = (
    "refresh_expires_in",
    "refresh_token_expires_in",
    "x_refresh_token_expires_in",
)
# A smaller number may be in minutes or days. It is also what a session that nears its end has left, and
# to renew within that again and again would not prolong it.
_SHORTEST_REFRESH_LIFETIME_SECONDS: Final = 600.0


def expires_at(
    answer: Mapping[str, object],
    *,
    name: Callable[[str], str],
    now: float,
    default: int | None,
    access_token: str,
) -> float | None:
    """Return when a token expires, in seconds since the epoch; None if unknown.

    In this order: the answer's lifetime or date, the provider's own lifetime, the `exp` of an
    access token that is a JWT (RFC 9068). `name` gives the server's name of an RFC field.
    """
    expiry = _stated_expiry(answer, name, now)
    if expiry is None and default is not None:
        expiry = now + default
    if expiry is None:
        expiry = _number(unverified_claims(access_token).get("exp"))
    # A date in the past comes from a wrong clock. If it counted, each use would cause a refresh.
    return (
        None
        if expiry is None or expiry <= now
        else min(expiry, now + _LONGEST_LIFETIME_SECONDS)
    )


def refresh_expires_at(
    answer: Mapping[str, object], *, name: Callable[[str], str], now: float
) -> float | None:
    """Return when the refresh token expires unless it is used, None if the answer does not say.

    A lifetime of 0 is one without an end (Keycloak's offline tokens).
    """
    for field in _REFRESH_LIFETIMES:
        lifetime = _number(answer.get(name(field)))
        if lifetime is None or not (
            _SHORTEST_REFRESH_LIFETIME_SECONDS <= lifetime < _FIRST_EPOCH
        ):
            continue
        return now + min(lifetime, _LONGEST_LIFETIME_SECONDS)
    return None


def _stated_expiry(
    answer: Mapping[str, object], name: Callable[[str], str], now: float
) -> float | None:
    lifetime = _number(answer.get(name("expires_in")))
    if lifetime is not None and lifetime < _FIRST_EPOCH:
        return now + lifetime
    dates = (
        lifetime,
        *(_date(answer.get(name(key))) for key in ("expires_at", "expires_on")),
    )
    for date in dates:
        if date is not None and date >= _FIRST_EPOCH:
            return date / 1000 if date >= _FIRST_MILLISECONDS else date
    # Facebook's old field: a lifetime at some servers, a date at others.
    expires = _date(answer.get(name("expires")))
    if expires is None:
        return None
    if expires < _FIRST_EPOCH:
        return now + expires
    return expires / 1000 if expires >= _FIRST_MILLISECONDS else expires


def _date(value: object) -> float | None:
    """Return a date in seconds or milliseconds since the epoch, also from an ISO 8601 text."""
    if not isinstance(value, str) or "-" not in value or len(value) > _LONGEST_TEXT:
        return _number(value)
    try:
        date = datetime.fromisoformat(value.strip())
        # Servers mean UTC where they write no zone.
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except ValueError, OverflowError:
        return None


def _number(value: object) -> float | None:
    """Return a finite number above zero, also from text; None for anything else.

    Servers send zero where the lifetime is unknown or unlimited.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return None
    if not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError, OverflowError:
        return None
    return number if isfinite(number) and number > 0 else None
