"""The token set in hand, and its age."""

from typing import Final

from ..catalogue import AT_END, DAILY
from ..oauth2 import TokenSet
from ..wire.clock import Clock

# A token is renewed in the last tenth of its lifetime, and at least once a day: some refresh tokens
# expire when they are not used. The spread keeps accounts of one provider from renewing at once.
_LAST_SHARE: Final = 0.1
_SPREAD_SHARE: Final = 0.05
_LONGEST_AGE_SECONDS: Final = 86400.0


class HeldTokenSet:
    """The token set of a grant. `spread`, from 0 to 1, moves the time of its renewal.

    `renew` is a provider's: `DAILY`, `AT_END`, or else near its end.
    """

    token_set: TokenSet

    def __init__(
        self, token_set: TokenSet, *, clock: Clock, spread: float, renew: str = DAILY
    ) -> None:
        self._renew = renew
        self._clock = clock
        self._spread = spread
        self.take(token_set)

    def take(self, token_set: TokenSet) -> None:
        """Hold another token set from now on."""
        self.token_set = token_set
        now, expires_at = self._clock.now(), token_set.expires_at
        self._received_at = token_set.received_at
        if expires_at is not None and expires_at <= self._received_at:
            # Another component's, which does not say when it was received.
            self._received_at = now
        self._lifetime = None if expires_at is None else expires_at - self._received_at
        self._due = self._renewal_age()
        # In the timer's seconds. A receipt time in the future comes from a wrong clock: now counts.
        self._received_on_timer = self._clock.timer() - max(
            0.0, now - self._received_at
        )

    @property
    def works(self) -> bool:
        """Whether the token can still be used, as far as its lifetime tells."""
        return (left := self.seconds_left) is None or left > 0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the token expires, None where that is not known."""
        lifetime = self._lifetime
        return None if lifetime is None else lifetime - self._age

    @property
    def renew_in(self) -> float | None:
        """Seconds until the token set is to be renewed, at most 0 when it is due; None: never."""
        return None if self._due is None else self._due - self._age

    def is_token_of(self, token_set: TokenSet | None) -> bool:
        """Return whether it has the same access token; its refresh token may be newer."""
        return (
            token_set is not None
            and token_set.access_token == self.token_set.access_token
        )

    @property
    def _age(self) -> float:
        """Seconds since the token set was received; on the timer where the clock was set back."""
        by_clock = self._clock.now() - self._received_at
        return (
            by_clock if by_clock >= 0 else self._clock.timer() - self._received_on_timer
        )

    def _renewal_age(self) -> float | None:
        """Return the age in seconds at which the token set is to be renewed, None: never."""
        lifetime, spread = self._lifetime, self._spread
        if self.token_set.refresh_token is None or self._renew == AT_END:
            return lifetime
        daily = _LONGEST_AGE_SECONDS * (1 - _SPREAD_SHARE * spread)
        if lifetime is None:
            return daily if self._renew == DAILY else None
        near_end = lifetime * (1 - _LAST_SHARE - _SPREAD_SHARE * spread)
        return min(daily, near_end) if self._renew == DAILY else near_end
