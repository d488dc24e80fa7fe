"""What a person may type to pick a value: a path to one, or any query of RFC 9535."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .path import LONGEST_PATH, MISSING, NAME, InvalidPath, Path, compile_singular


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """A compiled query that may find several values; `text` is what it was compiled from."""

    text: str
    _several: bool = field(repr=False)
    _values: Callable[[object], list[object] | None] = field(repr=False, compare=False)

    def find(self, document: object) -> object:
        """Return what the query finds.

        Where its last segment selects a name or an index: the value of one node, the list of
        several, MISSING for none. Where it may select several of one node (a wildcard, slice,
        filter, several selectors, descendants): a list, however long. MISSING as well where
        finding the nodes would take more than a second or so.
        """
        values = self._values(document)
        if values is None:
            return MISSING
        if self._several or len(values) > 1:
            return values
        return values[0] if values else MISSING


type AnyPath = Path | Query


def compile_path(text: str) -> AnyPath:
    """Return the path of a text, `$.user.name` as well as `user.name`, or its query.

    A filter `[?@.key == literal]` of a text or an integer is a path's: it finds one element, the
    first, and not a list of those that match.

    Raises InvalidPath, which says how far it could be read.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_PATH:
        raise InvalidPath(1)
    try:
        return compile_singular(text)
    except InvalidPath as err:
        return _query(text, err.position)


def _query(text: str, read_to: int) -> Query:
    from .metered import compile_query  # noqa: PLC0415 - as it says itself

    before = "" if text.startswith("$") else "$." if NAME.match(text) else "$"
    try:
        query = compile_query(before + text)
    except InvalidPath as err:
        raise InvalidPath(max(read_to, err.position - len(before))) from None
    return Query(text=text, _several=query.several, _values=query.values)
