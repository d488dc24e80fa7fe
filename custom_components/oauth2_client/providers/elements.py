"""Repeats the values of a known resource for each element of a list in its answer."""

from collections.abc import Mapping
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

_MOST_ELEMENTS: Final = 20


def for_each(known: KnownResource, document: object) -> KnownResource:
    """Return a known resource with values for each element of the list in an answer.

    Without elements that a key identifies, the values stay those of the first element.
    """
    if (of := known.each) is None:
        return known
    found = compile_path(of.path).find(document)
    listed = [
        each
        for each in (found if isinstance(found, list) else ())
        if isinstance(each, dict) and _identifies(each.get(of.key))
    ][:_MOST_ELEMENTS]
    values = [value for value in known.values if _rest(of, value.path) is None]
    taken: set[str] = set()
    for number, element in enumerate(listed, 1):
        names = numbered_names(_called(of, element) or str(number), " ")
        called = next(name for name in names if name not in taken)
        taken.add(called)
        values += _values(known, of, element, number, called if len(listed) > 1 else "")
    return replace(known, values=tuple(values)) if listed else known


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


def _values(
    known: KnownResource,
    of: Elements,
    element: Mapping[str, object],
    number: int,
    called: str,
) -> list[KnownValue]:
    """Return the values that are present in one element, or all where none is present now."""
    own = [
        (value, rest)
        for value in known.values
        if (rest := _rest(of, value.path)) is not None
        # The element's name is no value of its own: it is in the names of its values.
        and not (called and ".".join(map(str, rest)) in of.name)
    ]
    present = [
        (value, rest)
        for value, rest in own
        if Path("", rest).find(element) is not MISSING
    ]
    match = Match(key=of.key, value=_key(of, element))
    prefix = (*_segments(of.path), match)

    def moved(path: str) -> str:
        rest = _rest(of, path)
        return path if rest is None else path_text((*prefix, *rest))

    return [
        replace(
            value,
            key=value.key if number == 1 else f"{value.key}_{number}",
            name=f"{called} {_lowered(value.name)}" if called else value.name,
            path=moved(value.path),
            attributes=tuple(map(moved, value.attributes)),
        )
        for value, _ in present or own
    ]


def _rest(of: Elements, path: str) -> tuple[Segment, ...] | None:
    """Return the segments after the first element, None for a path that leads elsewhere."""
    prefix, segments = _segments(of.path), _segments(path)
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


def _key(of: Elements, element: Mapping[str, object]) -> str | int:
    value = element[of.key]
    return value if isinstance(value, int) else str(value)


def _called(of: Elements, element: Mapping[str, object]) -> str:
    """Return the name that a person knows an element by, an empty text without a name."""
    named = (find(element, key.split(".")) for key in of.name)
    return next((each for each in named if isinstance(each, str)), "")


def _lowered(name: str) -> str:
    """Return a name with a lower-case first letter, unless it begins with an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
