"""What was seen, as numbers and as lines to read."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

from .schedule import Moment

# Who is killed so soon after the server has rotated may not have the answer yet.
TOO_EARLY_SECONDS: Final = 0.05


class Outcome(StrEnum):
    """How an account is found."""

    WORKS = "works"
    ASKS = "asks to sign in"
    GONE = "is gone: sign in again"
    STUCK = "does not work, and asks for nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Killed:
    """What became of an account by a kill, so many seconds after the rotation or the sign-in."""

    moment: Moment
    after: float
    outcome: Outcome

    @property
    def is_early(self) -> bool:
        """Return whether the answer may not have come before the kill."""
        return self.after <= TOO_EARLY_SECONDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The way of a rotated token: seconds since the epoch, None where a kill came before."""

    rotated_at: float
    answered_at: float | None
    on_disk_at: float | None

    @property
    def after_rotation(self) -> float | None:
        """The seconds from the rotation at the server to the disk here."""
        return None if self.on_disk_at is None else self.on_disk_at - self.rotated_at

    @property
    def after_answer(self) -> float | None:
        """The seconds from the answer to the disk."""
        if self.on_disk_at is None or self.answered_at is None:
            return None
        # Two processes tell of them, each as soon as it has its turn.
        return max(self.on_disk_at - self.answered_at, 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What became of an account by all kills, and the windows in which they could harm it."""

    kills: Sequence[Killed]
    windows: Sequence[Window]

    def lock_outs(self, *, early: bool) -> tuple[int, int]:
        """Return how many kills after a rotation locked it out, and how many there were."""
        outcomes = [
            kill.outcome
            for kill in self.kills
            if kill.moment is not Moment.SIGN_IN and kill.is_early is early
        ]
        return sum(outcome is not Outcome.WORKS for outcome in outcomes), len(outcomes)

    @property
    def is_lost(self) -> bool:
        """Return whether something happened that must not."""
        stuck = any(kill.outcome is Outcome.STUCK for kill in self.kills)
        return stuck or self.lock_outs(early=False)[0] > 0

    @property
    def late_line(self) -> str:
        """What must not happen, and how often it did."""
        lost, count = self.lock_outs(early=False)
        return f"{lost} lock-outs in {count} kills"

    @property
    def early_line(self) -> str:
        """What cannot be helped, and how long the time is in which it can happen."""
        lost, count = self.lock_outs(early=True)
        return (
            f"{lost} lock-outs in {count} kills up to {TOO_EARLY_SECONDS * 1000:.0f} ms"
            f" after the server rotated; {self.window_text}"
        )

    @property
    def window_text(self) -> str:
        """How long it takes to the disk: from the rotation, and from the answer."""
        after_rotation = _known(window.after_rotation for window in self.windows)
        after_answer = _known(window.after_answer for window in self.windows)
        return (
            f"{len(after_rotation)} of {len(self.windows)} got to the disk,"
            f" {spread(after_rotation)} ({spread(after_answer)} after the answer)"
        )

    @property
    def sign_in_lines(self) -> list[str]:
        """Each outcome of kills after a sign-in, with the moments that it came at."""
        kills = [kill for kill in self.kills if kill.moment is Moment.SIGN_IN]
        lines = []
        for outcome in Outcome:
            times = [kill.after for kill in kills if kill.outcome is outcome]
            if times:
                lines.append(
                    f"killed {min(times):.1f} to {max(times):.1f} s after a sign-in:"
                    f" {len(times)} of {len(kills)}, the account {outcome}"
                )
        return lines


def last_lines(ours: Tally, core: Tally | None, left_behind: int) -> list[str]:
    """Return the lines that end the report; the very last one counts what must not happen."""
    lines = ours.sign_in_lines
    if left_behind:
        lines.append(f"files left behind by accounts that are gone: {left_behind}")
    if core is not None:
        lines += [
            f"core's helper: {line}" for line in (core.early_line, core.late_line)
        ]
    return [*lines, ours.early_line, ours.late_line]


def percentile(values: Collection[float], percent: int) -> float:
    """Return the least value that so many percent of the values do not exceed."""
    return sorted(values)[max(ceil(len(values) * percent / 100), 1) - 1]


def _known(seconds: Iterable[float | None]) -> list[float]:
    return [each for each in seconds if each is not None]


def spread(seconds: Collection[float]) -> str:
    """Return the middle, the 90 % and the most of times in seconds."""
    if not seconds:
        return "never"
    middle, most_of_all, most = (
        f"{percentile(seconds, percent) * 1000:.0f} ms" for percent in (50, 90, 100)
    )
    return f"{middle} in the middle, {most_of_all} for 90 %, {most} at most"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as a table in Markdown, the first one as its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *others = rows
    line = ["-" * width for width in widths]
    return [
        "| "
        + " | ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        + " |"
        for row in (head, line, *others)
    ]
