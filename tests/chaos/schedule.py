"""Which kills there are: when, and what Home Assistant is doing then."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

# Seconds after the server's rotation: of every third kill, and of the others.
_EARLY: Final = (0.0, 0.12)
_LATE: Final = (0.12, 3.0)
_EARLY_SHARE: Final = 3
# One of so many follows a sign-in, so many seconds later.
_SIGN_IN_SHARE: Final = 10
_AFTER_SIGN_IN: Final = (0.0, 15.0)


class Moment(StrEnum):
    """What Home Assistant does when it is killed."""

    START = "while it starts"
    RUNNING = "while it runs"
    SIGN_IN = "after a sign-in"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kill:
    """A kill, so many seconds after the rotation or the sign-in."""

    moment: Moment
    delay: float


def schedule(count: int, seed: int) -> list[Kill]:
    """Return kills in any order; a seed gives the same ones each time.

    They are spread evenly: each has a share of the time of its own, and lies in it at random.
    """
    random = Random(seed)
    sign_ins = count // _SIGN_IN_SHARE
    kills = _spread(Moment.SIGN_IN, sign_ins, _AFTER_SIGN_IN, random)
    rotations = count - sign_ins
    starts = rotations - rotations // 2
    for moment, number in ((Moment.START, starts), (Moment.RUNNING, rotations // 2)):
        early = round(number / _EARLY_SHARE)
        kills += _spread(moment, early, _EARLY, random)
        kills += _spread(moment, number - early, _LATE, random)
    random.shuffle(kills)
    return kills


def _spread(
    moment: Moment, count: int, between: tuple[float, float], random: Random
) -> list[Kill]:
    start, end = between
    share = (end - start) / max(count, 1)
    return [
        Kill(moment=moment, delay=start + share * (number + random.random()))
        for number in range(count)
    ]
