"""The current token set of a grant: its age, and when it is to be renewed."""

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
    """The current token set of a grant. `spread`, from 0 to 1, moves the time of its renewal.

    `renew` is the provider's setting. With `AT_END`, a token is renewed once it has expired, else near
    its end; with `DAILY`, also once a day.
    """

    token_set: TokenSet

    def __init__(
        self, token_set: TokenSet, *, clock: Clock, spread: float, renew: str = DAILY
    ) -> None:
        self._renew = renew
        self._clock = clock
        self._spread = spread
        self.hold(token_set)

    def hold(self, token_set: TokenSet) -> None:
        """Replace the token set by another one."""
        self.token_set = token_set
        now, expires_at = self._clock.now(), token_set.expires_at
        self._received_at = token_set.received_at
        if expires_at is not None and expires_at <= self._received_at:
            # Another component's implementation does not say when it received the token set.
            self._received_at = now
        self._lifetime = None if expires_at is None else expires_at - self._received_at
        self._renewal_age = self._age_at_renewal()
        # In seconds of the monotonic timer. A receipt time in the future comes from a wrong clock, and
        # counts as now.
        self._received_on_timer = self._clock.timer() - max(
            0.0, now - self._received_at
        )

    @property
    def has_expired(self) -> bool:
        """Whether the lifetime of the token is over; a token without one does not expire."""
        return (seconds_left := self.seconds_left) is not None and seconds_left <= 0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the token expires, None where that is not known."""
        lifetime = self._lifetime
        return None if lifetime is None else lifetime - self._age

    @property
    def renew_in(self) -> float | None:
        """Seconds until the token set is to be renewed, at most 0 when it is due; None: never."""
        return None if self._renewal_age is None else self._renewal_age - self._age

    def has_same_access_token(self, token_set: TokenSet | None) -> bool:
        """Return whether another token set has this access token; the refresh tokens may differ."""
        return (
            token_set is not None
            and token_set.access_token == self.token_set.access_token
        )

    @property
    def _age(self) -> float:
        """Seconds since the token set was received.

        A clock that was set back would give a negative age; the timer counts then.
        """
        age = self._clock.now() - self._received_at
        return age if age >= 0 else self._clock.timer() - self._received_on_timer

    def _age_at_renewal(self) -> float | None:
        """Return the age in seconds at which the token set is to be renewed, None: never."""
        token_set, spread = self.token_set, _SPREAD_SHARE * self._spread
        if token_set.refresh_token is None or self._renew == AT_END:
            return self._lifetime
        lifetimes = [] if self._lifetime is None else [self._lifetime]
        if (refresh_expires_at := token_set.refresh_expires_at) is not None:
            # Some refresh tokens live shorter than the access token.
            lifetimes.append(refresh_expires_at - self._received_at)
        ages = [lifetime * (1 - _LAST_SHARE - spread) for lifetime in lifetimes]
        if self._renew == DAILY:
            ages.append(_LONGEST_AGE_SECONDS * (1 - spread))
        return min(ages, default=None)
