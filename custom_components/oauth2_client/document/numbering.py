"""Names that differ from each other by a number."""

from collections.abc import Iterable, Iterator
from itertools import count


def numbered_names(name: str, separator: str = "_") -> Iterator[str]:
    """Yield a name, then the name with a number, without end: `name`, `name_2`, `name_3`.

    The caller takes the first that is free.
    """
    yield name
    for number in count(2):
        yield f"{name}{separator}{number}"


def numbered(texts: Iterable[str]) -> list[str]:
    """Return texts, with a number where another one differs in case alone or not at all."""
    taken: set[str] = set()
    # One iterator for each text goes on where it stopped, however often the text is there.
    candidates: dict[str, Iterator[str]] = {}
    found: list[str] = []
    for text in texts:
        names = candidates.setdefault(text, numbered_names(text, " "))
        found.append(next(name for name in names if name.lower() not in taken))
        taken.add(found[-1].lower())
    return found
