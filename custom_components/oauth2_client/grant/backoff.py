"""For how long no refresh is sent after one that failed, and when a refusal ends a grant."""

from collections.abc import Mapping
from typing import Any, Final, Self

from ..oauth2 import OAuth2Error, TemporaryFailure
from ..oauth2.frozen import Frozen

# The pause after a failed refresh. It doubles with each failure in a row.
_FIRST_PAUSE_SECONDS: Final = 10.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0
_MOST_DOUBLINGS: Final = 16
# The pause after a refusal, where the lifetime of the token in hand is not known.
_REFUSED_PAUSE_SECONDS: Final = 86400.0
# The upper bound for a stored backoff.
_LONGEST_BACKOFF_SECONDS: Final = 86400.0
# A refused renewal is tried again when the token in hand is about to end: within this time.
_NEAR_END_SECONDS: Final = 60.0
_NEAR_END_SHARE: Final = 0.1
# A refusal that does not say why means that the grant is dead when it comes this often in this time.
_MOST_UNCLEAR_REFUSALS: Final = 3
_UNCLEAR_REFUSALS_SECONDS: Final = 600.0


class Backoff(Frozen):
    """What refreshes that failed in a row lead to; kept from one set-up to the next.

    Nothing is asked before `until`. `unclear` refusals did not say why, the first one came at
    `unclear_since`. Times are in seconds since the epoch.
    """

    code: str
    noted_at: float
    until: float
    failures: int
    unclear: int = 0
    unclear_since: float = 0.0

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `differing_fields` returned. Raises ValueError."""
        try:
            return cls(
                code=str(stored["code"]),
                noted_at=float(stored["noted_at"]),
                until=float(stored["until"]),
                failures=int(stored["failures"]),
                unclear=int(stored.get("unclear", 0)),
                unclear_since=float(stored.get("unclear_since", 0)),
            )
        except (KeyError, TypeError, OverflowError) as err:
            raise ValueError("backoff") from err

    @property
    def is_dead(self) -> bool:
        """Whether refusals without a reason have come so often that the grant has ended."""
        return (
            self.unclear >= _MOST_UNCLEAR_REFUSALS
            and self.noted_at - self.unclear_since > _UNCLEAR_REFUSALS_SECONDS
        )

    def remaining(self, *, now: float) -> float:
        """Return the seconds that are left of the backoff.

        A backoff that was noted in the future comes from a wrong clock: nothing is left of it.
        """
        if not self.noted_at <= now < self.until:
            return 0.0
        return min(self.until - now, _LONGEST_BACKOFF_SECONDS)


def backoff_after(
    err: OAuth2Error, before: Backoff | None, left: float | None, *, now: float
) -> Backoff:
    """Return the backoff after one more refresh that failed.

    `left` is for how many seconds the token in hand still works, None where that is not known.
    """
    failures = 1 if before is None else before.failures + 1
    unclear = 0 if before is None else before.unclear
    since = 0.0 if before is None else before.unclear_since
    if isinstance(err, TemporaryFailure) and err.is_refusal:
        unclear, since = unclear + 1, since or now
    return Backoff(
        code=err.code,
        noted_at=now,
        until=now + _pause(err, failures, left),
        failures=failures,
        unclear=unclear,
        unclear_since=since,
    )


def _pause(err: OAuth2Error, failures: int, left: float | None) -> float:
    """Return the seconds until the next refresh may be sent."""
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    pause: float = min(_FIRST_PAUSE_SECONDS * 2**doublings, _LONGEST_PAUSE_SECONDS)
    if isinstance(err, TemporaryFailure):
        return max(pause, err.retry_after or 0.0)
    if left is None:
        return _REFUSED_PAUSE_SECONDS
    return max(pause, left - min(_NEAR_END_SECONDS, left * _NEAR_END_SHARE))
