"""Broken answers, and the error code that a transport raises for each."""

import gzip
from typing import Final

from ..fake_server import Fault

_GZIP: Final = {"Content-Encoding": "gzip"}

# With a patience of less than a second and room for a thousand bytes.
BROKEN_ANSWERS: Final = [
    (Fault(disconnect=True), "cannot_connect"),
    (Fault(delay=5), "timeout"),
    (Fault(200, {}, b"x" * 2000), "response_too_large"),
    (Fault(200, _GZIP, gzip.compress(b"x" * 5_000_000)), "response_too_large"),
    (Fault(200, _GZIP, b"no gzip"), "cannot_connect"),
]
