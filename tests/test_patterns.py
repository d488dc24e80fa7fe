"""Every regular expression of the package takes linear time, whatever it meets."""

import re

import pytest

from .growth import takes_more_than_linear_time
from .patterns import Used, pumps, used_patterns


def _grows_too_fast(used: Used, before: str, piece: str, end: str) -> bool:
    return takes_more_than_linear_time(
        lambda size: before + piece * (size // len(piece) or 1) + end, used.run
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
