"""Repeats the values of a known resource for each element of a list in its answer."""

from collections.abc import Iterable, Mapping
from copy import replace
from typing import Final

from ..catalogue import Elements, KnownResource, KnownValue
from ..document.numbering import numbered_names
from ..document.paths import (
    MISSING,
    InvalidPath,
    Match,
    Path,
    Segment,
    compile_path,
    find,
)
from ..document.paths.syntax import path_text

_MAX_ELEMENTS: Final = 20
# A name is a part of names of devices and entities.
_LONGEST_NAME: Final = 80


def for_each(known: KnownResource, document: object) -> KnownResource:
    """Return a known resource with values for each element of the list in an answer.

    Without elements that a key identifies, the values stay those of the first element.
    """
    if (listing := known.each) is None:
        return known
    found = compile_path(listing.path).find(document)
    elements = [
        element
        for element in (found if isinstance(found, list) else ())
        if isinstance(element, dict) and _identifies(element.get(listing.key))
    ][:_MAX_ELEMENTS]
    values = [v for v in known.values if _path_within(listing, v.path) is None]
    taken: set[str] = set()
    for number, element in enumerate(elements, 1):
        names = numbered_names(element_name(listing.name, element) or str(number), " ")
        name = next(name for name in names if name not in taken)
        taken.add(name)
        prefix = name if len(elements) > 1 else ""
        values += _values(known, listing, element, number, prefix)
    return replace(known, values=tuple(values)) if elements else known


def first_path(known: KnownResource, path: str) -> str:
    """Return a path with index 0 in place of the key match that selects an element.

    The result equals the path in the known resource, so that a value of any element is recognized.
    """
    if known.each is None or not (segments := _segments(path)):
        return path
    prefix = _segments(known.each.path)
    at = len(prefix)
    match segments[at:]:
        case (Match(), *rest) if segments[:at] == prefix:
            return path_text((*prefix, 0, *rest))
    return path_text(segments)


def element_name(paths: Iterable[str], element: object) -> str:
    """Return the name that a person knows an element by, on one line; an empty text without a name.

    `paths` are keys and indexes with dots, the best first.
    """
    found = (find(element, _name_segments(path)) for path in paths)
    names = (_on_one_line(name) for name in found if isinstance(name, str))
    return next(filter(None, names), "")


def _on_one_line(name: str) -> str:
    # Bounded before it is split, too: the service may send any length.
    words = name[: 2 * _LONGEST_NAME].split()
    shown = "".join(filter(str.isprintable, " ".join(words)))
    return shown[:_LONGEST_NAME].rstrip()


def _values(
    known: KnownResource,
    listing: Elements,
    element: Mapping[str, object],
    number: int,
    name: str,
) -> list[KnownValue]:
    """Return the values that are present in one element, or all where none is present now."""
    own = [
        (value, rest)
        for value in known.values
        if (rest := _path_within(listing, value.path)) is not None
        # The element's name is no value of its own: it is in the names of its values.
        and not (name and ".".join(map(str, rest)) in listing.name)
    ]
    present = [
        (value, rest)
        for value, rest in own
        if Path("", rest).find(element) is not MISSING
    ]
    match = Match(key=listing.key, value=_key(listing, element))
    prefix = (*_segments(listing.path), match)

    def moved(path: str) -> str:
        rest = _path_within(listing, path)
        return path if rest is None else path_text((*prefix, *rest))

    return [
        replace(
            value,
            key=value.key if number == 1 else f"{value.key}_{number}",
            name=f"{name} {lowered(value.name)}" if name else value.name,
            path=moved(value.path),
            attributes=tuple(map(moved, value.attributes)),
        )
        for value, _ in present or own
    ]


def _path_within(listing: Elements, path: str) -> tuple[Segment, ...] | None:
    """Return the segments after the first element, None for a path that leads elsewhere."""
    prefix, segments = _segments(listing.path), _segments(path)
    at = len(prefix)
    is_first = segments[:at] == prefix and segments[at : at + 1] == (0,)
    return segments[at + 1 :] if is_first else None


def _segments(path: str) -> tuple[Segment, ...]:
    """Return the segments of a path to one value, an empty tuple for any other path."""
    try:
        compiled = compile_path(path)
    except InvalidPath:
        return ()
    return tuple(compiled.segments) if isinstance(compiled, Path) else ()


def _identifies(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _key(listing: Elements, element: Mapping[str, object]) -> str | int:
    value = element[listing.key]
    return value if isinstance(value, int) else str(value)


def _name_segments(path: str) -> list[Segment]:
    """Return what leads to a name: keys, and indexes of lists."""
    return [int(each) if each.isdecimal() else each for each in path.split(".")]


def lowered(name: str) -> str:
    """Return a name with a lower-case first letter, unless it begins with an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
