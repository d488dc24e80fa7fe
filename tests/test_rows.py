"""Rows that fail are named, each of them."""

import pytest

from .rows import check_rows


def test_all_rows_are_tried_and_those_that_fail_are_named() -> None:
    def check(number: int) -> None:
        assert number % 2

    with pytest.raises(ExceptionGroup) as raised:
        check_rows({"one": 1, "two": 2, "three": 3, "four": 4}, check)

    notes = [err.__notes__ for err in raised.value.exceptions]
    assert notes == [["Row: two"], ["Row: four"]]


def test_no_row_is_no_table() -> None:
    with pytest.raises(AssertionError):
        check_rows({}, print)
