"""Makes a known resource that is of one thing, such as a heat pump, complete for each thing of a list."""

from collections.abc import Iterable, Iterator, Sequence
from copy import replace
from typing import Final

from ..catalogue import KnownResource, Level
from ..catalogue.filling import Value, filled
from ..definitions import RequestTemplate
from ..document.numbering import numbered
from ..document.paths import MISSING, compile_path, find
from ..oauth2.frozen import Frozen
from .elements import element_name, lowered

# How many things are offered.
MAX_THINGS: Final = 50
_LONGEST_ID: Final = 256
# Within a path, these would lead elsewhere (RFC 3986, 5.2.4).
_DOTS: Final = frozenset({".", ".."})


class Thing(Frozen):
    """One thing of a list: its ids as (placeholder, text), those of the things that it is in first.

    `names` has one name for each level, an empty text for a level without one.
    """

    ids: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()


def by_request(levels: Sequence[Level]) -> list[tuple[Level, ...]]:
    """Return the levels in groups, each with those whose lists are in the same answer."""
    groups: list[tuple[Level, ...]] = []
    for level in levels:
        if level.url is None:
            groups[-1] += (level,)
        else:
            groups.append((level,))
    return groups


def request_of(asked: Level | KnownResource, thing: Thing) -> RequestTemplate:
    """Return a request with the ids of a thing filled in, each encoded as its place requires."""
    template = RequestTemplate(
        url=asked.url or "",
        method=asked.method,
        query=asked.query,
        headers=asked.headers,
        body=asked.body,
    )
    return filled(template, {name: Value(text=text) for name, text in thing.ids})


def things_in(
    document: object, levels: Sequence[Level], above: Thing
) -> list[Thing] | None:
    """Return the things that an answer lists, at most one more than may be offered.

    `levels` are those of the answer, `above` is what its request was for. None where the answer has no
    list at the path of the first level.
    """
    if (elements := _listed(levels[0], document)) is None:
        return None
    things: dict[object, Thing] = {}
    for thing in _things(elements, levels, above):
        things.setdefault(thing.ids, thing)
        if len(things) > MAX_THINGS:
            break
    return [*things.values()]


def of_things(known: KnownResource, things: Sequence[Thing]) -> list[KnownResource]:
    """Return a known resource once for each thing, complete, and named after the thing if there are several."""
    if len(things) == 1:
        return [_of_thing(known, things[0])]
    return [
        replace(
            _of_thing(known, thing),
            id=f"{known.id}_{number}",
            name=f"{name} {lowered(known.name)}",
        )
        for number, (thing, name) in enumerate(
            zip(things, _names(things), strict=True), 1
        )
    ]


def _of_thing(known: KnownResource, thing: Thing) -> KnownResource:
    request = request_of(known, thing)
    return replace(
        known,
        of=(),
        url=request.url,
        query=request.query,
        headers=request.headers,
        body=request.body,
    )


def _listed(level: Level, document: object) -> list[object] | None:
    """Return the elements of a level. An object in place of a list is the only one."""
    found = compile_path(level.path).find(document)
    if isinstance(found, dict):
        return [found]
    return found if isinstance(found, list) else None


def _things(
    elements: Iterable[object], levels: Sequence[Level], above: Thing
) -> Iterator[Thing]:
    """Yield the things of the last level. The recursion is bounded by the number of levels."""
    level, *below = levels
    for element in elements:
        if (ids := _ids(level, element)) is None:
            continue
        name = element_name(level.name, element)
        thing = Thing(ids=(*above.ids, *ids), names=(*above.names, name))
        if below:
            yield from _things(_listed(below[0], element) or (), below, thing)
        else:
            yield thing


def _ids(level: Level, element: object) -> tuple[tuple[str, str], ...] | None:
    """Return the ids of an element, None where it lacks one that can be sent."""
    ids = [
        (name, _id_text(find(element, path.split("."))))
        for name, path in level.ids.items()
    ]
    return None if any(not text for _, text in ids) else tuple(ids)


def _id_text(found: object) -> str:
    """Return an id as text, an empty text for what cannot be sent as one."""
    if found is MISSING or isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    if isinstance(found, int) and found.bit_length() > _LONGEST_ID:
        return ""
    text = str(found)
    is_id = len(text) <= _LONGEST_ID and text.isprintable() and text not in _DOTS
    return text if is_id else ""


def _names(things: Sequence[Thing]) -> list[str]:
    """Return names that tell things apart: of the last level, and of those above where they differ.

    A thing without a name has its id.
    """
    *above, last = zip(*(thing.names for thing in things), strict=True)
    telling = [names for names in above if len(set(names)) > 1]
    own = [name or thing.ids[-1][1] for name, thing in zip(last, things, strict=True)]
    return numbered(
        " ".join(filter(None, parts)) for parts in zip(*telling, own, strict=True)
    )
