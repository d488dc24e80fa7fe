"""Every regular expression of the package takes linear time, whatever it meets."""

from collections.abc import Callable
import re

import pytest

from .growth import takes_more_than_linear_time, takes_more_than_linear_time_for
from .patterns import Used, pumps, used_patterns


def _texts(used: Used) -> dict[str, Callable[[int], str]]:
    """Return what may make a pattern slow, each a function of its length."""

    def pumped(before: str, piece: str, end: str) -> Callable[[int], str]:
        return lambda size: before + piece * (size // len(piece) or 1) + end

    return {repr(pump): pumped(*pump) for pump in pumps(used.pattern)}


USED = sorted(used_patterns(), key=lambda used: (used.where, str(used)))


@pytest.mark.parametrize("used", USED, ids=lambda used: f"{used.where}-{used.method}")
def test_a_pattern_takes_linear_time(used: Used) -> None:
    assert takes_more_than_linear_time_for(_texts(used), used.run) == []


def test_every_pattern_is_found() -> None:
    assert len(USED) > 70


def test_a_quadratic_and_an_exponential_pattern_are_found_out() -> None:
    for pattern in (r"<title[^>]*>", r"(?:a|a)*b", r"\s+$"):
        used = Used(pattern=re.compile(pattern), method="search", where="here")
        assert any(
            takes_more_than_linear_time(text, used.run)
            for text in _texts(used).values()
        )
