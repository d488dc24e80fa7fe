"""Names that differ from each other by a number."""

from collections.abc import Iterator
from itertools import count


def numbered_names(name: str, separator: str = "_") -> Iterator[str]:
    """Yield a name, then the name with a number, without end: `name`, `name_2`, `name_3`.

    The caller takes the first that is free.
    """
    yield name
    for number in count(2):
        yield f"{name}{separator}{number}"
