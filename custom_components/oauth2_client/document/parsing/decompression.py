"""Decompresses bodies. One that was cut is an error, and not a shorter body."""

from collections.abc import Callable
from typing import Final, Protocol, override
import zlib

# Fed at once. What follows the end of a member is copied, so this bounds the copies of many small ones.
_PIECE_BYTES: Final = 16 * 1024
_MOST_MEMBERS: Final = 1024
_GZIP: Final = zlib.MAX_WBITS | 16


class Undecodable(ValueError):
    """A body was cut, or is not in the format that it should be in."""


class TooLarge(ValueError):
    """A body has more bytes than allowed."""


class _Decoder(Protocol):
    """Decompresses one member of a body: a stream of zlib or gzip, a frame of zstd."""

    @property
    def eof(self) -> bool:
        """Whether the end was reached."""

    @property
    def unused_data(self) -> bytes:
        """What came after the end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return what more data makes."""


class _Zstd(_Decoder):
    def __init__(self) -> None:
        from compression import zstd  # noqa: PLC0415 - few servers use it

        self._decoder = zstd.ZstdDecompressor()
        self._error = zstd.ZstdError

    @property
    @override
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    @override
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    @override
    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return self._decoder.decompress(data, max_length)
        except self._error:
            raise Undecodable from None


class _Brotli(_Decoder):
    """aiohttp asks for this coding where one of two modules for it is installed."""

    unused_data = b""

    def __init__(self) -> None:
        from aiohttp.compression_utils import BrotliDecompressor  # noqa: PLC0415 - few homes have the module

        try:
            self._decoder = BrotliDecompressor()
        except RuntimeError:
            # Without a module, aiohttp does not ask for it.
            raise Undecodable from None

    @property
    @override
    def eof(self) -> bool:
        return bool(self._decoder._obj.is_finished())  # noqa: SLF001 - aiohttp does not tell

    @override
    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return self._decoder.decompress_sync(data, max_length)
        except Exception:  # noqa: BLE001 - each of the two modules has a class of its own
            raise Undecodable from None


def _deflate(data: bytes) -> _Decoder:
    # RFC 9110, 8.4.1.2: some servers leave out zlib's header.
    has_header = data[0] & 0x0F == zlib.DEFLATED
    return zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


# By the name of the content coding (RFC 9110, 8.4.1; RFC 8878, 7.2): what makes a decoder for a member
# that begins so, and the bytes with which a further member begins, None where there is one only.
_CODINGS: Final[dict[str, tuple[Callable[[bytes], _Decoder], bytes | None]]] = {
    "gzip": (lambda _: zlib.decompressobj(_GZIP), b"\x1f\x8b"),
    "x-gzip": (lambda _: zlib.decompressobj(_GZIP), b"\x1f\x8b"),
    "deflate": (_deflate, None),
    "zstd": (lambda _: _Zstd(), b"\x28\xb5\x2f\xfd"),
    "br": (lambda _: _Brotli(), None),
}


def decompressed(body: bytes, coding: str, max_bytes: int) -> bytes:
    """Return a body without its content coding, the value of Content-Encoding.

    What follows the end of the body is left out. An empty body stays empty: the response to HEAD has the
    header, and no body. One with another coding is returned as it is. Raises Undecodable and TooLarge.
    """
    if (known := _CODINGS.get(coding.strip().lower())) is None:
        return body
    new_decoder, begins = known
    decoder: _Decoder | None = None
    content, members = bytearray(), 0
    for start in range(0, len(body), _PIECE_BYTES):
        piece = body[start : start + _PIECE_BYTES]
        while piece:
            if decoder is None:
                if members and not _begins(piece, begins):
                    return bytes(content)
                if members == _MOST_MEMBERS:
                    raise TooLarge
                decoder, members = new_decoder(piece), members + 1
            try:
                content += decoder.decompress(piece, max_bytes + 1 - len(content))
            except zlib.error:
                raise Undecodable from None
            if len(content) > max_bytes:
                raise TooLarge
            if not decoder.eof:
                break
            piece, decoder = decoder.unused_data, None
    if decoder is not None:
        raise Undecodable
    return bytes(content)


def _begins(piece: bytes, begins: bytes | None) -> bool:
    """Return whether another member begins here. Of its first bytes, some may be in the next piece."""
    return begins is not None and begins.startswith(piece[: len(begins)])
