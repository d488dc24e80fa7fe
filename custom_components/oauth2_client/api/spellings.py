"""Finds secrets in text, also where they are escaped or encoded.

Escaped characters (percent-encoding, JSON, HTML, and any of them within another) are decoded one layer
after the other, and each layer is searched. Encodings of a whole secret (base64, hexadecimal) are
computed and searched for as they are.
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

# A shorter text is in many answers by chance: `true`, a page number.
MIN_SECRET_CHARACTERS: Final = 6

# An escape may be escaped again: `%252F`, or JSON in a query in a page.
_MAX_LAYERS: Final = 5
# How many bytes of text one byte of a secret takes at most, even when it is escaped several times.
_MAX_ESCAPED_BYTES: Final = 16
# Text is searched in windows, since no other thread can run during a search.
_WINDOW_BYTES: Final = 128 * 1024
# Secrets and text are compared after base64url is changed to base64.
_ONE_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
# Line breaks and null bytes are removed like escapes: base64 may be wrapped, and UTF-16 is full of null
# bytes.
_ESCAPE: Final = re.compile(
    rb"(%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
    rb"|\\(?:[uU](?:0000)?[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[^uUx])"
    rb"|&(?:(?:#0{0,9}[0-9]{1,7}|#[xX]0{0,9}[0-9A-Fa-f]{1,6});?|[A-Za-z]{2,20}+;)"
    rb"|[\r\n\0]{1,4})",
    re.DOTALL,
)
_CONTROLS: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
type Span = tuple[int, int]
# Maps a position in decoded text to the position in the text that it was decoded from.
type _Origin = Callable[[int], int]


class Spellings:
    """The encodings of secrets, and texts that are searched for only as they are or escaped."""

    __slots__ = ("_overlap", "_sought")

    def __init__(self, secrets: Iterable[str], texts: Iterable[str] = ()) -> None:
        sought = {as_bytes(text).translate(_ONE_ALPHABET) for text in _long(texts)}
        for secret in _long(secrets):
            sought.update(_encodings(secret))
        # Longest first, since a spelling may be part of another one.
        self._sought = sorted(sought, key=len, reverse=True)
        self._overlap = max(map(len, sought), default=0) * _MAX_ESCAPED_BYTES

    def find(self, text: bytes) -> list[Span]:
        """Return where text has secrets, in order and without overlaps."""
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
        for _ in range(_MAX_LAYERS):
            translated = layer.translate(_ONE_ALPHABET)
            for sought in self._sought:
                first = translated.find(sought)
                while first >= 0:
                    end = first + len(sought)
                    yield origin(first), origin(end)
                    first = translated.find(sought, end)
            if (decoded := _decoded(layer)) is None:
                return
            layer, previous = decoded
            origin = _chained(origin, previous)


def as_bytes(text: str) -> bytes:
    """Return text in UTF-8; surrogates without their other half are encoded too."""
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
    """Return text without one layer of escapes, and the origin of each position; None without escapes."""
    parts = _ESCAPE.split(layer)
    if len(parts) == 1:
        return None
    # Every second part is an escape.
    replaced = parts.copy()
    replaced[1::2] = map(_character, parts[1::2])
    decoded = b"".join(replaced)
    if decoded == layer:
        return None
    begins: list[int] = []
    origins: list[int] = []

    def origin(position: int) -> int:
        # Computed at the first call, since most texts have no secrets.
        if not begins:
            begins.extend(accumulate(map(len, replaced), initial=0))
            origins.extend(accumulate(map(len, parts), initial=0))
        part = bisect_right(begins, position) - 1
        return origins[part] + position - begins[part]

    return decoded, origin


@lru_cache(4096)
def _character(escape: bytes) -> bytes:
    """Return the bytes that an escape stands for, the escape itself for an unknown one."""
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


def _chained(outer: _Origin, inner: _Origin) -> _Origin:
    return lambda position: outer(inner(position))


def _merged(spans: list[Span]) -> list[Span]:
    """Return spans in order, overlapping ones as one."""
    merged: list[Span] = []
    for first, end in sorted(spans):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((first, end))
    return merged
