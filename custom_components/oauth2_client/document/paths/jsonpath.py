"""Reads JSONPath as it was written before RFC 9535, where it leads to one place.

Several results are understood as the first of them, as the callers of other libraries often do.
"""

import re
from typing import Final

from . import compile_path
from .path import LONGEST_PATH, InvalidPath, Path

# Each rewrites a syntax that RFC 9535 does not have.
_DIFFERENCES: Final = (
    # `.[0]`
    (re.compile(r"\.(?=\[)"), ""),
    # `.0`
    (re.compile(r"\.(\d++)(?=$|[.\[])"), r"[\1]"),
    # `.two-words`
    (re.compile(r"\.([A-Za-z_]\w*+-[\w-]*+)"), r"['\1']"),
    # `[?(@.id=='a')]`
    (re.compile(r"\[\?\(\s*+(@[^()\[\]]*+)\)\]"), r"[?\1]"),
    (re.compile(r"\[-1:\]"), "[-1]"),
    (re.compile(r"\[\*\]"), "[0]"),
)


def read_jsonpath(text: str) -> Path | None:
    """Return the one place that a JSONPath leads to, None where that cannot be told."""
    if len(text) > LONGEST_PATH:
        return None
    for spelling in (text, _translated(text)):
        try:
            path = compile_path(spelling)
        except InvalidPath:
            continue
        if isinstance(path, Path):
            return path
    return None


def _translated(path: str) -> str:
    for pattern, replacement in _DIFFERENCES:
        path = pattern.sub(replacement, path)
    return path
