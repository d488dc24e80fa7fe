"""Finds secrets in text, however they are spelled there.

What escapes characters (percent-encoding, JSON, HTML, and each of them in another) is decoded one
layer after another, and secrets are looked for in each layer. What encodes them as a whole (base64,
hexadecimal) is looked for itself.
"""

from base64 import b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
import re
import sys
from typing import Final
from urllib.parse import quote, quote_plus

# Many answers contain shorter texts by chance: `true`, a page number.
MIN_SECRET_CHARACTERS: Final = 6

# An escape may be escaped again: `%252F`, or JSON in a query in a page.
_MOST_LAYERS: Final = 5
# How many bytes of text a byte of a secret takes at most, when escaped several times.
_LONGEST_ESCAPE: Final = 16
# So much text is searched at a time, since a search keeps all other threads from running.
_WINDOW_BYTES: Final = 128 * 1024
# One alphabet for both kinds of base64. Secrets and text are compared in it.
_ONE_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
# A line break ends no secret: base64 may be wrapped. Nor does a null byte: UTF-16 is full of them.
_ESCAPE: Final = re.compile(
    rb"(%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
    rb"|\\(?:[uU](?:0000)?[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[^uUx])"
    rb"|&(?:(?:#0{0,9}[0-9]{1,7}|#[xX]0{0,9}[0-9A-Fa-f]{1,6});?|[A-Za-z]{2,20}+;)"
    rb"|[\r\n\0]{1,4})",
    re.DOTALL,
)
_CONTROLS: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
type Span = tuple[int, int]
# From a place in text to the place in what it was made of.
type _Origin = Callable[[int], int]


class Spellings:
    """The spellings of secrets, and of texts that are looked for only as they are or escaped."""

    __slots__ = ("_overlap", "_sought")

    def __init__(self, secrets: Iterable[str], texts: Iterable[str] = ()) -> None:
        sought = {as_bytes(text).translate(_ONE_ALPHABET) for text in _long(texts)}
        for secret in _long(secrets):
            sought.update(_encodings(secret))
        # Longest first, since a spelling may be part of another one.
        self._sought = sorted(sought, key=len, reverse=True)
        self._overlap = max(map(len, sought), default=0) * _LONGEST_ESCAPE

    def find(self, text: bytes) -> list[Span]:
        """Return where text has secrets, in its order and apart from each other."""
        if not self._sought:
            return []
        step = max(_WINDOW_BYTES, self._overlap)
        spans: list[Span] = []
        for begin in range(0, len(text), step):
            window = text[begin : begin + step + self._overlap]
            spans += [(begin + first, begin + end) for first, end in self._in(window)]
        return _merged(spans)

    def _in(self, window: bytes) -> Iterator[Span]:
        """Yield where a window has secrets, in each of its layers."""
        layer = window
        origin: _Origin = int
        for _ in range(_MOST_LAYERS):
            alike = layer.translate(_ONE_ALPHABET)
            for sought in self._sought:
                first = alike.find(sought)
                while first >= 0:
                    end = first + len(sought)
                    yield origin(first), origin(end)
                    first = alike.find(sought, end)
            if (decoded := _decoded(layer)) is None:
                return
            layer, moved = decoded
            origin = _chained(origin, moved)


def as_bytes(text: str) -> bytes:
    """Return text in UTF-8, also with surrogates that lack their other half."""
    return text.encode(errors="surrogatepass")


def _long(texts: Iterable[str]) -> set[str]:
    return {text for text in texts if len(text) >= MIN_SECRET_CHARACTERS}


def _encodings(secret: str) -> Iterator[bytes]:
    """Yield a secret as it is, in hexadecimal and in base64, all in one alphabet."""
    content = as_bytes(secret)
    yield content.translate(_ONE_ALPHABET)
    # In a form, a space is a plus.
    yield content.replace(b" ", b"+").translate(_ONE_ALPHABET)
    yield content.hex().encode()
    yield content.hex().upper().encode()
    # RFC 6749, 2.3.1: in a Basic header it is form-encoded before base64.
    for form in {
        content,
        quote(content, safe="").encode(),
        quote_plus(content).encode(),
    }:
        for shift in range(3):
            core = _base64_core(form, shift)
            if len(core) >= MIN_SECRET_CHARACTERS:
                yield core


def _base64_core(content: bytes, shift: int) -> bytes:
    """Return the base64 of content that begins `shift` bytes into a group of three.

    Without the characters at both ends, which depend on the bytes before and after the content.
    """
    encoded = b64encode(bytes(shift) + content)
    begins = (shift * 8 + 5) // 6
    ends = (shift + len(content)) * 8 // 6
    return encoded[begins:ends]


def _decoded(layer: bytes) -> tuple[bytes, _Origin] | None:
    """Return text without one layer of escapes, and where each place of it was in the layer.

    None where it has no escapes.
    """
    parts = _ESCAPE.split(layer)
    if len(parts) == 1:
        return None
    made = parts.copy()
    made[1::2] = map(_character, parts[1::2])
    decoded = b"".join(made)
    if decoded == layer:
        return None
    places: list[int] = []
    origins: list[int] = []

    def origin(place: int) -> int:
        if not places:
            places.extend(accumulate(map(len, made), initial=0))
            origins.extend(accumulate(map(len, parts), initial=0))
        known = bisect_right(places, place) - 1
        return origins[known] + place - places[known]

    return decoded, origin


@lru_cache(4096)
def _character(escape: bytes) -> bytes:
    """Return the bytes that an escape stands for, the escape itself where they are unknown."""
    kind, rest = escape[:1], escape[1:]
    if kind == b"%" and rest[:1] != b"u":
        return bytes.fromhex(rest.decode())
    if kind == b"&":
        return _html_character(escape)
    if kind not in (b"%", b"\\"):
        return b""
    if rest[:1] in (b"u", b"U", b"x"):
        return as_bytes(chr(int(rest[1:], 16)))
    return _CONTROLS.get(rest, rest)


def _html_character(reference: bytes) -> bytes:
    """Return what a character reference of HTML stands for."""
    text = reference.decode().strip("&;")
    if not text.startswith("#"):
        from html.entities import html5  # noqa: PLC0415 - a table of two thousand names

        return as_bytes(html5.get(f"{text};", reference.decode()))
    number = text[1:]
    code = int(f"0{number}", 0) if number[0] in "xX" else int(number)
    return as_bytes(chr(code)) if code <= sys.maxunicode else reference


def _chained(before: _Origin, moved: _Origin) -> _Origin:
    return lambda place: before(moved(place))


def _merged(spans: list[Span]) -> list[Span]:
    """Return spans in their order, those that overlap as one."""
    merged: list[Span] = []
    for first, end in sorted(spans):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((first, end))
    return merged
