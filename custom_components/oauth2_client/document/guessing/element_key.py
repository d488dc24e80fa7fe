"""Which key tells the elements of a list apart."""

from collections.abc import Iterator, Sequence
import re
from typing import Final

from ..paths import MAX_INDEX

# In this order, then whatever ends like an id.
_KEYS: Final = (
    "id",
    "_id",
    "@id",
    "uuid",
    "guid",
    "key",
    "slug",
    "serial",
    "mac",
    "name",
    "code",
    "symbol",
    "title",
)
_MOST_KEYS: Final = 20
_ID: Final = re.compile(r".*(?:[_-]id|[a-z]I[dD])")
_LONGEST: Final = 64
# A key must stay as it is: a date or a time is rather what is told of the element.
# A MAC address begins like a time.
_TIME: Final = re.compile(
    r"\s*(?:\d{4}-?\d\d-?\d\d|\d{1,2}:\d\d(?::\d\d)?(?![:\dA-Fa-f])"
    r"|\d{1,2}[./]\d{1,2}[./]\d)"
)


def element_key(elements: Sequence[object]) -> str | None:
    """Return the key whose value each element has to itself; None where there is none.

    The elements are objects, the values short texts or integers, and neither dates nor times.
    """
    objects = [element for element in elements if isinstance(element, dict)]
    if not objects or len(objects) < len(elements):
        return None
    return next((key for key in _candidates(objects[0]) if _tells(objects, key)), None)


def _candidates(element: dict[str, object]) -> Iterator[str]:
    yield from (key for key in _KEYS if key in element)
    ids = [key for key in element if key not in _KEYS and _ID.fullmatch(key)]
    yield from ids[:_MOST_KEYS]


def _tells(objects: list[dict[str, object]], key: str) -> bool:
    """Return whether a key tells all elements apart, as soon as it is known that it does not."""
    seen: set[object] = set()
    for element in objects:
        own = element.get(key)
        if not _is_stable(own) or own in seen:
            return False
        seen.add(own)
    return True


def _is_stable(own: object) -> bool:
    if isinstance(own, str):
        return 0 < len(own) <= _LONGEST and _TIME.match(own) is None
    return isinstance(own, int) and not isinstance(own, bool) and abs(own) <= MAX_INDEX
