"""Which key identifies the elements of a list."""

from collections.abc import Iterator, Sequence
import re
from typing import Final

from ..paths import MAX_INDEX

# Keys that usually identify an element, the best first; others that end in `id` come after them.
_USUAL_KEYS: Final = (
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
_MOST_OTHER_KEYS: Final = 20
_ENDS_IN_ID: Final = re.compile(r".*(?:[_-]id|[a-z]I[dD])")
_LONGEST_VALUE: Final = 64
# A date or a time changes, so that it does not identify an element. The second alternative ends
# where a MAC address, which begins like a time, would go on.
_DATE_OR_TIME: Final = re.compile(
    r"\s*(?:\d{4}-?\d\d-?\d\d|\d{1,2}:\d\d(?::\d\d)?(?![:\dA-Fa-f])"
    r"|\d{1,2}[./]\d{1,2}[./]\d)"
)


def element_key(elements: Sequence[object]) -> str | None:
    """Return the key whose value is different in each element, None where there is none.

    All elements must be objects, and the values short texts or integers, not dates or times.
    """
    objects = [element for element in elements if isinstance(element, dict)]
    if not objects or len(objects) < len(elements):
        return None
    return next(
        (key for key in _candidates(objects[0]) if _identifies(objects, key)), None
    )


def _candidates(element: dict[str, object]) -> Iterator[str]:
    yield from (key for key in _USUAL_KEYS if key in element)
    ids = [
        key for key in element if key not in _USUAL_KEYS and _ENDS_IN_ID.fullmatch(key)
    ]
    yield from ids[:_MOST_OTHER_KEYS]


def _identifies(objects: list[dict[str, object]], key: str) -> bool:
    """Return whether all values of a key are different; the first that is not ends the search."""
    seen: set[object] = set()
    for element in objects:
        value = element.get(key)
        if not _is_stable(value) or value in seen:
            return False
        seen.add(value)
    return True


def _is_stable(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST_VALUE and _DATE_OR_TIME.match(value) is None
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and abs(value) <= MAX_INDEX
    )
