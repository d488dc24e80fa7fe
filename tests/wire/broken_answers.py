"""Broken answers, and the error code that a transport raises for each."""

from compression import zstd
import gzip
from typing import Final
import zlib

from ..fake_server import Fault

_GZIP: Final = {"Content-Encoding": "gzip"}
_DEFLATE: Final = {"Content-Encoding": "deflate"}
_ZSTD: Final = {"Content-Encoding": "zstd"}
_ROWS: Final = b"".join(b"%d;" % (number * 7919) for number in range(99))
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"
_CHUNKED: Final = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
# Until the connection ends, as of HTTP/1.0: only the coding shows that it was cut.
_GZIP_TO_THE_END: Final = _HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"

# With a patience in seconds, and room for a thousand bytes. What is there at once is waited for as long as
# a busy machine may take.
BROKEN_ANSWERS: Final = [
    (Fault(disconnect=True), 60.0, "cannot_connect"),
    (Fault(delay=3600), 0.2, "timeout"),
    (Fault(200, {}, b"x" * 2000), 60.0, "response_too_large"),
    (Fault(200, _GZIP, gzip.compress(b"x" * 5_000_000)), 60.0, "response_too_large"),
    (Fault(200, _GZIP, b"no gzip"), 60.0, "cannot_connect"),
    (Fault(200, _DEFLATE, b"no deflate"), 60.0, "cannot_connect"),
    (Fault(200, _ZSTD, b"no zstd"), 60.0, "cannot_connect"),
    *(
        (Fault(200, coding, whole[:end]), 60.0, "cannot_connect")
        for coding, whole in (
            (_GZIP, gzip.compress(_ROWS)),
            (_GZIP, gzip.compress(_ROWS[:99]) + gzip.compress(_ROWS[99:])),
            (_DEFLATE, zlib.compress(_ROWS)),
            (_DEFLATE, zlib.compress(_ROWS, wbits=-15)),
            (_ZSTD, zstd.compress(_ROWS)),
        )
        for end in (1, 5, len(whole) // 3, -1)
    ),
    (Fault(raw=[_GZIP_TO_THE_END, gzip.compress(_ROWS)[:-9]]), 60.0, "cannot_connect"),
    (Fault(raw=[_HEAD, b"Content-Length: 9\r\n\r\n1;2"]), 60.0, "cannot_connect"),
    (Fault(raw=[_CHUNKED, b"3\r\n1;2\r\n"]), 60.0, "cannot_connect"),
    (Fault(raw=[_CHUNKED, b"9\r\n1;2"]), 60.0, "cannot_connect"),
    (Fault(raw=[_CHUNKED]), 60.0, "cannot_connect"),
    (Fault(raw=[_HEAD]), 60.0, "cannot_connect"),
]
