"""Paths to one value of a document: the singular queries of RFC 9535, 2.3.5.1."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
import json
import re
from typing import Final, Literal

type Segment = str | int


class _Missing(Enum):
    MISSING = "missing"


# What a path finds where there is nothing; `null` is found as None.
MISSING: Final = _Missing.MISSING
type Missing = Literal[_Missing.MISSING]

_LONGEST: Final = 1000
# RFC 9535, 2.1: the integers that every JSON implementation has.
_MAX_INDEX: Final = 2**53 - 1

_SPACE: Final = re.compile(r"[ \t\n\r]*")
# RFC 9535, 2.5.1.1: member-name-shorthand.
_NAME: Final = re.compile(
    r"[A-Za-z_\x80-\uD7FF\uE000-\U0010FFFF][0-9A-Za-z_\x80-\uD7FF\uE000-\U0010FFFF]*"
)
_INDEX: Final = re.compile(r"0|-?[1-9][0-9]*")
# RFC 9535, 2.3.1.1: string-literal, in either kind of quotation marks.
_ESCAPE: Final = (
    r"\\(?:[bfnrt/\\{quote}]|u(?:[0-9A-Ca-cEFef][0-9A-Fa-f]{{3}}|[Dd][0-7][0-9A-Fa-f]{{2}}"
    r"|[Dd][89ABab][0-9A-Fa-f]{{2}}\\u[Dd][C-Fc-f][0-9A-Fa-f]{{2}}))"
)
_STRINGS: Final = {
    quote: re.compile(
        rf"{quote}((?:[^{quote}\\\x00-\x1f\ud800-\udfff]|{_ESCAPE.format(quote=quote)})*){quote}"
    )
    for quote in "'\""
}
_QUOTED: Final = re.compile(r"\\.|\"")
# RFC 9535, 2.7: what a normalized path escapes, and how.
_NORMAL_ESCAPES: Final = str.maketrans(
    {
        **{chr(code): f"\\u{code:04x}" for code in range(0x20)},
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "'": "\\'",
        "\\": "\\\\",
    }
)


class InvalidPath(ValueError):
    """Not a path. `position` is the character, counted from 1, from which on it cannot be read."""

    def __init__(self, position: int) -> None:
        super().__init__(f"character {position}")
        self.position = position


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A compiled path; `text` is what it was compiled from."""

    text: str
    segments: tuple[Segment, ...] = field(repr=False)

    def find(self, document: object) -> object:
        """Return the value that the path leads to, MISSING where it leads nowhere."""
        node = document
        for segment in self.segments:
            if isinstance(segment, str):
                if not isinstance(node, dict) or segment not in node:
                    return MISSING
                node = node[segment]
            else:
                if not isinstance(node, list) or not (
                    -len(node) <= segment < len(node)
                ):
                    return MISSING
                node = node[segment]
        return node


def compile_path(text: str) -> Path:
    """Return the path of a text, `$.user.name` as well as `user.name`.

    Raises InvalidPath, also for queries that may find several values.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise InvalidPath(1)
    if text.startswith("$"):
        return Path(text=text, segments=tuple(_segments(text, 1)))
    if name := _NAME.match(text):
        rest = _segments(text, name.end())
        return Path(text=text, segments=(name.group(), *rest))
    return Path(text=text, segments=tuple(_segments(text, 0)))


def normalized_path(segments: Iterable[Segment]) -> str:
    """Return the one way to write a path (RFC 9535, 2.7), such as `$['user'][0]`."""
    return "$" + "".join(
        f"[{segment}]"
        if isinstance(segment, int)
        else f"['{segment.translate(_NORMAL_ESCAPES)}']"
        for segment in segments
    )


def path_text(segments: Iterable[Segment]) -> str:
    """Return a path as a person would write it, such as `$.user.items[0]['e-mail']`."""
    return "$" + "".join(
        f".{segment}"
        if isinstance(segment, str) and _NAME.fullmatch(segment)
        else normalized_path((segment,))[1:]
        for segment in segments
    )


def _segments(text: str, position: int) -> Iterable[Segment]:
    while position < len(text):
        position = _skip(text, position)
        if text.startswith("[", position):
            segment, position = _bracket(text, position)
        else:
            segment, position = _shorthand(text, position)
        yield segment


def _shorthand(text: str, position: int) -> tuple[Segment, int]:
    if not text.startswith(".", position):
        raise InvalidPath(position + 1)
    if (name := _NAME.match(text, position + 1)) is None:
        raise InvalidPath(position + 2)
    return name.group(), name.end()


def _bracket(text: str, start: int) -> tuple[Segment, int]:
    position = _skip(text, start + 1)
    quote = text[position : position + 1]
    segment: Segment
    if quote in _STRINGS:
        if (string := _STRINGS[quote].match(text, position)) is None:
            raise InvalidPath(position + 1)
        segment, end = _unescape(string.group(1)), string.end()
    elif (index := _INDEX.match(text, position)) is not None:
        segment, end = int(index.group()), index.end()
        if abs(segment) > _MAX_INDEX:
            raise InvalidPath(position + 1)
    else:
        raise InvalidPath(position + 1)
    end = _skip(text, end)
    if not text.startswith("]", end):
        raise InvalidPath(end + 1)
    return segment, end + 1


def _unescape(literal: str) -> str:
    """Return the name of a literal, whose escapes are JSON's but for the quotation marks."""
    text: str = json.loads(f'"{_QUOTED.sub(_as_json, literal)}"')
    return text


def _as_json(match: re.Match[str]) -> str:
    return {"\\'": "'", '"': '\\"'}.get(match.group(), match.group())


def _skip(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return position if space is None else space.end()
