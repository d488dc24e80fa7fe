"""How long to wait after a refresh that failed, and when refusals mean that a grant has ended."""

from collections.abc import Mapping
from typing import Any, Final, Self

from ..oauth2 import OAuth2Error, TemporaryFailure
from ..oauth2.frozen import Frozen

# The pause after a failed refresh. It doubles with each failure in a row.
_FIRST_PAUSE_SECONDS: Final = 10.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0
_MOST_DOUBLINGS: Final = 16
# The pause after a refusal, where the lifetime of the current token is not known.
_REFUSED_PAUSE_SECONDS: Final = 86400.0
# A stored backoff counts for at most this long.
_LONGEST_BACKOFF_SECONDS: Final = 86400.0
# After a refusal, the next refresh is sent shortly before the current token expires: when less than
# both this time and this share of its remaining lifetime are left.
_NEAR_END_SECONDS: Final = 60.0
_NEAR_END_SHARE: Final = 0.1
# Refusals that give no reason mean that the grant has ended once there were this many, over a longer
# time than this.
_FATAL_UNCLEAR_REFUSALS: Final = 3
_FATAL_UNCLEAR_SECONDS: Final = 600.0
# The stored name of `unclear_refusals`.
_UNCLEAR: Final = "unclear"


class Backoff(Frozen):
    """The state after refreshes that failed in a row; kept from one set-up to the next.

    No refresh is sent before `until`. `unclear_refusals` counts the refusals that gave no reason; the
    first one came at `unclear_since`. Times are in seconds since the epoch.
    """

    code: str
    noted_at: float
    until: float
    failures: int
    unclear_refusals: int = 0
    unclear_since: float = 0.0

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `as_dict` returned. Raises ValueError."""
        try:
            return cls(
                code=str(stored["code"]),
                noted_at=float(stored["noted_at"]),
                until=float(stored["until"]),
                failures=int(stored["failures"]),
                unclear_refusals=int(stored.get(_UNCLEAR, 0)),
                unclear_since=float(stored.get("unclear_since", 0)),
            )
        except (KeyError, TypeError, OverflowError) as err:
            raise ValueError("backoff") from err

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored of the backoff."""
        fields = self.differing_fields()
        if self.unclear_refusals:
            fields[_UNCLEAR] = fields.pop("unclear_refusals")
        return fields

    @property
    def ends_grant(self) -> bool:
        """Whether there were so many refusals without a reason that the grant counts as ended."""
        return (
            self.unclear_refusals >= _FATAL_UNCLEAR_REFUSALS
            and self.noted_at - self.unclear_since > _FATAL_UNCLEAR_SECONDS
        )

    def remaining(self, *, now: float) -> float:
        """Return the seconds that are left of the backoff.

        A backoff that was noted in the future comes from a wrong clock, and does not count.
        """
        if not self.noted_at <= now < self.until:
            return 0.0
        return min(self.until - now, _LONGEST_BACKOFF_SECONDS)


def backoff_after(
    err: OAuth2Error,
    previous: Backoff | None,
    seconds_left: float | None,
    *,
    now: float,
) -> Backoff:
    """Return the backoff after one more refresh that failed.

    `seconds_left` is the remaining lifetime of the current token, None where that is not known.
    """
    failures = 1 if previous is None else previous.failures + 1
    unclear_refusals = 0 if previous is None else previous.unclear_refusals
    unclear_since = 0.0 if previous is None else previous.unclear_since
    if isinstance(err, TemporaryFailure) and err.is_refusal:
        unclear_refusals += 1
        unclear_since = unclear_since or now
    return Backoff(
        code=err.code,
        noted_at=now,
        until=now + _pause(err, failures, seconds_left),
        failures=failures,
        unclear_refusals=unclear_refusals,
        unclear_since=unclear_since,
    )


def _pause(err: OAuth2Error, failures: int, seconds_left: float | None) -> float:
    """Return the seconds until the next refresh may be sent."""
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    pause: float = min(_FIRST_PAUSE_SECONDS * 2**doublings, _LONGEST_PAUSE_SECONDS)
    if isinstance(err, TemporaryFailure):
        return max(pause, err.retry_after or 0.0)
    if seconds_left is None:
        return _REFUSED_PAUSE_SECONDS
    near_end = min(_NEAR_END_SECONDS, seconds_left * _NEAR_END_SHARE)
    return max(pause, seconds_left - near_end)
