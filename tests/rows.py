"""The rows of a large table, tried in one test.

A test of its own for each would cost many times what it tries.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def row(name: str) -> Iterator[None]:
    """Add the name of a row to what fails with it."""
    try:
        yield
    except Exception as err:
        err.add_note(f"Row: {name}")
        raise


def check_rows[T](rows: Mapping[str, T], check: Callable[[T], None]) -> None:
    """Try each row, whether one before it fails or not.

    Raises all that was raised, as a group, each with the name of its row.
    """
    assert rows
    failed: list[Exception] = []
    for name, each in rows.items():
        try:
            with row(name):
                check(each)
        except Exception as err:  # noqa: BLE001 - raised below
            failed.append(err)
    if failed:
        raise ExceptionGroup("rows that fail", failed)
