"""Every parser and formatter of the pure rooms takes linear time, whatever it is given."""

import pytest

from .growth import takes_more_than_linear_time, takes_more_than_linear_time_for
from .hostile import LEFT_OUT, Called, called_functions

CALLED = [*called_functions()]


@pytest.mark.parametrize(
    "called", CALLED, ids=lambda called: f"{called.name}-{called.parameter}"
)
def test_a_function_takes_linear_time(called: Called) -> None:
    assert takes_more_than_linear_time_for(called.hostile, called.run) == []


def test_every_public_function_is_called_or_left_out_for_a_reason() -> None:
    assert len({called.name for called in CALLED}) > 100
    assert all(LEFT_OUT.values())


def test_a_quadratic_and_an_exponential_function_are_found_out() -> None:
    def quadratic(text: str) -> int:
        return sum(text[begin:].count("b") for begin in range(len(text)))

    def exponential(text: str) -> int:
        return 0 if not text else exponential(text[1:]) + exponential(text[1:])

    for function in (quadratic, exponential):
        assert takes_more_than_linear_time(lambda size: "a" * size, function)


def test_a_linear_function_is_not() -> None:
    assert not takes_more_than_linear_time(lambda size: "a " * size, str.split)
