"""When a token expires, out of the many ways in which servers say it."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Final

from .jwt_claims import unverified_claims

# A number above this is no lifetime but a date: as a lifetime it would be 30 years.
_FIRST_EPOCH: Final = 1_000_000_000.0
# A date above this is in milliseconds: as seconds it would lie beyond the year 5000.
_FIRST_MILLISECONDS: Final = 100_000_000_000.0
# A server that says more means "for ever"; a year of ours is soon enough to ask again.
_LONGEST_LIFETIME: Final = 366 * 86400.0
_LONGEST_TEXT: Final = 32


def expires_at(
    answer: Mapping[str, object],
    *,
    name: Callable[[str], str],
    now: float,
    default: int | None,
    access_token: str,
) -> float | None:
    """Return when a token expires, in seconds since the epoch; None where nothing tells.

    In this order: the answer's lifetime or date, the provider's own lifetime, the `exp` of an
    access token that is a JWT (RFC 9068). `name` gives the server's name of an RFC field.
    """
    said = _said(answer, name, now)
    if said is None and default is not None:
        said = now + default
    if said is None:
        said = _number(unverified_claims(access_token).get("exp"))
    # A date in the past comes of a wrong clock: as expired, each use would make a refresh.
    return None if said is None or said <= now else min(said, now + _LONGEST_LIFETIME)


def _said(
    answer: Mapping[str, object], name: Callable[[str], str], now: float
) -> float | None:
    lifetime = _number(answer.get(name("expires_in")))
    if lifetime is not None and lifetime < _FIRST_EPOCH:
        return now + lifetime
    dates = (
        lifetime,
        *(_number(answer.get(name(key))) for key in ("expires_at", "expires_on")),
    )
    for date in dates:
        if date is not None and date >= _FIRST_EPOCH:
            return date / 1000 if date >= _FIRST_MILLISECONDS else date
    # Facebook's old name, a lifetime with some servers and a date with others.
    expires = _number(answer.get(name("expires")))
    if expires is None:
        return None
    if expires < _FIRST_EPOCH:
        return now + expires
    return expires / 1000 if expires >= _FIRST_MILLISECONDS else expires


def _number(value: object) -> float | None:
    """Return a finite number above zero, also one written as text.

    Servers that say zero mean that they do not know, or that a token does not expire.
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
