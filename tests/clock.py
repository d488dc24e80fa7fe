"""A clock that stands still until it is moved."""

from dataclasses import dataclass

from custom_components.oauth2_client.wire.clock import Clock


@dataclass
class StoppedClock:
    """The time of day in seconds since the epoch, and what has passed on the timer."""

    time: float = 1_000_000.0
    passed: float = 0.0

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        self.passed += seconds

    @property
    def clock(self) -> Clock:
        """What is handed in."""
        return Clock(now=lambda: self.time, timer=lambda: self.passed)
