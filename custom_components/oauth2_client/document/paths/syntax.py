"""Parses the text of a path, and writes a path as text.

The path to one value is a singular query of RFC 9535 (2.3.5.1), in which a filter
`[?@.key == literal]` may also select an element. Every other query is left to `query`.
"""

from collections.abc import Iterable
import json
import re
from typing import TYPE_CHECKING, Final

from .path import MAX_INDEX, InvalidPath, Match, Path, Segment

if TYPE_CHECKING:
    # At run time, only the function that compiles a query imports it: few people type one.
    from .query import Query

_SPACE: Final = r"[ \t\n\r]*"
# RFC 9535, 2.5.1.1: member-name-shorthand, by the ASCII characters that it excludes. Surrogates, which
# it excludes too, are refused before.
_NAME: Final = r"[^\x00-@\[-^`{-\x7f][^\x00-/:-@\[-^`{-\x7f]*"
_INDEX: Final = r"0|-?[1-9][0-9]*"
# RFC 9535, 2.3.1.1: string-literal, in both kinds of quotation marks. Its escapes are checked when it is
# decoded.
_STRINGS: Final = {
    quote: rf"(?s){quote}((?:[^{quote}\\]|\\.)*){quote}" for quote in "'\""
}
_ESCAPE_OR_QUOTE: Final = r"(?s)\\.|\""
# RFC 9535, 2.7: the escapes of a name in single quotation marks.
_ESCAPES: Final = str.maketrans(
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


def compile_written(text: str) -> Path | Query:
    """Compile a path that is more than names, or a query. Raises InvalidPath."""
    try:
        return compile_singular(text)
    except InvalidPath as err:
        return _query(text, err.position)


def compile_singular(text: str) -> Path:
    """Compile a path to one value.

    Raises InvalidPath, also for a query that may find several values.
    """
    if text.startswith("$"):
        return Path(text, tuple(_segments(text, 1)))
    if name := re.match(_NAME, text):
        return Path(text, (name.group(), *_segments(text, name.end())))
    return Path(text, tuple(_segments(text, 0)))


def path_text(segments: Iterable[Segment]) -> str:
    """Return a path as a person would write it, such as `$.user.items[0]['e-mail']`."""
    return "$" + "".join(
        f".{segment}" if _is_name(segment) else f"[{_selector(segment)}]"
        for segment in segments
    )


def _query(text: str, failed_at: int) -> Query:
    from .query import compile_query  # noqa: PLC0415 - its library takes long to import

    root = "" if text.startswith("$") else "$." if re.match(_NAME, text) else "$"
    try:
        return compile_query(text, root=root)
    except InvalidPath as err:
        # The parser that read further shows better where the mistake is.
        raise InvalidPath(max(failed_at, err.position)) from None


def _selector(segment: Segment) -> str:
    match segment:
        case int():
            return str(segment)
        case str():
            return _literal(segment)
    key, value = segment.key, segment.value
    member = f".{key}" if _is_name(key) else f"[{_literal(key)}]"
    return f"?@{member} == {_literal(value) if isinstance(value, str) else value}"


def _literal(text: str) -> str:
    return f"'{text.translate(_ESCAPES)}'"


def _is_name(segment: Segment) -> bool:
    return isinstance(segment, str) and re.fullmatch(_NAME, segment) is not None


# Each function below parses a part of a text from a position on, and returns the position after it.


def _segments(text: str, position: int) -> Iterable[Segment]:
    while position < len(text):
        position = _skip_space(text, position)
        if text.startswith("[", position):
            segment, position = _bracket(text, position)
        else:
            segment, position = _shorthand(text, position)
        yield segment


def _shorthand(text: str, position: int) -> tuple[Segment, int]:
    if not text.startswith(".", position):
        raise InvalidPath(position + 1)
    if (name := re.compile(_NAME).match(text, position + 1)) is None:
        raise InvalidPath(position + 2)
    return name.group(), name.end()


def _bracket(text: str, start: int) -> tuple[Segment, int]:
    position = _skip_space(text, start + 1)
    segment: Segment
    if text.startswith("?", position):
        segment, end = _match(text, position + 1)
    else:
        segment, end = _scalar(text, position)
    return segment, _expect(text, end, "]")


def _match(text: str, start: int) -> tuple[Match, int]:
    """Parse `@.key == value`, the only filter that selects one element."""
    position = _expect(text, start, "@")
    key: Segment
    if text.startswith("[", position):
        key, end = _scalar(text, _skip_space(text, position + 1))
        end = _expect(text, end, "]")
    else:
        key, end = _shorthand(text, position)
    if not isinstance(key, str):
        raise InvalidPath(position + 1)
    end = _expect(text, end, "==")
    value, end = _scalar(text, _skip_space(text, end))
    return Match(key, value), end


def _scalar(text: str, position: int) -> tuple[str | int, int]:
    """Parse a string or an integer."""
    quote = text[position : position + 1]
    if quote in _STRINGS:
        if (string := re.compile(_STRINGS[quote]).match(text, position)) is None:
            raise InvalidPath(position + 1)
        try:
            return _decoded(string.group(1), quote), string.end()
        except ValueError:
            raise InvalidPath(position + 1) from None
    if (index := re.compile(_INDEX).match(text, position)) is None:
        raise InvalidPath(position + 1)
    if abs(number := int(index.group())) > MAX_INDEX:
        raise InvalidPath(position + 1)
    return number, index.end()


def _expect(text: str, position: int, sign: str) -> int:
    """Skip a sign, which white space may precede. Raises InvalidPath where it is missing."""
    position = _skip_space(text, position)
    if not text.startswith(sign, position):
        raise InvalidPath(position + 1)
    return position + len(sign)


def _skip_space(text: str, position: int) -> int:
    space = re.compile(_SPACE).match(text, position)
    return position if space is None else space.end()


def _decoded(literal: str, quote: str) -> str:
    """Decode a literal. Its escapes are those of JSON, except those of quotation marks.

    Raises ValueError for control characters, other escapes, and surrogates without their other half.
    """
    if quote == "'":
        literal = re.sub(_ESCAPE_OR_QUOTE, _as_json, literal)
    text: str = json.loads(f'"{literal}"')
    text.encode()
    return text


def _as_json(part: re.Match[str]) -> str:
    match part.group():
        case "\\'":
            return "'"
        case '"':
            return '\\"'
        case '\\"':
            raise ValueError("an escape for the other kind of quotation marks")
        case other:
            return other
