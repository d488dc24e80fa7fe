"""Every regular expression of the package takes linear time, whatever it meets."""

import re
from time import thread_time

import pytest

from .patterns import Used, pumps, used_patterns

# A text this long, or one that takes this long, tells how the time grows.
_LONGEST = 1 << 15
_TELLING_SECONDS = 0.02
# Four times as much text takes four times as long in linear time, and sixteen times in quadratic.
_MOST_GROWTH = 11.0


def _seconds(used: Used, text: str) -> float:
    lasted = []
    for _ in range(3):
        begun = thread_time()
        used.run(text)
        lasted.append(thread_time() - begun)
    return min(lasted)


def _grows_too_fast(used: Used, before: str, piece: str, end: str) -> bool:
    """Return whether the time grows by more than the text, as it is doubled again and again.

    At first by single pieces: one piece more may double the time.
    """
    shortest = _seconds(used, before + piece * 16 + end)
    for count in (20, 24, 28):
        longer = _seconds(used, before + piece * count + end)
        if longer > max(8 * shortest, _TELLING_SECONDS):
            return True
    count = 64
    while count * len(piece) < _LONGEST:
        count *= 2
        if _seconds(used, before + piece * count + end) > _TELLING_SECONDS:
            break
    # Three times: another process may have had its turn.
    return all(
        _seconds(used, before + piece * count + end)
        > max(
            _MOST_GROWTH * _seconds(used, before + piece * (count // 4) + end),
            _TELLING_SECONDS,
        )
        for _ in range(3)
    )


USED = sorted(used_patterns(), key=lambda used: (used.where, str(used)))


@pytest.mark.parametrize("used", USED, ids=lambda used: f"{used.where}-{used.method}")
def test_a_pattern_takes_linear_time(used: Used) -> None:
    slow = [pump for pump in pumps(used.pattern) if _grows_too_fast(used, *pump)]

    assert slow == []


def test_every_pattern_is_found() -> None:
    assert len(USED) > 70


def test_a_quadratic_and_an_exponential_pattern_are_found_out() -> None:
    for pattern in (r"<title[^>]*>", r"(?:a|a)*b", r"\s+$"):
        used = Used(pattern=re.compile(pattern), method="search", where="here")
        assert any(_grows_too_fast(used, *pump) for pump in pumps(used.pattern))
