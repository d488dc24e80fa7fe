"""Paths to one value of a document: RFC 9535's singular queries (2.3.5.1), and elements by key."""

from collections.abc import Iterable
from dataclasses import dataclass, field
import json
import re
from typing import Final, override


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """The first element of a list whose own `key` has this value: `[?@.id == 'x']`.

    Unlike a position it stays right when elements come, go or change places. Unlike RFC 9535's
    filter it leads to one element and never to a list, also at the end of a path.
    """

    key: str
    value: str | int

    def find(self, elements: list[object]) -> object:
        """Return the element, MISSING where there is none."""
        for element in elements:
            if isinstance(element, dict) and self.key in element:
                own = element[self.key]
                # In Python, True is 1 as well.
                if own == self.value and not isinstance(own, bool):
                    return element
        return MISSING


# A key of an object, a position in a list, or an element by a key of its own.
type Segment = str | int | Match


class _Missing:
    @override
    def __repr__(self) -> str:
        return "MISSING"


# What a path finds where there is nothing; `null` is found as None.
MISSING: Final = _Missing()

LONGEST_PATH: Final = 1000
# RFC 9535, 2.1: the integers that every JSON implementation has.
MAX_INDEX: Final = 2**53 - 1

_SPACE: Final = re.compile(r"[ \t\n\r]*")
# RFC 9535, 2.5.1.1: member-name-shorthand.
NAME: Final = re.compile(
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
# RFC 9535, 2.7: what a name between quotation marks escapes, and how.
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
        return find(document, self.segments)


def find(document: object, segments: Iterable[Segment]) -> object:
    """Return the value that segments lead to, MISSING where they lead nowhere."""
    node = document
    for segment in segments:
        if isinstance(segment, str):
            if not isinstance(node, dict) or segment not in node:
                return MISSING
            node = node[segment]
        elif not isinstance(node, list):
            return MISSING
        elif isinstance(segment, Match):
            if (node := segment.find(node)) is MISSING:
                return MISSING
        else:
            if not -len(node) <= segment < len(node):
                return MISSING
            node = node[segment]
    return node


def compile_singular(text: str) -> Path:
    """Return the path of a text, `$.user.name` as well as `user.name`.

    Raises InvalidPath, also for queries that may find several values: see `compile_path`.
    """
    if text.startswith("$"):
        return Path(text=text, segments=tuple(_segments(text, 1)))
    if name := NAME.match(text):
        rest = _segments(text, name.end())
        return Path(text=text, segments=(name.group(), *rest))
    return Path(text=text, segments=tuple(_segments(text, 0)))


def path_text(segments: Iterable[Segment]) -> str:
    """Return a path as a person would write it, such as `$.user.items[0]['e-mail']`."""
    return "$" + "".join(
        f".{segment}" if _is_plain(segment) else f"[{_selector(segment)}]"
        for segment in segments
    )


def _selector(segment: Segment) -> str:
    match segment:
        case int():
            return str(segment)
        case str():
            return _literal(segment)
    own = f".{segment.key}" if _is_plain(segment.key) else f"[{_literal(segment.key)}]"
    value = segment.value
    return f"?@{own} == {_literal(value) if isinstance(value, str) else value}"


def _literal(text: str) -> str:
    return f"'{text.translate(_NORMAL_ESCAPES)}'"


def _is_plain(segment: Segment) -> bool:
    return isinstance(segment, str) and NAME.fullmatch(segment) is not None


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
    if (name := NAME.match(text, position + 1)) is None:
        raise InvalidPath(position + 2)
    return name.group(), name.end()


def _bracket(text: str, start: int) -> tuple[Segment, int]:
    position = _skip(text, start + 1)
    segment: Segment
    if text.startswith("?", position):
        segment, end = _match(text, position + 1)
    else:
        segment, end = _scalar(text, position)
    return segment, _after(text, end, "]")


def _match(text: str, start: int) -> tuple[Match, int]:
    """Read `@.key == value`, the one filter that leads to one element."""
    position = _after(text, start, "@")
    if text.startswith("[", position):
        named, end = _scalar(text, _skip(text, position + 1))
        key: Segment = named
        end = _after(text, end, "]")
    else:
        key, end = _shorthand(text, position)
    if not isinstance(key, str):
        raise InvalidPath(position + 1)
    end = _after(text, end, "==")
    value, end = _scalar(text, _skip(text, end))
    return Match(key=key, value=value), end


def _scalar(text: str, position: int) -> tuple[str | int, int]:
    """Read a string or an integer."""
    quote = text[position : position + 1]
    if quote in _STRINGS:
        if (string := _STRINGS[quote].match(text, position)) is None:
            raise InvalidPath(position + 1)
        return _unescape(string.group(1)), string.end()
    if (index := _INDEX.match(text, position)) is None:
        raise InvalidPath(position + 1)
    if abs(number := int(index.group())) > MAX_INDEX:
        raise InvalidPath(position + 1)
    return number, index.end()


def _after(text: str, position: int, sign: str) -> int:
    """Return where it goes on after a sign, and the space before it."""
    position = _skip(text, position)
    if not text.startswith(sign, position):
        raise InvalidPath(position + 1)
    return position + len(sign)


def _unescape(literal: str) -> str:
    """Return the name of a literal, whose escapes are JSON's but for the quotation marks."""
    text: str = json.loads(f'"{_QUOTED.sub(_as_json, literal)}"')
    return text


def _as_json(match: re.Match[str]) -> str:
    return {"\\'": "'", '"': '\\"'}.get(match.group(), match.group())


def _skip(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return position if space is None else space.end()
