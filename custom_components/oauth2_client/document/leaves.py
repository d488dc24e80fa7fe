"""The values of a document, one by one, and what to call them."""

from collections.abc import Iterator
from dataclasses import dataclass
import re
from typing import Final

from .path import Segment, path_text

_MOST: Final = 500
_LONGEST_SAMPLE: Final = 60
# Where a word of a key ends, in the usual spellings: wind_speed, wind-speed, windSpeed.
_BETWEEN: Final = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A value of a document that holds no others."""

    segments: tuple[Segment, ...]
    value: object

    @property
    def path(self) -> str:
        """The path that leads to it."""
        return path_text(self.segments)

    @property
    def sample(self) -> str:
        """The value as a person may read it, cut, in one line."""
        if isinstance(self.value, bool) or self.value is None:
            return str(self.value).lower().replace("none", "null")
        text = " ".join(str(self.value).split())
        return text if len(text) <= _LONGEST_SAMPLE else f"{text[:_LONGEST_SAMPLE]}…"

    @property
    def name(self) -> str:
        """What a person may call it: the words of its key."""
        keys = [segment for segment in self.segments if isinstance(segment, str)]
        name = _BETWEEN.sub(" ", keys[-1]).strip() if keys else ""
        return name[:1].upper() + name[1:] or self.path


def leaves(document: object, *, most: int = _MOST) -> list[Leaf]:
    """Return the values of a document, in its order, the first of many."""
    found: list[Leaf] = []
    for leaf in _walk(document, ()):
        if len(found) == most:
            break
        found.append(leaf)
    return found


def _walk(node: object, segments: tuple[Segment, ...]) -> Iterator[Leaf]:
    # As deep as a document may be: see parse.py.
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, (*segments, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, (*segments, index))
    else:
        yield Leaf(segments=segments, value=node)
