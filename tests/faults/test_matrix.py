"""Every fault has an outcome at every moment, and it is the one that the table names."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from ..translations import ENGLISH
from .matrix import OUTCOMES, document, read_matrix
from .moments import Home
from .troubles import TROUBLES, Trouble

_MATRIX: Final = read_matrix()
_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "faults.md"
# In this order: the removal is the last thing that happens to an account.
_MOMENTS: Final[dict[str, Callable[[Home, Trouble], Awaitable[str]]]] = {
    "first sign-in": Home.sign_in,
    "set-up": Home.set_up,
    "ahead of its end": Home.ahead,
    "after its end": Home.ended,
    "API said 401": Home.rejected,
    "action": Home.action,
    "poll": Home.poll,
    "removal": Home.removal,
}
# RFC 6749, 5.2.
_REFUSALS: Final = {
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
}


@pytest.mark.parametrize("fault", TROUBLES)
async def test_a_fault_has_the_outcome_that_the_table_names(
    home: Home, fault: str
) -> None:
    seen = {
        moment: await happen(home, TROUBLES[fault])
        for moment, happen in _MOMENTS.items()
    }

    assert seen == _MATRIX[fault]


def test_the_table_has_no_hole() -> None:
    assert list(_MATRIX) == list(TROUBLES)
    assert set(OUTCOMES) == set(_MOMENTS)
    for fault, outcomes in _MATRIX.items():
        for moment, cell in outcomes.items():
            for word in cell.split(", "):
                assert word in _words(moment), (fault, moment, cell)


def _words(moment: str) -> set[str]:
    """Return the words that a column may have."""
    messages = {
        "first sign-in": ENGLISH["config"]["error"],
        "action": ENGLISH["exceptions"],
    }
    return {*OUTCOMES[moment], *messages.get(moment, {})}


def test_each_word_of_the_table_is_used() -> None:
    used = {
        word
        for outcomes in _MATRIX.values()
        for cell in outcomes.values()
        for word in cell.split(", ")
    }

    assert {word for words in OUTCOMES.values() for word in words} <= used


def test_each_refusal_of_the_rfc_and_each_temporary_status_is_a_row() -> None:
    faults = " ".join(_MATRIX).replace(",", " ").split()

    assert set(faults) >= _REFUSALS
    assert {"408", "425", "429", "500", "502", "503", "504"} <= set(faults)


def test_the_document_is_the_table() -> None:
    # Written by `python -m tests.faults > docs/faults.md`.
    assert _DOCUMENT.read_text(encoding="utf-8") == document()
