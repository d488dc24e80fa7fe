"""Broken answers, and the error code that a transport raises for each."""

import gzip
from typing import Final

from ..fake_server import Fault

_GZIP: Final = {"Content-Encoding": "gzip"}

# With a patience in seconds, and room for a thousand bytes. What is there at once is waited for as long as
# a busy machine may take.
BROKEN_ANSWERS: Final = [
    (Fault(disconnect=True), 60.0, "cannot_connect"),
    (Fault(delay=3600), 0.2, "timeout"),
    (Fault(200, {}, b"x" * 2000), 60.0, "response_too_large"),
    (Fault(200, _GZIP, gzip.compress(b"x" * 5_000_000)), 60.0, "response_too_large"),
    (Fault(200, _GZIP, b"no gzip"), 60.0, "cannot_connect"),
]
