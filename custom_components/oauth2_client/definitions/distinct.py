"""Keeps the names and keys of a resource's values unique."""

from collections.abc import Collection, Iterable, Iterator
from copy import replace

from homeassistant.util import slugify

from ..document.guessing.words import capitalized, spelled, words_of
from ..document.numbering import numbered_names
from ..document.paths import Match, Path, Segment
from .value import Value


def with_unique_names(
    values: Iterable[Value], others: Iterable[Value] = ()
) -> list[Value]:
    """Return values whose names differ from each other and from those of `others`.

    Names are equal if they give the same entity id, which Home Assistant would number. In front of a
    name that is taken come the keys above the value, the nearest one first; a number where that is not
    enough.
    """
    taken = {slugify(value.name) for value in others}
    renamed = []
    for value in values:
        name = next(name for name in _names(value) if slugify(name) not in taken)
        taken.add(slugify(name))
        renamed.append(replace(value, name=name))
    return renamed


def keep_keys(values: Iterable[Value], previous: Iterable[Value]) -> tuple[Value, ...]:
    """Return values with the keys of their previous versions, so that they keep their entities.

    The previous version of a value has the same path and name, else the same path, else the same
    name; a value without one gets a new key. The keys in `values` are ignored.
    """
    values, unmatched = list(values), list(previous)
    taken = {value.key for value in unmatched}
    keys: dict[int, str] = {}
    for identity in (_path_and_name, _path_text, _name):
        for index, value in enumerate(values):
            match = next(
                (old for old in unmatched if identity(old) == identity(value)), None
            )
            if index in keys or match is None:
                continue
            keys[index] = match.key
            unmatched.remove(match)
    for index, value in enumerate(values):
        if index not in keys:
            keys[index] = free_key(value.name, taken)
            taken.add(keys[index])
    return tuple(replace(value, key=keys[index]) for index, value in enumerate(values))


def free_key(name: str, taken: Collection[str]) -> str:
    """Return a key for a new value, one that is not taken."""
    return next(key for key in numbered_names(slugify(name)) if key not in taken)


def _names(value: Value) -> Iterator[str]:
    """Yield names for a value without end, the preferred one first."""
    name, path = value.name, value.path
    yield name
    for words in _above(path.segments[:-1] if isinstance(path, Path) else ()):
        if not name.casefold().startswith(words.casefold()):
            name = f"{words} {name[:1].lower() + name[1:]}"
            yield name
    yield from numbered_names(value.name, " ")


def _above(segments: tuple[Segment, ...]) -> Iterator[str]:
    """Yield the words of the keys above a value, the nearest first: of `rooms[0]`, "Rooms 1"."""
    positions: tuple[str, ...] = ()
    for segment in reversed(segments):
        if isinstance(segment, int):
            positions = (str(segment + 1 if segment >= 0 else segment), *positions)
            continue
        if isinstance(segment, Match):
            words: tuple[str, ...] = (str(segment.value),)
        else:
            words = tuple(spelled(word) for word in words_of(segment))
        if words:
            yield capitalized((*words, *positions))
            positions = ()


def _path_and_name(value: Value) -> tuple[str, str]:
    return value.path.text, value.name


def _path_text(value: Value) -> str:
    return value.path.text


def _name(value: Value) -> str:
    return value.name
