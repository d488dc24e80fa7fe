"""Names and keys that tell the values of a resource apart."""

from collections.abc import Collection, Iterable, Iterator
from copy import replace

from homeassistant.util import slugify

from ..document.guessing.words import capitalized, spelled, words_of
from ..document.numbering import numbered_names
from ..document.paths import Match, Path, Segment
from .value import Value


def kept_apart(values: Iterable[Value], others: Iterable[Value] = ()) -> list[Value]:
    """Return values of which no two, nor one of the `others`, give an entity the same id.

    A name that is taken gets the words of the keys above its value, the nearest first, and a number
    where that is not enough: Home Assistant would number the id.
    """
    taken = {slugify(value.name) for value in others}
    distinct = []
    for value in values:
        name = next(name for name in _names(value) if slugify(name) not in taken)
        taken.add(slugify(name))
        distinct.append(replace(value, name=name))
    return distinct


def keep_keys(values: Iterable[Value], previous: Iterable[Value]) -> tuple[Value, ...]:
    """Return values with the keys of their previous versions, else new ones, so that entities stay.

    The previous version of a value has the same path and name, else the same path, else the same
    name. The keys that `values` have are ignored.
    """
    wanted, left = list(values), list(previous)
    taken = {value.key for value in left}
    keys: dict[int, str] = {}
    for identity in (_path_and_name, _path_text, _name):
        for index, value in enumerate(wanted):
            match = next(
                (old for old in left if identity(old) == identity(value)), None
            )
            if index in keys or match is None:
                continue
            keys[index] = match.key
            left.remove(match)
    for index, value in enumerate(wanted):
        if index not in keys:
            keys[index] = free_key(value.name, taken)
            taken.add(keys[index])
    return tuple(replace(value, key=keys[index]) for index, value in enumerate(wanted))


def free_key(name: str, taken: Collection[str]) -> str:
    """Return a key for a new value, one that is not taken."""
    return next(key for key in numbered_names(slugify(name)) if key not in taken)


def _names(value: Value) -> Iterator[str]:
    name, path = value.name, value.path
    yield name
    for words in _above(path.segments[:-1] if isinstance(path, Path) else ()):
        if not name.casefold().startswith(words.casefold()):
            name = f"{words} {name[:1].lower() + name[1:]}"
            yield name
    yield from numbered_names(value.name, " ")


def _above(segments: tuple[Segment, ...]) -> Iterator[str]:
    """Yield what the segments above a value are called, the nearest first: `rooms[0]` is Rooms 1."""
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
