"""Bodies with a content coding: whole ones, and those that were cut."""

from compression import zstd
import gzip
from types import SimpleNamespace
from typing import Final
import zlib

from aiohttp import compression_utils
import pytest

from custom_components.oauth2_client.document.parsing.decompression import (
    TooLarge,
    Undecodable,
    decompressed,
)

ROWS: Final = b"".join(b"%d;" % (number * 7919) for number in range(20_000))
WHOLE: Final = [
    ("gzip", gzip.compress(ROWS)),
    ("x-gzip", gzip.compress(ROWS)),
    (" GZip ", gzip.compress(ROWS)),
    ("gzip", gzip.compress(ROWS[:100]) + gzip.compress(ROWS[100:])),
    # Some servers add zeros, or a line break.
    ("gzip", gzip.compress(ROWS) + b"\0" * 20_000),
    ("gzip", gzip.compress(ROWS) + b"\r\n"),
    ("deflate", zlib.compress(ROWS)),
    ("deflate", zlib.compress(ROWS, wbits=-15)),
    ("zstd", zstd.compress(ROWS)),
    ("zstd", zstd.compress(ROWS[:100]) + zstd.compress(ROWS[100:])),
    ("identity", ROWS),
    ("x-unknown", ROWS),
]


@pytest.mark.parametrize(("coding", "body"), WHOLE)
def test_a_whole_body_is_decompressed(coding: str, body: bytes) -> None:
    assert decompressed(body, coding, len(ROWS)) == ROWS
    assert decompressed(b"", coding, len(ROWS)) == b""


@pytest.mark.parametrize(("coding", "body"), [WHOLE[index] for index in (0, 6, 7, 8)])
def test_a_body_that_was_cut_is_none(coding: str, body: bytes) -> None:
    for end in (1, 2, 9, len(body) // 2, 16 * 1024, len(body) - 5, len(body) - 1):
        with pytest.raises(Undecodable):
            decompressed(body[:end], coding, len(ROWS))


@pytest.mark.parametrize(("coding", "body"), WHOLE[:10])
def test_a_body_becomes_no_longer_than_allowed(coding: str, body: bytes) -> None:
    with pytest.raises(TooLarge):
        decompressed(body, coding, len(ROWS) - 1)


def test_a_body_of_very_many_members_is_refused_soon() -> None:
    with pytest.raises(TooLarge):
        decompressed(gzip.compress(b"") * 100_000, "gzip", len(ROWS))


def test_a_coding_that_nobody_asked_for_is_no_content() -> None:
    if compression_utils.HAS_BROTLI:
        pytest.skip("a module for it is installed")
    with pytest.raises(Undecodable):
        decompressed(b"\x0b\x02\x80[1]\x03", "br", 100)


class _Scripted:
    """Stands for aiohttp's decoder of a module that the tests do not install."""

    def __init__(self) -> None:
        self._has_ended = False
        self._obj = SimpleNamespace(is_finished=lambda: self._has_ended)

    def decompress_sync(self, data: bytes, _max_length: int) -> bytes:
        if b"?" in data:
            raise RuntimeError
        self._has_ended = data.endswith(b".")
        return data


def test_brotli_is_decoded_by_aiohttps_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression_utils, "BrotliDecompressor", _Scripted)

    assert decompressed(b"abc.", "br", 4) == b"abc."
    for body in (b"abc", b"abc?"):
        with pytest.raises(Undecodable):
            decompressed(body, "br", 4)
