"""Makes equal names distinct by adding numbers."""

from collections.abc import Iterable, Iterator
from itertools import count


def numbered_names(name: str, separator: str = "_") -> Iterator[str]:
    """Yield a name, then the name with a number, without end: `name`, `name_2`, `name_3`.

    The caller takes the first name that is free.
    """
    yield name
    for number in count(2):
        yield f"{name}{separator}{number}"


def numbered(texts: Iterable[str]) -> list[str]:
    """Return texts, with a number added where an earlier one is equal or differs only in case."""
    taken: set[str] = set()
    # Each distinct text has one iterator, so that no number is tried twice for it.
    candidates: dict[str, Iterator[str]] = {}
    distinct: list[str] = []
    for text in texts:
        names = candidates.setdefault(text, numbered_names(text, " "))
        distinct.append(next(name for name in names if name.lower() not in taken))
        taken.add(distinct[-1].lower())
    return distinct
