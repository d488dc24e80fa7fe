"""Every parser and formatter of the pure rooms takes linear time, whatever it is given."""

from collections.abc import Callable
from time import thread_time

import pytest

from .hostile import LEFT_OUT, Called, called_functions

# Something this long, or that takes this long, tells how the time grows.
_LONGEST = 1 << 15
_TELLING_SECONDS = 0.02
# A length to compare with, and how much longer eight times as much may take: eight times in linear
# time, and sixty-four times in quadratic.
_SHARE = 8
_MOST_GROWTH = 24.0


def _seconds(called: Called, make: Callable[[int], object], size: int) -> float:
    """Return the CPU time of this thread: other processes do not count."""
    value = make(size)
    begun = thread_time()
    called.run(value)
    return thread_time() - begun


def _grows_too_fast(called: Called, make: Callable[[int], object]) -> bool:
    """Return whether the time grows by more than the length, as that is doubled again and again.

    At first by little: one more may double the time.
    """
    size = 16
    while size < _LONGEST and _seconds(called, make, size) < _TELLING_SECONDS:
        size = size + 4 if size < 32 else size * 4
    # Several times, of which one is enough: a collection of garbage may have had its turn.
    return all(
        _seconds(called, make, size)
        > max(
            _MOST_GROWTH * _seconds(called, make, size // _SHARE),
            _TELLING_SECONDS,
        )
        for _ in range(4)
    )


CALLED = [*called_functions()]


@pytest.mark.parametrize(
    "called", CALLED, ids=lambda called: f"{called.name}-{called.parameter}"
)
def test_a_function_takes_linear_time(called: Called) -> None:
    slow = [
        name for name, make in called.hostile.items() if _grows_too_fast(called, make)
    ]

    assert slow == []


def test_every_public_function_is_called_or_left_out_for_a_reason() -> None:
    assert len({called.name for called in CALLED}) > 100
    assert all(LEFT_OUT.values())


def test_a_quadratic_and_an_exponential_function_are_found_out() -> None:
    def quadratic(text: str) -> int:
        return sum(text[begin:].count("b") for begin in range(len(text)))

    def exponential(text: str) -> int:
        return 0 if not text else exponential(text[1:]) + exponential(text[1:])

    for function in (quadratic, exponential):
        called = Called(name="", parameter="text", hostile={}, function=function)
        assert _grows_too_fast(called, lambda size: "a" * size)


def test_a_linear_function_is_not() -> None:
    called = Called(name="", parameter="text", hostile={}, function=str.split)

    assert not _grows_too_fast(called, lambda size: "a " * size)
